"""The `features` channel, and what features mean in this library: spread, typical values, wishes for more or less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from songkin.filters import PREDICTED, column
from songkin.search.scale import unit
from songkin.store import Store
from songkin.types import Query, Ranking

__all__ = [
    "SOUNDING",
    "Features",
    "Spread",
    "aim",
    "deltas",
    "feature_values",
    "foremost",
    "of_keys",
    "of_seeds",
    "spread",
]

SOUNDING = (
    "valence", "energy", "danceability", "acousticness", "instrumentalness", "speechiness", "liveness",
    "tempo_bpm", "loudness_db",
)  # fmt: skip
STEP = 1.0  # "more energy" aims one standard deviation above the seed


class Spread(NamedTuple):
    """A feature in this library: its median, its standard deviation, and how many songs have it."""

    median: float
    deviation: float
    songs: int


class Features:
    """Songs that sound as the seed does: near in the features both have, shifted where more or less is wished for."""

    name = "features"

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, query: Query, pool: int) -> Ranking:
        """Rank songs by closeness in features, in [0, 1]; without a seed or a wish the channel is silent."""
        aims = aim(self._store, query)
        if not aims:
            return Ranking.empty()
        keys, values = feature_values(self._store, list(aims))
        allowed = np.ones(len(keys), bool)
        if query.where is not None:
            allowed = np.isin(keys, self._store.keys_where(query.where))
        deviations = np.array([spread(self._store, name).deviation for name in aims])
        near = closeness(values, np.array(list(aims.values())), deviations)
        allowed &= near > 0
        best = foremost(near[allowed].astype(np.float32), pool)
        ranking = Ranking.of(keys[allowed][best], near[allowed][best]).top(pool)
        return Ranking(ranking.keys, unit(ranking.scores, full=len(ranking) >= pool, top=1.0))


def closeness(
    values: NDArray[np.float64], target: NDArray[np.float64], deviations: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return exp(-mean squared distance / 2) in deviations over the features a song has: (n, f), (f,), (f,) -> (n,).

    A song with none of them gives 0; one that lacks some is held to the rest, at a discount for what is unknown.
    """
    known, distance = np.zeros(len(values)), np.zeros(len(values))
    for own, wanted, deviation in zip(values.T, target, deviations, strict=True):  # of a million songs, one at a time
        apart = (own - wanted) / (deviation if deviation > 0 else 1.0)
        there = ~np.isnan(apart)
        distance += np.where(there, apart * apart, 0.0)
        known += there
    distance /= np.maximum(known, 1)
    return np.asarray(np.exp(-distance / 2) * known / max(values.shape[1], 1), np.float64)


def foremost(scores: NDArray[np.float32], pool: int) -> NDArray[np.int64]:
    """Return where the `pool` highest scores stand, and all that equal the last of them, in no order."""
    if not 0 < pool < len(scores):
        return np.arange(len(scores))
    return np.flatnonzero(scores >= np.partition(scores, len(scores) - pool)[len(scores) - pool])


def aim(store: Store, query: Query) -> dict[str, float]:
    """Return the feature values a query looks for: its seeds' mean, moved one deviation where more or less is wished.

    A song described by hand is a seed like any, and all it is given counts. Without seeds the library's median stands
    for them, and only wished features count.
    """
    if not query.like and not query.targets and not query.features:
        return {}
    seeds = of_seeds(store, query)
    meant = {*SOUNDING, *query.targets, *query.features}
    aims = {}
    for name in [name for name in store.features() if name in meant]:
        own = [seed[name] for seed in seeds if name in seed]
        if own or name in query.targets:
            about = spread(store, name)
            start = float(np.mean(own)) if own else about.median
            aims[name] = start + STEP * query.targets.get(name, 0.0) * about.deviation
    return aims


def of_seeds(store: Store, query: Query) -> list[Mapping[str, float]]:
    """Return the features of each of a query's seeds, of the song described by hand last."""
    seeds = [song.measures for song in store.songs(store.keys(query.like)) if song] if query.like else []
    return [*seeds, query.features] if query.features else seeds


def spread(store: Store, name: str) -> Spread:
    """Return how a feature is spread over the library; a feature no song has gives NaN and 0 songs. Kept."""
    return store.kept(("spread", name), lambda: _spread(store, name))


def _spread(store: Store, name: str) -> Spread:
    values = feature_values(store, [name])[1][:, 0]
    values = values[~np.isnan(values)]
    if not len(values):
        return Spread(float("nan"), 0.0, 0)
    return Spread(float(np.median(values)), float(values.std()), len(values))


def feature_values(store: Store, names: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return every song's key (n,) and its features (n, f), NaN where missing.

    What a song is not given is what its words are said to tell (`predicted_valence`), where a library was annotated.
    """
    table = _read(store, names)
    return table["key"].to_numpy(), _values(table, names)


def _read(store: Store, names: Sequence[str]) -> pa.Table:
    """Return the columns of features, and of what is predicted of them, of every song by key."""
    there = set(store.features())
    told = [f"{PREDICTED}{name}" for name in names if f"{PREDICTED}{name}" in there]
    return store.read([column(name) for name in (*names, *told)])


def _values(table: pa.Table, names: Sequence[str]) -> NDArray[np.float64]:
    """Lay features out (n, f), column by column in memory."""
    found = np.empty((table.num_rows, len(names)), np.float64, order="F")
    for at, name in enumerate(names):
        told = column(f"{PREDICTED}{name}")
        predicted = table[told].to_numpy() if told in table.column_names else None
        found[:, at] = _either(table[column(name)].to_numpy(), predicted)
    return found


def _either(given: NDArray[np.float64], told: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Return what is given (n,), and where that is missing what is predicted."""
    return given if told is None else np.where(np.isnan(given), told, given)


def of_keys(store: Store, keys: NDArray[np.int64], names: Sequence[str]) -> NDArray[np.float64]:
    """Return the features (n, f) of songs (n,), NaN where missing."""
    table = _read(store, names)
    known = table["key"].to_numpy()
    if not len(known):
        return np.full((len(keys), len(names)), np.nan)
    at = np.clip(np.searchsorted(known, keys), 0, len(known) - 1)
    return np.where((known[at] == keys)[:, None], _values(table.take(pa.array(at)), names), np.nan)


def deltas(song: Mapping[str, float], seeds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return how a song's features differ from its seeds' mean, for the features all know."""
    shared = [name for name in song if name in SOUNDING and any(name in seed for seed in seeds)]
    return {name: song[name] - float(np.mean([seed[name] for seed in seeds if name in seed])) for name in shared}
