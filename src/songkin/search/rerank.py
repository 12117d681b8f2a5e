"""The `rerank` stage: beside a seed, the first candidates are ordered again by how near they lie in genres, tags, era.

Conventions
-----------
Vectors are those that `songkin annotate` keeps beside a library, one a song, and lie at hand in memory; their dot
products, in (-1, 1), are brought to [0, 1]. Zeros are a song of which nothing is known. A library that keeps none is
ordered as it was.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from songkin.store import Store
from songkin.store.kept_vectors import kept_by_key
from songkin.types import Query, Ranking

__all__ = ["LOOKED_AT", "WEIGHT", "Rerank", "blended"]

LOOKED_AT = 200  # candidates that are ordered again
WEIGHT = 0.7  # of nearness beside the score so far: docs/decisions/0022
TABLE = "space"

Floats = NDArray[np.float32]


class Rerank:
    """Blend the scores of the first candidates with their nearness to the query's seeds."""

    name = "rerank"

    def __init__(self, store: Store, *, weight: float = WEIGHT) -> None:
        self._store, self._weight = store, weight

    def __call__(self, ranking: Ranking, query: Query) -> Ranking:
        """Order the first 200 songs again; those behind them stay behind.

        Only requests with seeds, asked of all that songs tell by all channels, are touched.
        """
        if not (query.like and len(ranking)) or query.part != "all" or query.channels or query.strategy:
            return ranking
        kept = kept_by_key(self._store, TABLE)
        seeds = kept.of(self._store.keys(query.like))[0] if len(kept.keys) else np.empty((0, 0), np.float32)
        seeds = seeds[seeds.any(1)]
        if not len(seeds):
            return ranking
        head = min(LOOKED_AT, len(ranking))
        vectors = kept.of(ranking.keys[:head])[0]
        near = np.where(vectors.any(1), (vectors @ seeds.mean(0) + 1) / 2, np.nan).astype(np.float32)
        scores = ranking.scores.copy()
        scores[:head] = blended(scores[:head], near, weight=self._weight, above=_at(scores, head))
        part = np.full(len(ranking), np.nan, np.float32)
        part[:head] = near
        return ranking.rescored(scores, rerank=part)


def blended(scores: Floats, near: Floats, *, weight: float, above: float | None) -> Floats:
    """Return (1 - weight) * score + weight * nearness (n,), none below `above`, the score of the first song behind.

    A song whose nearness is NaN gets the middle one's of the others, so that it is neither raised nor lowered.
    """
    if np.isnan(near).all():
        return scores
    known = np.where(np.isnan(near), np.nanmedian(near), near)
    mixed = (1 - weight) * scores + weight * known
    if above is None or mixed.min() >= above:
        return np.asarray(mixed, np.float32)
    width = max(float(mixed.max() - mixed.min()), 1e-9)
    raised = above + (mixed - mixed.min()) / width * max(float(mixed.max()) - above, 0.0)
    return np.asarray(raised, np.float32)


def _at(scores: Floats, place: int) -> float | None:
    return float(scores[place]) if place < len(scores) else None
