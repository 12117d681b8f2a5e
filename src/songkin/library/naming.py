"""Find the song a person names: by id, by "Artist - Title", by title, spelt as people spell."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from rapidfuzz import fuzz, process

from songkin.errors import QueryError
from songkin.filters import Is
from songkin.search.title import likeness
from songkin.store import Store
from songkin.text.names import artist_key, title_key, version_of
from songkin.text.words import tokens
from songkin.types import Song

__all__ = ["Named", "named"]

CLOSE = 0.8  # a likeness from which a misspelt name is taken
CANDIDATES = 60
OFFERED = 3
LEAST_ALIKE = 0.5  # names less alike than this are not offered


class Named(NamedTuple):
    """The song a name was taken for, and what to say about it where the name fits others too."""

    song: Song
    note: str | None = None


def named(store: Store, name: str) -> Named:
    """Return the song a name means; QueryError with the nearest names where it means none."""
    exact = store.songs([key for key in store.keys([name]) if key >= 0])
    if exact and exact[0]:
        return Named(exact[0])
    if not tokens(name):  # signs only: the title as it is written, or nothing
        return _written(store, name)
    scored = _scored(name, store.match_titles(tokens(name), where=None, limit=CANDIDATES), store)
    if not scored or scored[0][0] < CLOSE:
        scored = _scored(name, _spelt_alike(store, name), store) or scored
    if not scored or scored[0][0] < CLOSE:
        near = "; ".join(song.name for _, song in scored[:OFFERED])
        cure = f"near: {near}" if near else "name it by its id, its title or 'artist - title'"
        raise QueryError(f"no song here is called '{name}'; {cure}")
    best, song = scored[0]
    others = [other for fit, other in scored[1:] if fit >= best - 1e-6]
    if best < 1:
        return Named(song, f"'{name}' was taken for {song.name}")
    if others:
        return Named(song, f"{len(others) + 1} songs are called '{name}'; took {song.name} (id {song.id})")
    return Named(song)


def _written(store: Store, name: str) -> Named:
    """Return the song whose title is written so, sign for sign."""
    keys = store.keys_where(Is("title", (name,))) if name.strip() else ()
    songs = [song for song in store.songs(keys) if song]
    if not songs:
        raise QueryError(f"no song here is called '{name}'; name it by its id, its title or 'artist - title'")
    return Named(songs[0])


def _scored(name: str, keys: Iterable[int], store: Store) -> list[tuple[float, Song]]:
    """Return songs with how well the name fits, best first; of equals the one without marks, then the oldest."""
    songs = [song for song in store.songs(list(keys)) if song]
    return sorted(((_fit(name, song), song) for song in songs), key=lambda pair: (-pair[0], *_plainness(pair[1])))


def _plainness(song: Song) -> tuple[int, float, str]:
    return len(version_of(song.title).marks), song.year or math.inf, song.id


def _spelt_alike(store: Store, name: str) -> list[int]:
    """Return the songs whose title and artists are spelt most like a name, whatever its words."""
    titles = store.read(["title_words"])
    asked, spelt = " ".join(tokens(name)), titles["title_words"].to_pylist()
    near = process.extract(asked, spelt, scorer=fuzz.WRatio, limit=CANDIDATES, score_cutoff=100 * LEAST_ALIKE)
    return [titles["key"][place].as_py() for _, _, place in near]


def _fit(name: str, song: Song) -> float:
    """Say how well a name fits a song, in [0, 1]: 1 = its title, or its artist and title."""
    artist, dash, title = name.partition(" - ")
    if (
        dash
        and title_key(title) == title_key(song.title)
        and artist_key(artist) in map(artist_key, (*song.artists, song.artist))
    ):
        return 1.0
    if title_key(name) == title_key(song.title):
        return 1.0
    asked, called, by = tokens(name), tokens(song.title), tokens(" ".join(song.artists))
    return min(0.99, max(likeness(asked, spelt, []) for spelt in (called, called + by, by + called)))
