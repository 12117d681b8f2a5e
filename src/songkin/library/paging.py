"""An answer page by page: one ranking, of which a stretch is looked up and explained."""

from __future__ import annotations

from typing import NamedTuple

from songkin.errors import QueryError
from songkin.search import Answer, Engine
from songkin.search.notes import lowered
from songkin.types import Query

__all__ = ["Page", "paged"]


class Page(NamedTuple):
    """A stretch of an answer: its hits from rank `first` on (counted from 1), of `found` songs in all."""

    answer: Answer
    first: int
    found: int

    @property
    def more(self) -> bool:
        """Whether there is a page after this one."""
        return self.first - 1 + self.answer.query.k < self.found


def paged(engine: Engine, query: Query, *, page: int = 1) -> Page:
    """Return a page of `query.k` hits, counted from 1; the first is the answer itself. QueryError beyond the last.

    All pages are cut from the same ranking, the one `engine.run` takes its hits from, so no page repeats another.
    """
    ranking, first = engine.found(query), (page - 1) * query.k
    if page < 1 or (page > 1 and first >= len(ranking)):
        last = max(1, -(-len(ranking) // query.k))
        raise QueryError(f"there is no page {page} of this answer; it has {last:,}")
    answer = engine.told(ranking.ordered(range(first, min(first + query.k, len(ranking)))), query)
    return Page(answer._replace(notes=(*answer.notes, *lowered(ranking, query))), first + 1, len(ranking))
