"""Outside services, the only ones a connection is opened to: players' servers (OpenSubsonic), and lyrics (LRCLIB)."""
