"""The songs that a playlist is chosen from: by the request, near the path, along the arc, or any that meet a condition.

A pool holds some thousands of songs at most, whatever the library holds.
"""

from __future__ import annotations

import zlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.search.condition import Away
from songkin.search.engine import Engine
from songkin.search.features import feature_values
from songkin.search.playlists.arc import targets
from songkin.search.playlists.path import near_path
from songkin.search.playlists.plan import SONGS, Plan
from songkin.store import Store
from songkin.types import Query, Ranking, Where

__all__ = ["POOL", "Pool", "pool_of"]

POOL = 100  # songs of a request, at least: more than most playlists take, so that rules leave a choice
POOL_A_SONG = 3
ALONG = 3  # times as many where they have to follow an arc or a path, or all that reach a floor are wanted
MOST = 3000
SAMPLE = 1500  # songs of a condition alone
AROUND = 20  # songs on each side of each value an arc wants, at least


class Pool(NamedTuple):
    """Songs by key (n,), sorted, how well each fits the request (n,), and the ranking that says so, if one does."""

    keys: NDArray[np.int64]
    relevance: NDArray[np.float64]
    ranking: Ranking | None = None


def pool_of(store: Store, engine: Engine, plan: Plan, where: Where | None) -> Pool:
    """Return the songs to choose from, of those that meet a condition; of a floor's those that reach it.

    Songs that a path passes, or that stand somewhere by hand, are among them.
    """
    ranking = _ranked(engine, plan) if plan.asks else None
    keys = np.empty(0, np.int64) if ranking is None else ranking.keys
    if plan.is_path:
        keys = np.union1d(keys, near_path(store, np.array(plan.anchors, np.int64), where, songs=plan.wanted or SONGS))
    elif ranking is None:
        keys = _along(store, plan, where) if plan.arc else _any(store, plan.query, where)
        ranking = Away(store)(Ranking.of(keys, np.ones(len(keys))), plan.query) if plan.query.unlike else None
    keys = np.setdiff1d(np.union1d(keys, [*plan.anchors, *plan.fixed.values()]).astype(np.int64), plan.without)
    return Pool(keys, _relevance(keys, ranking), ranking)


def _ranked(engine: Engine, plan: Plan) -> Ranking:
    """Rank songs for the request; the scores do not depend on how many songs a playlist of up to thirty has."""
    pool = max(POOL, POOL_A_SONG * (plan.wanted or SONGS))
    wide = plan.arc is not None or plan.is_path or plan.wanted is None
    return engine.run(Query.of(plan.query, k=min(ALONG * pool if wide else pool, MOST)))


def _relevance(keys: NDArray[np.int64], ranking: Ranking | None) -> NDArray[np.float64]:
    """Return how well songs (n,) fit, 0 where the ranking does not name them; 1 where nothing ranks them."""
    if ranking is None:
        return np.ones(len(keys))
    found = dict(zip(ranking.keys.tolist(), ranking.scores.tolist(), strict=True))
    return np.array([found.get(key, 0.0) for key in keys.tolist()], np.float64)


def _along(store: Store, plan: Plan, where: Where | None) -> NDArray[np.int64]:
    """Return songs around the values that an arc wants, of all songs that have the feature."""
    assert plan.arc is not None
    keys, values = feature_values(store, [plan.arc.feature])
    fits = ~np.isnan(values[:, 0])
    if where is not None:
        fits &= np.isin(keys, store.keys_where(where))
    keys, own = keys[fits], values[fits, 0]
    if len(keys) <= SAMPLE:
        return keys
    order = np.argsort(own, kind="stable")
    places = np.linspace(0.0, 1.0, plan.wanted or 2 * SONGS)
    wanted = np.searchsorted(own[order], targets(plan.arc.between(own), places))
    around = max(AROUND, SAMPLE // (2 * len(places)))
    near = np.unique(np.clip(wanted[:, None] + np.arange(-around, around)[None], 0, len(keys) - 1))
    return np.sort(keys[order[near]])[:: max(len(near) // MOST, 1)]


def _any(store: Store, query: Query, where: Where | None) -> NDArray[np.int64]:
    """Return songs that meet a condition: all, or of many an even choice, the same each time."""
    keys = store.keys_where(where) if where is not None else store.catalogue()[0]
    if len(keys) <= SAMPLE:
        return keys
    seed = zlib.crc32((where.sql() if where else "").encode())
    return np.sort(np.random.default_rng(seed).choice(keys, SAMPLE, replace=False))
