"""What music players ask a library: everything page by page, what a name means, what is alike, words, shelves, files.

Conventions
-----------
A player names things by id alone: a song's is the library's own, an artist's and an album's are those of
`songkin.library.players.shelves`. What a user excluded is not there for that user.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.errors import QueryError
from songkin.filters.terms import Is
from songkin.library.players.sending import Sent, send
from songkin.library.players.shelves import Album, Artist, Shelves, shelves_of
from songkin.sources.music import ENDINGS
from songkin.text.lyrics import Line, lines
from songkin.text.names import artist_key
from songkin.text.words import normalise
from songkin.types import Hit, Playlist, Query, Song

if TYPE_CHECKING:
    from songkin.library.excluding import Excluding
    from songkin.library.library import Library

__all__ = ["Players", "Words"]

SEEDS = 20  # songs of an artist or album that stand for it
DEEPEST = 2_000  # ranks an answer is looked at


class Words(NamedTuple):
    """The sung lines of a song, each with its start where it is timed, and their language, None = not known."""

    lines: tuple[Line, ...]
    language: str | None = None

    @property
    def timed(self) -> bool:
        """Whether the lines tell when they are sung."""
        return any(line.start_ms is not None for line in self.lines)


class Players:
    """The door for players. `user` is who asks, "" = nobody in particular."""

    def __init__(self, library: Library, excluding: Excluding) -> None:
        self._library, self._store, self._excluding = library, library.store, excluding

    # -- songs ---------------------------------------------------------------------------------------------------------

    def count(self) -> int:
        """Return how many songs there are."""
        return self._store.count()

    def song(self, song: str, *, lyrics: bool = False) -> Song:
        """Return the song with exactly this id; QueryError where there is none."""
        [key] = self._store.keys([song])
        found = self._store.songs([key], lyrics=lyrics)[0] if key >= 0 else None
        if found is None:
            raise QueryError(f"no song has the id '{song[:80]}'")
        return found

    def songs(self, keys: Sequence[int], *, user: str) -> list[Song]:
        """Return the songs of keys, in order, that the user may see."""
        asked = np.asarray(keys, np.int64)
        return [song for song in self._store.songs(asked[self._shown(asked, user)].tolist()) if song]

    def everything(self, *, count: int, offset: int, user: str) -> list[Song]:
        """Return a stretch of all songs the user may see, in the order they came."""
        keys = self._store.catalogue()[0]
        shown = keys[self._shown(keys, user)]
        return [song for song in self._store.songs(shown[offset : offset + count].tolist()) if song]

    def found(self, text: str, *, count: int, offset: int, user: str) -> list[Song]:
        """Return a stretch of the songs that a request finds; a request without a word finds none."""
        wanted = min(offset + count, DEEPEST)
        if wanted <= offset or not normalise(text):
            return []
        return [hit.song for hit in self._library.search(text, k=wanted, user=user).hits[offset:]]

    def any(self, *, count: int, user: str, genre: str = "", years: tuple[int, int] | None = None) -> list[Song]:
        """Return songs drawn by chance, of a genre and of years where they are given."""
        terms = [f'genre:"{_bare(genre)}"'] if genre else []
        terms += [f"year:{min(years)}..{max(years)}"] if years else []
        where = self._library.where(" ".join(terms)) if terms else None
        keys = self._store.keys_where(where) if where else self._store.catalogue()[0]
        shown = keys[self._shown(keys, user)].tolist()
        return [song for song in self._store.songs(random.sample(shown, min(count, len(shown)))) if song]

    def of_genre(self, genre: str, *, count: int, offset: int, user: str) -> list[Song]:
        """Return a stretch of the songs of a genre; a genre nobody plays has none."""
        where = self._library.where(f'genre:"{_bare(genre)}"') if genre else None
        keys = self._store.keys_where(where).tolist() if where else []
        return self.songs(keys, user=user)[offset : offset + count]

    def titled(self, title: str, artist: str, *, user: str) -> Song | None:
        """Return the song with this title, by this artist where one is given; None where there is none to be seen."""
        keys = self._store.keys_where(Is("title", (title,))) if title.strip() else np.empty(0, np.int64)
        same = [song for song in self.songs(keys.tolist(), user=user) if artist_key(song.artist) == artist_key(artist)]
        return next(iter(same if artist.strip() else self.songs(keys.tolist(), user=user)), None)

    # -- what is alike -------------------------------------------------------------------------------------------------

    def similar(self, named: str, *, count: int, user: str) -> tuple[Hit, ...]:
        """Return the songs most like a song, an album or an artist, by id; QueryError where there is no such."""
        shelf = self._shelf(named)
        seeds = self._store.ids(shelf[:SEEDS]) if shelf is not None else [self.song(named).id]
        query = Query(like=tuple(seed for seed in seeds if seed), k=min(count, DEEPEST), user=user)
        return self._library.search(query).hits

    def path(self, start: str, end: str, *, count: int, user: str) -> list[Hit]:
        """Return songs that lead from one to another, both among them; the score is how like the first each is.

        QueryError where there is no such song, or no way.
        """
        from songkin.library.playlists import Wish

        first, last = self.song(start), self.song(end)
        made = self._library.playlists.make(Wish(start=first.id, end=last.id, songs=max(count, 2), user=user))
        scores = self._alike(first, [hit.song for hit in made.hits], user)
        return [hit._replace(score=scores.get(hit.song.id, 0.0)) for hit in made.hits]

    def _alike(self, first: Song, songs: Sequence[Song], user: str) -> dict[str, float]:
        """Return how like the first song each is, in [0, 1], by id."""
        where = Is("id", tuple(song.id for song in songs))
        query = Query(like=(first.id,), where=where, k=max(len(songs), 1), user=user, grouped=False)
        return {hit.song.id: hit.score for hit in self._library.search(query).hits} | {first.id: 1.0}

    # -- words and files -----------------------------------------------------------------------------------------------

    def words(self, song: str) -> Words:
        """Return what a song says, line by line, no lines where that is not known; QueryError without such a song."""
        sung = self.song(song, lyrics=True)
        if sung.lyrics is None or not sung.lyrics.text:
            return Words(())
        return Words(tuple(lines(sung.lyrics.text)), sung.lyrics.language or sung.language)

    def audio(self, song: str) -> Path:
        """Return the music file of a song; QueryError where the library names none that is there.

        It is one by its own name and by that of what it links to: a catalogue may name any path.
        """
        named = self.song(song)
        if named.audio is None:
            raise QueryError(f"{named.name[:200]} has no music file here")
        path = _music_at(named.audio)
        if path is None:
            raise QueryError(f"the file of {named.name[:200]} is no music file, or it is gone; add its folder again")
        return path

    def send(
        self, playlist: Playlist, address: str, *, name: str = "", ask: Callable[[str], str] | None = None
    ) -> Sent:
        """Keep a playlist on a player's server, subsonic://anna@music.local; `ask` is who can be asked the password.

        See `songkin.library.players.sending`.
        """
        return send(self._store, playlist, address, name=name, ask=ask)

    # -- shelves -------------------------------------------------------------------------------------------------------

    @property
    def shelves(self) -> Shelves:
        """All artists, albums and genres."""
        return shelves_of(self._store)

    def artists(self, *, user: str, named: str = "") -> list[Artist]:
        """Return the artists of whom the user may see a song, by name; those whose name holds some words."""
        seen, words = self._seen(user), normalise(named)
        known = (one for one in self.shelves.artists.values() if words in normalise(one.name))
        return sorted((one for one in known if not seen.isdisjoint(one.keys)), key=lambda one: normalise(one.name))

    def albums(self, *, user: str, named: str = "") -> list[Album]:
        """Return the albums of which the user may see a song, by name; those whose name or artist holds some words."""
        seen, words = self._seen(user), normalise(named)
        known = (one for one in self.shelves.albums.values() if words in normalise(f"{one.artist} {one.name}"))
        return sorted((one for one in known if not seen.isdisjoint(one.keys)), key=lambda one: normalise(one.name))

    def artist(self, artist: str) -> Artist:
        """Return an artist by id; QueryError where there is none."""
        if artist not in self.shelves.artists:
            raise QueryError(f"no artist has the id '{artist[:80]}'")
        return self.shelves.artists[artist]

    def album(self, album: str) -> Album:
        """Return an album by id; QueryError where there is none."""
        if album not in self.shelves.albums:
            raise QueryError(f"no album has the id '{album[:80]}'")
        return self.shelves.albums[album]

    def _shelf(self, named: str) -> list[int] | None:
        """Return the keys of the songs of an artist or album, None where the id is neither's."""
        if not named.startswith(("ar-", "al-")):
            return None
        shelf = self.shelves.artists.get(named) or self.shelves.albums.get(named)
        return shelf.keys if shelf else None

    def _seen(self, user: str) -> set[int]:
        keys = self._store.catalogue()[0]
        return set(keys[self._shown(keys, user)].tolist())

    def _shown(self, keys: NDArray[np.int64], user: str) -> NDArray[np.bool_]:
        return self._excluding.shown(keys, user)


def _bare(value: str) -> str:
    return value.replace('"', " ").strip()


def _music_at(path: Path) -> Path | None:
    """Return where a path leads, if that is a music file; None for anything else."""
    try:
        real = path.resolve(strict=True)
        is_file = real.is_file()
    except (OSError, ValueError, RuntimeError):  # gone, no path at all, links in a circle
        return None
    return real if is_file and {path.suffix.lower(), real.suffix.lower()} <= ENDINGS else None
