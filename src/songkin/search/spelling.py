"""How this library writes its genres and tags: "hiphop", as conditions compare it, is "Hip-Hop" to its people."""

from __future__ import annotations

from collections.abc import Mapping

from songkin.filters.columns import term
from songkin.store import Store

__all__ = ["spelling"]

LOOKED_AT = 2_000  # songs in which spellings are looked for; a value met nowhere there is shown as it is compared


def spelling(store: Store) -> Mapping[str, str]:
    """Return how a genre or tag is written, by its normal form; the first spelling met counts."""
    return store.kept("spelling", lambda: _spelling(store))


def _spelling(store: Store) -> dict[str, str]:
    written: dict[str, str] = {}
    for song in store.songs(store.catalogue()[0][:LOOKED_AT]):
        for name in (*song.genres, *song.tags) if song else ():
            for part in (name, *name.split("/")):
                written.setdefault(term(part), part)
    return written
