"""The `prefer` stage: songs that meet a soft condition come before songs like them that do not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from songkin.search.condition import UNMET
from songkin.store import Store
from songkin.types import Query, Ranking

__all__ = ["UNSAID", "Prefer"]

UNSAID = (1 + UNMET) / 2  # what remains of the score of a song that lacks the field: between meeting it and not


class Prefer:
    """Lower songs that do not meet `query.prefer`; none is left out."""

    name = "prefer"

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, ranking: Ranking, query: Query) -> Ranking:
        """Scale each score by the conditions its song does not meet, or says nothing about; conditions multiply."""
        if not query.prefer or not len(ranking):
            return ranking
        met = np.stack([self._store.truths(ranking.keys, where) for where in query.prefer], 1)  # (n, conditions)
        factor = np.where(np.isnan(met), UNSAID, UNMET + (1 - UNMET) * np.nan_to_num(met)).prod(1)
        return ranking.rescored(ranking.scores * factor.astype(np.float32), prefer=_met(met))


def _met(met: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return which share of the conditions each song meets: (n, conditions) -> (n,); what is not said counts half."""
    return np.asarray(np.nan_to_num(met, nan=0.5).mean(1), np.float32)
