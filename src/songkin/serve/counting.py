"""How numbers of songs are said, on the page and on the command line."""

from __future__ import annotations

__all__ = ["songs_counted"]


def songs_counted(count: int) -> str:
    """Return a number of songs in words: "1 song", "1,234 songs"."""
    return "1 song" if count == 1 else f"{count:,} songs"
