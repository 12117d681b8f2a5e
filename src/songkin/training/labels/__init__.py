"""Learning labels from lyrics: what is told (targets), how well it is told (judging), and the figures of both."""
