"""Many queries at once: ids and scores alone, in the order of the queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from songkin.errors import QueryError
from songkin.search import Engine, Meaning
from songkin.search.engine import pool_of
from songkin.search.line import LineMatch
from songkin.types import Query

__all__ = ["Scored", "line_batch", "song_batch"]

AT_ONCE = 256  # requests prepared together
THREADS = 2  # the store searches for so many at the same time

Scoring = Callable[[Any, Sequence[float], Query], "list[Scored]"]
"""Makes answers of the keys (n,) and scores (n,) that were found for a query."""


class Scored(NamedTuple):
    """An answer's bare line: a song's id, its score in [0, 1], and the ids of its other versions."""

    id: str
    score: float
    versions: tuple[str, ...] = ()


def song_batch(
    queries: Iterable[Query], engine: Engine, meaning: Meaning | None, scored: Scoring
) -> Iterator[list[Scored] | QueryError]:
    """Give the songs of each query; one that means nothing gets its error for hits."""

    def answer(query: Query) -> list[Scored] | QueryError:
        try:
            ranking = engine.run(query)
        except QueryError as error:
            return error
        return scored(ranking.keys, ranking.scores.tolist(), query)

    return _answers(queries, answer, partial(_look_ahead, engine, meaning))


def line_batch(
    queries: Iterable[Query], find: Callable[[Query], list[LineMatch]], scored: Scoring
) -> Iterator[list[Scored] | QueryError]:
    """Give the songs in which each query's line is sung, as `find` ranks them; one without words gets its error."""

    def answer(query: Query) -> list[Scored] | QueryError:
        try:
            matches = find(query)
        except QueryError as error:
            return error
        return scored([match.key for match in matches], [match.score for match in matches], query)

    return _answers(queries, answer)


def _answers(
    queries: Iterable[Query],
    answer: Callable[[Query], list[Scored] | QueryError],
    prepare: Callable[[Sequence[Query]], None] | None = None,
) -> Iterator[list[Scored] | QueryError]:
    """Answer queries a chunk at a time, two at once; `prepare` sees each chunk first."""
    queries = iter(queries)
    with ThreadPoolExecutor(THREADS) as pool:
        while chunk := list(islice(queries, AT_ONCE)):
            if prepare:
                prepare(chunk)
            yield from pool.map(answer, chunk)


def _look_ahead(engine: Engine, meaning: Meaning | None, queries: Sequence[Query]) -> None:
    """Encode requests together, and look together for what is nearest to them."""
    if meaning:
        meaning.look_ahead([engine.kept(query) for query in queries if _asks_meaning(engine, query)], pool_of)


def _asks_meaning(engine: Engine, query: Query) -> bool:
    """Say whether the meaning channel will be asked; not where the query is refused."""
    try:
        engine.check(query)
        engine.kept(query)
    except QueryError:
        return False
    return not query.strategy and (not query.channels or Meaning.name in query.channels)
