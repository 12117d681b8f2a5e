"""A playlist as a file to download, under its own name."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from songkin.serve.playlist_files import MEDIA_TYPES, write
from songkin.types import Playlist

__all__ = ["downloaded"]

PLAIN = str.maketrans(dict.fromkeys('"\\/:*?<>|', "_"))  # what some system refuses in the name of a file
LONGEST = 100  # characters of a name


def downloaded(playlist: Playlist, kind: str, *, paths: bool) -> Response:
    """Return a playlist as a file of one of `playlist_files.KINDS`; `paths` names the songs' files in it."""
    text = write(playlist, kind, paths=paths).encode("utf-8", "replace")
    name = f"{(playlist.name or 'songkin').translate(PLAIN)[:LONGEST]}.{kind}"
    plain = "".join(sign if sign.isascii() and sign.isprintable() else "_" for sign in name)
    told = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"content-disposition": told, "x-content-type-options": "nosniff", "cache-control": "no-store"}
    return Response(text, media_type=MEDIA_TYPES[kind], headers=headers)
