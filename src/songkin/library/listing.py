"""The songs of a library one after another, of those that meet a condition and that a user may see."""

from __future__ import annotations

from typing import NamedTuple

from songkin.library.excluding import Excluding
from songkin.store import Store
from songkin.types import Query, Song, Where

__all__ = ["Listed", "listed"]


class Listed(NamedTuple):
    """A stretch of a list, and how long the whole list is."""

    songs: tuple[Song, ...]
    total: int


def listed(
    store: Store, excluding: Excluding, *, where: Where | None = None, offset: int = 0, limit: int = 50, user: str = ""
) -> Listed:
    """Return `limit` songs from `offset` on, in the order they came into the library; corrected ones come last."""
    kept = excluding.kept(Query(where=where, user=user)).where
    keys = store.keys_where(kept) if kept else store.catalogue()[0]
    found = store.songs(keys[offset : offset + limit])
    return Listed(tuple(song for song in found if song), len(keys))
