"""A library's artists and albums, as players want to browse them: gathered from its songs, with ids that stay.

Conventions
-----------
An artist's id is made of the name, an album's of its first artist and its name, so that they are the same after every
change of the library. A song stands under its first artist; without an artist or an album it is on no such shelf.
Durations are seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

from songkin.store import Store
from songkin.text.names import artist_key
from songkin.text.words import normalise
from songkin.types import Song

__all__ = ["Album", "Artist", "Shelves", "album_id", "artist_id", "shelves_of"]

ROWS = 5_000  # songs read at once


@dataclass(slots=True)
class Album:
    """An album: its songs' keys, in the order they came."""

    id: str
    name: str
    artist: str = ""
    year: int | None = None
    genre: str = ""
    duration_s: float = 0.0
    keys: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Artist:
    """An artist: the keys of the songs, and the ids of the albums."""

    id: str
    name: str
    keys: list[int] = field(default_factory=list)
    albums: dict[str, None] = field(default_factory=dict)


class Genre(NamedTuple):
    """A genre, and how many songs and albums carry it."""

    name: str
    songs: int
    albums: int


class Shelves(NamedTuple):
    """Artists and albums by id, and genres, the commonest first."""

    artists: dict[str, Artist]
    albums: dict[str, Album]
    genres: Sequence[Genre]


def artist_id(name: str) -> str:
    """Return an artist's id; spellings of one name share it."""
    return f"ar-{_digest(artist_key(name))}"


def album_id(song: Song) -> str:
    """Return the id of the album a song is on, '' where it names none."""
    if not song.album:
        return ""
    return f"al-{_digest(artist_key(song.artists[0]) if song.artists else '', normalise(song.album) or song.album)}"


def shelves_of(store: Store) -> Shelves:
    """Gather the shelves of a library; kept until it changes."""
    return store.kept("shelves", lambda: _gathered(store))


def _gathered(store: Store) -> Shelves:
    artists: dict[str, Artist] = {}
    albums: dict[str, Album] = {}
    songs_in: Counter[str] = Counter()
    albums_in: dict[str, set[str]] = {}
    for key, song in _all(store):
        album = _shelved(song, key, albums)
        for genre in song.genres:
            songs_in[genre] += 1
            albums_in.setdefault(genre, set()).update([album.id] if album else ())
        if song.artists:
            name = song.artists[0]
            artist = artists.setdefault(artist_id(name), Artist(artist_id(name), name))
            artist.keys.append(key)
            artist.albums |= {album.id: None} if album else {}
    genres = [Genre(name, songs, len(albums_in[name])) for name, songs in songs_in.most_common()]
    return Shelves(artists, albums, genres)


def _shelved(song: Song, key: int, albums: dict[str, Album]) -> Album | None:
    """Put a song on its album's shelf, and return that; None where it is on none."""
    if not song.album:
        return None
    own = album_id(song)
    album = albums.setdefault(own, Album(own, song.album, song.artists[0] if song.artists else ""))
    album.keys.append(key)
    album.year = album.year or song.year
    album.genre = album.genre or next(iter(song.genres), "")
    album.duration_s += song.duration_s or 0.0
    return album


def _all(store: Store) -> Iterator[tuple[int, Song]]:
    keys = store.catalogue()[0]
    for at in range(0, len(keys), ROWS):
        chunk = keys[at : at + ROWS].tolist()
        for key, song in zip(chunk, store.songs(chunk), strict=True):
            if song:
                yield key, song


def _digest(*parts: str) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()
