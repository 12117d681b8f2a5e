"""Addresses of the page's views: songs, their files and playlists, whatever signs a name holds."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urlencode

__all__ = ["audio_link", "local", "named_link", "song_link", "with_fields"]

DOTS = (".", "..")  # a browser resolves them in a path, however they are written; what decodes twice, %25 too


def song_link(name: str, against: str = "") -> str:
    """Return the address of a song's own page, by its id; `against` is the request it is held against."""
    asked = [("against", against)] if against else []
    return named_link("/songs", name, asked)


def audio_link(name: str) -> str:
    """Return the address of a song's music file, by the song's id."""
    return named_link("/audio", name)


def named_link(view: str, name: str, asked: Iterable[tuple[str, str]] = (), *, field: str = "id") -> str:
    """Return the address of what a view shows by a name: in the path, or as a `field` where a path cannot hold it."""
    if name in DOTS or "%" in name or not name:
        return with_fields(f"{view}/" if field == "id" else view, [(field, name), *asked])
    return with_fields(f"{view}/{quote(name, safe='')}", asked)


def with_fields(path: str, fields: Iterable[tuple[str, str]]) -> str:
    """Return a path with fields in its query; those that are empty are left out."""
    said = [(name, value) for name, value in fields if value]
    return f"{path}?{urlencode(said)}" if said else path


def local(address: str) -> str:
    """Return an address of this page; '/' for one that leads elsewhere.

    A form says where it was sent from, and nobody is sent to another site by what a form says.
    """
    leads_here = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if leads_here and address.isprintable() else "/"
