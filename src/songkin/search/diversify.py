"""Stages that keep the answers from being all alike: variety among the hits, and a cap for each artist."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from songkin.search.meaning import centres
from songkin.store import Store
from songkin.types import Query, Ranking

__all__ = ["ArtistCap", "Variety", "mmr"]

LOOKED_AT = 10  # candidates a hit that variety chooses among


class ArtistCap:
    """At most `query.per_artist` songs of one artist; songs without artists are never capped."""

    name = "artist_cap"

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, ranking: Ranking, query: Query) -> Ranking:
        """Keep each artist's best songs."""
        if query.per_artist is None or not len(ranking):
            return ranking
        songs: Counter[str] = Counter()
        keep = []
        for artist in self._store.first_artists(ranking.keys):
            songs.update([artist] if artist else [])
            keep.append(not artist or songs[artist] <= query.per_artist)
        return ranking.only(keep)


class Variety:
    """Maximal marginal relevance: each next hit is good and unlike the ones before it."""

    name = "variety"

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, ranking: Ranking, query: Query) -> Ranking:
        """Reorder the head of the ranking; variety 0 leaves it as it is."""
        if query.variety <= 0 or len(ranking) < 2:
            return ranking
        head = ranking.top(LOOKED_AT * query.k)
        vectors = self._vectors(head.keys)
        return head.ordered(mmr(head.scores, vectors, variety=query.variety, k=min(query.k, len(head))))

    def _vectors(self, keys: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return each song's vector (n, dim); zeros, which are like nothing, where it has none."""
        found, unknown = centres(self._store, keys), np.zeros(self._store.tables.dim(), np.float32)
        return np.stack([found.get(key, unknown) for key in keys.tolist()])


def mmr(scores: NDArray[np.float32], vectors: NDArray[np.float32], *, variety: float, k: int) -> NDArray[np.int64]:
    """Return the places of k songs: each the best of (1 - variety) * score - variety * highest cosine to those before.

    scores (n,) in [0, 1]; vectors (n, dim) unit; a cosine below 0 counts as 0, ties go to the better place.
    Carbonell and Goldstein, SIGIR 1998 [carbonell1998mmr].
    """
    nearest = np.zeros(len(scores), np.float32)
    free = np.ones(len(scores), bool)
    chosen = []
    for _ in range(k):
        value = np.where(free, (1 - variety) * scores - variety * nearest, -np.inf)
        at = int(np.argmax(value))
        chosen.append(at)
        free[at] = False
        nearest = np.maximum(nearest, vectors @ vectors[at])
    return np.array(chosen, np.int64)
