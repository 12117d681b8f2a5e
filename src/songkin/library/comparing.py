"""Two songs held against each other, of a library or of a file: their score, the reasons, and what is missing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from songkin.errors import QueryError
from songkin.library.naming import named
from songkin.library.score_reasons import Side, reasons
from songkin.library.scoring import Profile, Scorer, Stored, silence
from songkin.store import Store
from songkin.text.names import artist_key, title_key
from songkin.types import NOTHING, Reason, Song

__all__ = ["Compared", "compared", "compared_in", "named_among", "stored_songs"]


class Compared(NamedTuple):
    """Two songs, how alike they are in [0, 1], None where a side tells nothing, why, and notes."""

    one: Song
    other: Song
    score: float | None
    reasons: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()


def compared(scorer: Scorer, one: Song, other: Song, profiles: Mapping[str, Profile] = NOTHING) -> Compared:
    """Hold two songs, with their lyrics, against each other; those that `profiles` lacks are read."""
    unread = {song.id: song for song in (one, other) if song.id not in profiles}
    known = {**profiles, **{own.id: own for own in scorer.profiles(list(unread.values()))}}
    mine, theirs = known[one.id], known[other.id]
    parts = scorer.compare([mine], [theirs])
    score, basis = float(parts.scores[0]), scorer.basis
    notes = [f"the words of {song.name} are not judged: {why}" for song, why in _unjudged(known, one, other)]
    notes += [basis.note] if basis.note else []
    if math.isnan(score):
        return Compared(one, other, None, (), (silence(mine, theirs), *notes))
    told = reasons(basis, Side(one, mine), Side(other, theirs), parts, scorer.shares)
    return Compared(one, other, score, told, tuple(notes))


def compared_in(store: Store, scorer: Scorer, one: str, other: str) -> Compared:
    """Hold two songs of a library against each other, each named by id, title or 'artist - title'."""
    found = [named(store, name) for name in (one, other)]
    ids = [own.song.id for own in found]
    songs = stored_songs(store, ids)
    told = compared(scorer, songs[ids[0]], songs[ids[1]], Stored(store, scorer).profiles(ids))
    return told._replace(notes=(*(own.note for own in found if own.note), *told.notes))


def stored_songs(store: Store, ids: Iterable[str]) -> dict[str, Song]:
    """Return songs of a library with their lyrics, by id."""
    keys = store.keys(list(ids))
    return {song.id: song for song in store.songs(keys[keys >= 0], lyrics=True) if song}


def named_among(songs: Iterable[Song], names: Iterable[str]) -> dict[str, Song]:
    """Return the songs of a file that names mean: an id, else a title or 'artist - title'; the first of several.

    QueryError for a name that means none.
    """
    wanted = list(dict.fromkeys(names))
    exact: dict[str, Song] = {}
    called: dict[str, Song] = {}
    for song in songs:
        for name in wanted:
            if song.id == name:
                exact.setdefault(name, song)
            elif name not in called and _is_called(song, name):
                called[name] = song
    found = {**called, **exact}
    if missing := [name for name in wanted if name not in found]:
        raise QueryError(f"no song of the file is called '{missing[0]}'; name it by its id, title or 'artist - title'")
    return found


def _is_called(song: Song, name: str) -> bool:
    """Say whether a name is a song's title, or its artist and title, however they are written."""
    artist, dash, title = name.partition(" - ")
    if dash and title_key(title) == title_key(song.title):
        return artist_key(artist) in map(artist_key, (*song.artists, song.artist))
    return bool(title_key(name)) and title_key(name) == title_key(song.title)


def _unjudged(known: Mapping[str, Profile], *songs: Song) -> Iterator[tuple[Song, str]]:
    for song in {song.id: song for song in songs}.values():
        if reason := known[song.id].placed.reason:
            yield song, reason
