"""What a library holds, and what it lacks."""

from __future__ import annotations

from typing import Any, NamedTuple

from songkin.filters import FIELDS, column, term
from songkin.store import Store
from songkin.store.kept_vectors import KeptVectors
from songkin.store.upkeep import upkeep

__all__ = ["inventory"]

SHOWN = 12
KEPT = ("space", "sound")
LOOKED_AT = 2000  # songs in which the spelling of genres and tags is looked for


def inventory(store: Store, *, shown: int = SHOWN) -> dict[str, Any]:
    """Return songs, passages, encoders, languages, genres, tags, features, and how many songs miss each thing.

    Of languages, genres and tags the `shown` commonest are named, most songs first.
    """
    counts, facts = store.counts(), store.facts()
    missing = {name: store.lacking(column(name)) for name in FIELDS if name != "id"}
    missing["lyrics"] = store.count("lyrics IS NULL AND passages = 0")
    missing["description"] = store.count("about = ''")
    missing |= {name: store.lacking(column(name)) for name in store.features()}
    genres, tags = _spellings(store)
    filled = store.filled()
    beside, spent = _kept(store), upkeep(store.tables.place)
    missing["vectors"] = store.lacking("encoder")
    return {
        "songs": counts.songs,
        "passages": counts.passages,
        "encoders": {
            "current": facts.get("encoder") or ("shipped" if facts.get("fingerprint") else None),
            "dim": store.tables.dim() if facts.get("fingerprint") else None,
            "songs": {name: count.songs for name, count in filled.items() if count.songs},
            "passages": {name: count.passages for name, count in filled.items() if count.passages},
        },
        "kept": beside,
        "disk": spent._asdict() if spent else None,
        "heard": beside.get("sound", 0),
        "schema": int(facts.get("schema", "1")),
        "languages": dict(store.common("w_language", shown)),
        "genres": {genres.get(name, name): count for name, count in store.common("w_genre", shown)},
        "tags": {tags.get(name, name): count for name, count in store.common("w_tag", shown)},
        "features": store.features(),
        "missing": missing,
        "place": store.tables.place,
    }


def _kept(store: Store) -> dict[str, int]:
    """Return how many songs that are here have a vector of each kind that is kept beside them."""
    ids = store.catalogue()[1]
    counts = {name: KeptVectors(store.tables, name).count(ids) for name in KEPT}
    return {name: count for name, count in counts.items() if count}


class _Spellings(NamedTuple):
    """How songs spell genres and tags, by normal form."""

    genres: dict[str, str]
    tags: dict[str, str]


def _spellings(store: Store) -> _Spellings:
    """Look among the first songs how they spell their genres and tags."""
    songs = [song for song in reversed(store.songs(store.catalogue()[0][:LOOKED_AT])) if song]
    genres = {term(genre): genre for song in songs for genre in song.genres}
    return _Spellings(genres, {term(tag): tag for song in songs for tag in song.tags})
