"""What was found, as a query's user may see it: songs with their other versions, a line with what it is sung by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from songkin.errors import QueryError
from songkin.library.batching import Scored
from songkin.library.excluding import Excluding
from songkin.search import Answer, Versions
from songkin.search.line import LineChannel, LineMatch
from songkin.search.notes import unjudged
from songkin.store import Store
from songkin.types import Hit, Query, Reason

__all__ = ["Showing"]


class Showing:
    """What of a library is shown to whom."""

    def __init__(self, store: Store, lines: LineChannel, versions: Versions, excluding: Excluding) -> None:
        self._store, self._lines, self._versions, self._excluding = store, lines, versions, excluding

    def sung(self, query: Query) -> Answer:
        """Return the songs in which a remembered line is sung; QueryError where no word of it is given."""
        matches = self.matches(query)
        keys = [match.key for match in matches]
        found = zip(matches, self._store.songs(keys), self._others(keys, query), strict=True)
        hits = tuple(
            Hit(song, match.score, (Reason("line", 1.0, match.words, match.line, match.start_ms),), versions)
            for match, song, versions in found
            if song
        )
        return Answer(query, hits, (*unjudged(self._store, query), *self._excluding.notes(query)))

    def matches(self, query: Query) -> list[LineMatch]:
        """Return the lines nearest to a remembered one; QueryError where no word of it is given."""
        if not (query.lyrics.strip() or query.text.strip()):
            raise QueryError("the line is empty; give some words you remember")
        return self._lines.find(self._excluding.kept(query), query.k)

    def scored(self, keys: Any, scores: Sequence[float], query: Query) -> list[Scored]:
        """Return ids and scores of the songs with keys (n,) that are still there."""
        found = zip(self._store.ids(keys), scores, self._others(keys, query), strict=True)
        return [Scored(name, score, versions) for name, score, versions in found if name is not None]

    def _others(self, keys: Any, query: Query) -> list[tuple[str, ...]]:
        """Return the ids of each song's other versions (n,), of those that the query may show."""
        return self._versions.others(keys, self._excluding.kept(query).where) if query.grouped else [() for _ in keys]
