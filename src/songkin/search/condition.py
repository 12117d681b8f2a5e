"""Stages that honour a query's conditions: no seeds, away from what is unliked, more or less of a feature."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from songkin.search.features import of_keys, of_seeds, spread
from songkin.search.meaning import centres
from songkin.store import Store
from songkin.types import Query, Ranking

__all__ = ["STAGE_PARTS", "Away", "Others", "Tilt", "starts"]

STAGE_PARTS = ("tilt", "away", "prefer", "avoid", "rerank", "liking")  # what stages leave in a ranking: it has no share
UNMET = 0.25  # what remains of the score of a song that does not meet a wish, or cannot say
CLEAR = 0.5  # deviations beyond the seed at which a wish is fully met


class Others:
    """Leave out the songs the request itself names: nobody asks for the song they hold."""

    name = "others"

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, ranking: Ranking, query: Query) -> Ranking:
        """Return the ranking without the query's seeds."""
        named = (*query.like, *query.unlike)
        return ranking.only(~np.isin(ranking.keys, self._store.keys(named))) if named else ranking


class Away:
    """Lower songs that resemble the ones a query is unlike."""

    name = "away"

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, ranking: Ranking, query: Query) -> Ranking:
        """Take off as much as a song's cosine to the nearest unliked song."""
        unliked = centres(self._store, self._store.keys(query.unlike)) if query.unlike else {}
        if not unliked or not len(ranking):
            return ranking
        own = centres(self._store, ranking.keys)
        against = np.stack(list(unliked.values()))  # (m, dim)
        likeness = np.array([float((against @ own[key]).max()) if key in own else 0.0 for key in ranking.keys.tolist()])
        likeness = np.clip(likeness, 0.0, 1.0).astype(np.float32)
        return ranking.rescored(ranking.scores * (1 - likeness), away=-likeness)


class Tilt:
    """Prefer songs with more, or less, of a feature than the seed has (than the library's median, without a seed)."""

    name = "tilt"

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, ranking: Ranking, query: Query) -> Ranking:
        """Scale each score by how far its song goes in the wished direction; one that lacks the feature does not."""
        wished = [name for name in query.targets if spread(self._store, name).songs] if query.targets else []
        if not wished or not len(ranking):
            return ranking
        met = self.met(ranking, query, wished)  # (n, wishes) in [0, 1]
        factor = (UNMET + (1 - UNMET) * met).prod(1).astype(np.float32)
        return ranking.rescored(ranking.scores * factor, tilt=met.mean(1))

    def met(self, ranking: Ranking, query: Query, wished: Sequence[str]) -> NDArray[np.float32]:
        """Return how far each wish is met (n, wishes): 0 = not beyond the start, 1 = clearly beyond."""
        values = of_keys(self._store, ranking.keys, wished)
        signs = np.sign([query.targets[name] for name in wished])
        deviations = np.array([max(spread(self._store, name).deviation, 1e-9) for name in wished])
        beyond = (values - starts(self._store, query, wished)) * signs / deviations
        return np.asarray(np.clip(np.nan_to_num(beyond, nan=0.0) / CLEAR, 0.0, 1.0), np.float32)


def starts(store: Store, query: Query, names: Sequence[str]) -> NDArray[np.float64]:
    """Return what "more" is measured from: the seeds' mean of each feature, or the library's median."""
    seeds = of_seeds(store, query) if names else []
    own = [[seed[name] for seed in seeds if name in seed] for name in names]
    return np.array([np.mean(o) if o else spread(store, n).median for o, n in zip(own, names, strict=True)])
