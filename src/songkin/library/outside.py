"""A song the library lacks, as a request: its words, and the features both know."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from songkin.errors import QueryError
from songkin.store import Store
from songkin.types import Lyrics, Song

__all__ = ["Described", "described"]

SUNG_AT_MOST = 3  # times a word of a bag is written out


class Described(NamedTuple):
    """The names of the songs that are to be looked up, and what is known of the one the library lacks."""

    names: tuple[str, ...]
    lyrics: str = ""
    features: Mapping[str, float] = {}
    notes: tuple[str, ...] = ()


def described(store: Store, songs: Sequence[str | Song]) -> Described:
    """Tell songs of the library, by name, from one it lacks, which is known by its lyrics and features.

    A song without either is looked up by its name. QueryError where there are several that the library lacks.
    """
    own = dict(zip((song.id for song in songs if isinstance(song, Song)), _known(store, songs), strict=True))
    outside = [song for song in songs if isinstance(song, Song) and not own[song.id] and (song.lyrics or song.features)]
    if len(outside) > 1:
        both = " and ".join(song.name for song in outside[:2])
        raise QueryError(f"{both} are not in the library; one song from outside can be asked with at a time")
    names = [song if isinstance(song, str) else song.id if own[song.id] else song.name for song in songs
             if song not in outside]  # fmt: skip
    if not outside:
        return Described(tuple(names))
    features, notes = _shared(store, outside[0])
    return Described(tuple(names), _words(outside[0].lyrics), features, notes)


def _known(store: Store, songs: Sequence[str | Song]) -> list[bool]:
    """Say of each `Song` whether the library holds its id."""
    return [key >= 0 for key in store.keys([song.id for song in songs if isinstance(song, Song)]).tolist()]


def _shared(store: Store, song: Song) -> tuple[dict[str, float], tuple[str, ...]]:
    """Return the features of a song that the library knows, and a note on the others."""
    known = {name: float(value) for name, value in song.features.items() if math.isfinite(value)}
    shared = {name: value for name, value in known.items() if name in store.features()}
    others = ", ".join(name for name in known if name not in shared)
    return shared, (f"no song here has these features, which say nothing: {others}",) if others else ()


def _words(lyrics: Lyrics | None) -> str:
    """Return what a song says as text; a bag of words is written out, the commonest first."""
    if lyrics is None or lyrics.text:
        return lyrics.text if lyrics else ""
    ordered = sorted(lyrics.bag, key=lambda word: (-lyrics.bag[word], word))
    return " ".join(word for word in ordered for _ in range(min(lyrics.bag[word], SUNG_AT_MOST)))
