"""The `meaning` channel: songs whose description or passages lie near the request, or near the songs it names."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from songkin.search.scale import unit
from songkin.store import Matches, Store
from songkin.types import Encoder, Query, Ranking

__all__ = ["Meaning", "blended"]

REMEMBERED = 4096  # requests whose vectors are kept
TABLES = {"all": ("songs", "passages"), "description": ("songs",), "lyrics": ("passages",)}


class Meaning:
    """Nearest vectors, of descriptions and of passages; a song counts by the better of the two, each on its own scale."""

    name = "meaning"

    def __init__(self, store: Store, encoder: Encoder) -> None:
        self._store, self._encoder = store, encoder
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._ahead: dict[tuple[str, ...], Matches] = {}

    def __call__(self, query: Query, pool: int) -> Ranking:
        """Rank songs by cosine; a request of no words and no songs has no meaning."""
        found = [ranking for table in TABLES[query.part] if len(ranking := self._near(table, query, pool))]
        return blended(found)

    def _near(self, table: str, query: Query, pool: int) -> Ranking:
        if not query.like and (matches := self._ahead.get(_asks(table, query, pool))) is not None:
            return scaled(matches, pool)
        target = self._target(table, query)
        if target is None:
            return Ranking.empty()
        return scaled(self._store.nearest(table, target, where=query.where, limit=pool), pool)

    def look_ahead(self, queries: Sequence[Query], pool_of: Callable[[Query], int]) -> None:
        """Encode many requests at once and search for those of one condition together; the next calls find it done."""
        self.prime([text for query in queries for text in (query.text, query.lyrics)])
        self._ahead = {}
        for alike in _alike(queries):
            pool = pool_of(alike[0])
            for table in TABLES[alike[0].part]:
                targets = {_asks(table, query, pool): self._target(table, query) for query in alike}
                some = {asks: target for asks, target in targets.items() if target is not None}
                if some:
                    found = self._store.nearest_to_each(
                        table, np.stack(list(some.values())), where=alike[0].where, limit=pool
                    )
                    self._ahead |= dict(zip(some, found, strict=True))

    def _target(self, table: str, query: Query) -> NDArray[np.float32] | None:
        """Return the point to look around: the request's words and the songs it likes, the mean of both."""
        points = [self.vector(text) for text in (query.text, query.lyrics) if text.strip()]
        points += [centre(rows) for rows in self._store.vectors_of(table, self._store.keys(query.like)).values()]
        if not points or not np.any(points):
            return None
        return centre(np.stack(points))

    def vector(self, text: str) -> NDArray[np.float32]:
        """Return the request's unit vector (dim,), remembered."""
        if text not in self._vectors:
            self.prime([text])
        return self._vectors[text]

    def prime(self, texts: Sequence[str]) -> None:
        """Encode several requests at once, so that asking for each is free."""
        new = [text for text in dict.fromkeys(texts) if text.strip() and text not in self._vectors]
        for text, vector in zip(new, self._encoder.encode_queries(new), strict=True):
            self._vectors[text] = vector
        while len(self._vectors) > max(REMEMBERED, len(new)):
            self._vectors.popitem(last=False)


def _asks(table: str, query: Query, pool: int) -> tuple[str, ...]:
    """Return what a nearest-vector search depends on."""
    return table, query.text, query.lyrics, query.where.sql() if query.where else "", str(pool)


def _alike(queries: Sequence[Query]) -> list[list[Query]]:
    """Group queries without seeds by part, condition and how many hits are wanted."""
    groups: dict[tuple[str, str, int], list[Query]] = {}
    for query in queries:
        if not query.like:
            groups.setdefault((query.part, query.where.sql() if query.where else "", query.k), []).append(query)
    return list(groups.values())


def centre(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean direction of unit vectors (n, dim) -> (dim,), unit length; zeros stay zeros."""
    mean = rows.mean(0)
    length = float(np.linalg.norm(mean))
    return (mean / length if length > 0 else mean).astype(np.float32)


def scaled(matches: Matches, pool: int) -> Ranking:
    """Bring matches to [0, 1]."""
    return Ranking.of(matches.keys, unit(matches.scores, full=len(matches.keys) >= pool))


def blended(rankings: Sequence[Ranking]) -> Ranking:
    """Give each song the best of its scores, plus a little for being named more than once; still in [0, 1]."""
    if len(rankings) < 2:
        return rankings[0] if rankings else Ranking.empty()
    keys = np.unique(np.concatenate([ranking.keys for ranking in rankings]))
    scores = np.zeros((len(rankings), len(keys)), np.float32)
    for row, ranking in enumerate(rankings):
        scores[row, np.searchsorted(keys, ranking.keys)] = ranking.scores
    return Ranking.of(keys, 0.75 * scores.max(0) + 0.25 * scores.mean(0))
