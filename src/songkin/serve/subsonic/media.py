"""The music itself, where the library names its file: whole, or a stretch by range, never converted."""

from __future__ import annotations

from fastapi import Response

from songkin.serve.music_file import sent
from songkin.serve.subsonic.asked import Asked
from songkin.serve.subsonic.envelope import Refusal

__all__ = ["METHODS"]


def stream(asked: Asked) -> Response:
    """Send a song's file as it is; ranges are answered, other formats and bit rates are not made."""
    return sent(asked.library.players.audio(asked.need("id")))


def download(asked: Asked) -> Response:
    """Send the same."""
    return stream(asked)


def cover_art(asked: Asked) -> Response:
    """Say that there are no pictures."""
    raise Refusal(70, f"no picture belongs to '{asked.need('id')[:80]}'; songkin keeps none")


METHODS = {"stream": stream, "download": download, "getCoverArt": cover_art}
