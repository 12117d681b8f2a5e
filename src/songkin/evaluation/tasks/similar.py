"""similar-genre, similar-colisten: which songs by other artists are of one genre, or are heard by the same people.

Conventions
-----------
Relevances are (n, n), a row a song that is asked for, in [0, 1]; NaN where two songs are by one artist, which are never
held against each other. Songs are shuffled by a seed, so that a tie is a matter of luck.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.datasets import file_of, hetrec_lastfm2k, popular_songs
from songkin.datasets.charted import genres_in
from songkin.errors import QueryError
from songkin.evaluation.tasks.labels import sung
from songkin.text import artist_key, split_artists

__all__ = ["COLISTEN", "GENRE", "LISTENERS", "Question", "SungSong", "by_genre", "by_listeners", "songs", "songs_of"]

GENRE = ("nDCG@10", "P@10")
COLISTEN = ("partial Spearman", "nDCG@10", "Spearman")
LISTENERS = 5  # an artist with fewer is left out

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SungSong:
    """A song with raw lyrics, and the fields that are given of it; `genre` is coarse, `genres` and `tags` are not.

    `key` stands for its artist.
    """

    id: str
    artist: str
    lyrics: str
    genre: str | None = None
    year: int | None = None
    genres: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The first artist's key; the id where no artist is named."""
        names = split_artists(self.artist)
        return (artist_key(names[0]) if names else "") or self.id


class Question(NamedTuple):
    """Songs, how relevant each is to each (n, n), those that are asked for, and what is taken out of a correlation.

    `controls` are (n,) each, taken of both songs of a pair; none = nothing is correlated.
    """

    songs: Sequence[SungSong]
    relevance: Floats
    asked: NDArray[np.int64]
    controls: Sequence[Floats] = ()

    @property
    def artists(self) -> NDArray[np.int64]:
        """A number for each song's artist, (n,)."""
        found: NDArray[np.int64] = np.unique([song.key for song in self.songs], return_inverse=True)[1]
        return found


def songs(*, seed: int = 0) -> list[SungSong]:
    """Return the songs of popular_songs that have words, shuffled; SourceError where they are not here."""
    import pyarrow.parquet as pq

    columns = ["track_id", "artist", "lyrics", "genre_coarse", "year", "genres", "mb_tags"]
    place = file_of(popular_songs.CORPUS, "songs.parquet")
    there = [name for name in columns if name in pq.read_schema(place).names]
    return songs_of(pq.read_table(place, columns=there).to_pylist(), seed=seed)


def songs_of(rows: Sequence[Mapping[str, Any]], *, seed: int = 0) -> list[SungSong]:
    """Turn rows of popular_songs into songs, shuffled; those without words are left out."""
    found = [
        SungSong(
            str(row["track_id"]),
            row["artist"] or "",
            row["lyrics"],
            row["genre_coarse"],
            row["year"],
            tuple(genres_in(row.get("genres"))),
            tuple(row.get("mb_tags") or ()),
        )
        for row in rows
        if sung(row["lyrics"] or "")
    ]
    Random(seed).shuffle(found)
    return found


def by_genre(given: Sequence[SungSong], *, asked: int | None = None) -> Question:
    """Ask for the first `asked` songs whose genre another artist's song has; a song of that genre is relevant.

    QueryError where there are none.
    """
    names = np.array([song.genre or "" for song in given])
    relevance = ((names[:, None] == names) & (names != "")).astype(np.float64)
    return _question(given, relevance, asked, (), "no two songs by different artists share a genre")


def by_listeners(
    given: Sequence[SungSong], plays: Mapping[str, Mapping[int, int]] | None = None, *, asked: int | None = None
) -> Question:
    """Ask for the first `asked` songs of artists whom five people hear at least; the others are left out.

    Relevance is the cosine of the artists' listener vectors, of ln(1 + plays); the control is the logarithm of how many
    hear an artist. `plays` are those of HetRec unless given, artist -> listener -> plays. QueryError for no songs.
    """
    heard = _by_key(hetrec_lastfm2k.plays() if plays is None else plays)
    kept = [song for song in given if len(heard.get(song.key, ())) >= LISTENERS]
    keys = sorted({song.key for song in kept})
    listeners = {user: at for at, user in enumerate(sorted({user for key in keys for user in heard[key]}))}
    vectors = np.zeros((len(keys), len(listeners)))
    for row, key in enumerate(keys):
        for user, count in heard[key].items():
            vectors[row, listeners[user]] = np.log1p(count)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) if keys else 1.0
    places = {key: row for row, key in enumerate(keys)}
    own = np.array([places[song.key] for song in kept], np.int64)
    fame = np.log([len(heard[song.key]) for song in kept])
    why = f"no song is by an artist with {LISTENERS} listeners"
    return _question(kept, (vectors @ vectors.T)[np.ix_(own, own)], asked, (fame,), why)


def _question(
    given: Sequence[SungSong], relevance: Floats, asked: int | None, controls: Sequence[Floats], why: str
) -> Question:
    keys = np.array([song.key for song in given])
    relevance = np.where(keys[:, None] == keys, np.nan, relevance)
    wanted = np.flatnonzero((np.nan_to_num(relevance) > 0).any(1)) if len(given) else np.array([], np.int64)
    if not len(wanted):
        raise QueryError(f"{why}; songkin datasets verify compares the files")
    return Question(given, relevance, wanted[:asked], controls)


def _by_key(plays: Mapping[str, Mapping[int, int]]) -> dict[str, dict[int, int]]:
    """Add up the plays of names that mean one artist."""
    found: dict[str, dict[int, int]] = {}
    for name, heard in plays.items():
        if key := artist_key(name):
            own = found.setdefault(key, {})
            for user, count in heard.items():
                own[user] = own.get(user, 0) + count
    return found
