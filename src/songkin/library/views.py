"""What a page shows of a library besides an answer: counts, what words were taken for, pages, highlights, songs."""

from __future__ import annotations

from collections.abc import Sequence

from songkin.errors import QueryError
from songkin.library.concepts import Concept, concepts
from songkin.library.excluding import Excluding
from songkin.library.listing import Listed, listed
from songkin.library.marking import Stretch, marked
from songkin.library.paging import Page, paged
from songkin.library.sieving import Sieved, sieved
from songkin.search import Engine, Versions
from songkin.search.fuse import weight
from songkin.search.understanding import Understood
from songkin.store import Store
from songkin.text.description import LANGUAGE_NAMES
from songkin.text.lyrics import Line, lines
from songkin.types import Query, Song, Where

__all__ = ["Views", "language_name"]


def language_name(code: str) -> str:
    """Return what a language is called in English; a code that has no name here stays as it is."""
    return LANGUAGE_NAMES.get(code, code)


class Views:
    """The door for those who show a library."""

    def __init__(self, store: Store, engine: Engine, versions: Versions, excluding: Excluding) -> None:
        self._store, self._engine, self._versions, self._excluding = store, engine, versions, excluding

    def page(self, query: Query, *, page: int = 1) -> Page:
        """Return a page of `query.k` hits, counted from 1; QueryError beyond the last."""
        return paged(self._engine, query, page=page)

    def sieve(self, query: Query) -> Sieved:
        """Count what each hard condition of a query leaves of the songs its user may see."""
        return sieved(self._store, self._excluding, query)

    def concepts(self, text: str, understood: Understood, counted: Sieved) -> tuple[Concept, ...]:
        """Return what the words of a request were taken for, in their order, with what each condition leaves."""
        return concepts(text, understood, counted)

    def weights(self, query: Query) -> dict[str, float]:
        """Return how much each channel of the library counts for a query, its own weights included."""
        weights = self._engine.kept(query).weights
        return {name: weight(name, weights) for name in self._engine.names}

    def languages(self, *, most: int) -> list[str]:
        """Return the languages that songs are in, the commonest first, so many at most."""
        return [name for name, _ in self._store.common("w_language", most)]

    def mark(self, line: str, asked: str, *, language: str | None = None, heard: bool = False) -> tuple[Stretch, ...]:
        """Part a quoted line into what a request speaks of and what is between; `heard` = a remembered line."""
        return marked(line, asked, language=language, heard=heard)

    def song(self, name: str, *, lyrics: bool = False) -> Song:
        """Return the song with exactly this id, with its lyrics' text if asked; QueryError where there is none."""
        keys = [key for key in self._store.keys([name]) if key >= 0]
        found = self._store.songs(keys, lyrics=lyrics)
        if not found or found[0] is None:
            raise QueryError(f"no song here has the id '{name[:200]}'; search for its title")
        return found[0]

    def songs(self, ids: Sequence[str]) -> list[Song]:
        """Return the songs with these ids, in order, of those that are here."""
        keys = [int(key) for key in self._store.keys(ids) if key >= 0]
        return [song for song in self._store.songs(keys) if song]

    def lines(self, song: Song) -> list[Line]:
        """Return the lines of a song that came with its lyrics' text; [] where there is none."""
        return lines(song.lyrics.text) if song.lyrics else []

    def listed(self, where: Where | None = None, *, offset: int = 0, limit: int = 50, user: str = "") -> Listed:
        """Return a stretch of the songs that meet a condition and that a user may see, and how many there are."""
        return listed(self._store, self._excluding, where=where, offset=offset, limit=limit, user=user)

    def versions(self, song: Song, *, user: str = "") -> list[Song]:
        """Return the other versions of a song, of those that the user may see."""
        where = self._excluding.kept(Query(user=user)).where
        return self.songs(self._versions.others(self._store.keys([song.id]), where)[0])
