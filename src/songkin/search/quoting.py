"""How much of a song's words is shown: short quotations only."""

from __future__ import annotations

__all__ = ["QUOTED_CHARACTERS", "shortened"]

QUOTED_CHARACTERS = 140


def shortened(line: str) -> str:
    """Cut a line to what may be quoted, at a word."""
    if len(line) <= QUOTED_CHARACTERS:
        return line
    return line[:QUOTED_CHARACTERS].rsplit(" ", 1)[0] + " ..."
