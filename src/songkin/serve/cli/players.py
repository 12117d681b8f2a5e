"""What commands share that speak to a player's server: the question for a password, and a playlist's way there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from songkin.serve.counting import songs_counted

if TYPE_CHECKING:
    from songkin.library import Library
    from songkin.types import Playlist

__all__ = ["Send", "asker", "sender"]

MISSING_SHOWN = 20
Send = Callable[["Playlist"], list[str]]  # sends a playlist, and returns what is to be said of that


def asker() -> Callable[[str], str] | None:
    """Return what asks a person for a password, unseen; None where nobody sits at a terminal."""
    return _asked if sys.stdin.isatty() else None


def _asked(question: str) -> str:
    return str(typer.prompt(question, hide_input=True, err=True, default="", show_default=False))


def sender(library: Library, address: str | None, name: str) -> Send | None:
    """Return what writes a playlist to the server at an address; None where none is named.

    `name` is what the playlist is called there when it has no name of its own.
    """
    if address is None:
        return None

    def send(playlist: Playlist) -> list[str]:
        sent = library.players.send(playlist, address, name=playlist.name or name or "songkin", ask=asker())
        songs = songs_counted(sent.songs)
        rest = len(sent.missing) - MISSING_SHOWN
        return [
            f"written to {address} ({sent.server}): {songs}",
            *(f"not there: {song}" for song in sent.missing[:MISSING_SHOWN]),
            *([f"and {rest:,} more are not there"] if rest > 0 else []),
        ]

    return send
