"""Where songs lie among each other: by their description, their words, how they sound, their features and their year.

Conventions
-----------
A view is one way of looking at songs: rows (n, d), and for each song whether it is known there. Distances are squared
and counted in what two songs of the library typically lie apart: 0 = the same, 1 = as far as two taken at random. What
is unknown of a song is held to be typically far. Views weigh as `WEIGHTS` has it, out of those there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from songkin.search.features import SOUNDING, feature_values, of_keys, spread
from songkin.search.meaning import centre
from songkin.store import Store
from songkin.store.kept_vectors import kept_by_key
from songkin.types import Vectors

__all__ = ["WEIGHTS", "Space", "View", "features_of", "steady", "views_of"]

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"songs": 0.35, "passages": 0.2, "space": 0.35, "sound": 0.4, "features": 0.35, "year": 0.3}
)
KEPT = ("space", "sound")
NEVER_APART = 1e-6  # a view in which all songs are alike tells nothing
FURTHEST = 3.0  # deviations: a single odd feature is not to outweigh all others


class View(NamedTuple):
    """One way of looking at songs: rows (n, d), zeros where a song is unknown, and where it is known (n,)."""

    rows: Vectors
    known: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """Songs by key (n,) in every view there is, with each view's share, summing to 1, and what is typically apart."""

    keys: NDArray[np.int64]
    views: Mapping[str, View]
    shares: Mapping[str, float]
    typical: Mapping[str, float]

    @classmethod
    def of(cls, store: Store, keys: NDArray[np.int64], *, names: Sequence[str] = tuple(WEIGHTS)) -> Self:
        """Place songs in the views `names`, as far as the library has them and can tell songs apart by them."""
        typical = {name: typically_apart(store, name) for name in names}
        names = [name for name in names if typical[name] > NEVER_APART]
        views = {name: view for name, view in views_of(store, keys, names).items() if view.known.any()}
        total = sum(WEIGHTS[name] for name in views) or 1.0
        return cls(keys, views, {name: WEIGHTS[name] / total for name in views}, typical)

    def apart(self, name: str, one: int) -> NDArray[np.float64]:
        """Return the squared distance of all songs (n,) to the song at a place in one view; NaN where not known."""
        rows, known = self.views[name]
        squared = ((rows - rows[one]) ** 2).sum(1) / self.typical[name]
        return np.where(known & known[one], squared, np.nan).astype(np.float64)

    def points(self) -> Vectors:
        """Return one point a song (n, D), so that squared distances between points add up over the views."""
        if not self.views:
            return np.zeros((len(self.keys), 1), np.float32)
        scales = {name: np.float32(np.sqrt(share / self.typical[name])) for name, share in self.shares.items()}
        return np.concatenate([view.rows * scales[name] for name, view in self.views.items()], 1)


def views_of(store: Store, keys: NDArray[np.int64], names: Sequence[str]) -> dict[str, View]:
    """Look at songs (n,) in each of the views."""
    return {name: _LOOKS.get(name, _vectors)(store, keys, name) for name in names}


def _vectors(store: Store, keys: NDArray[np.int64], table: str) -> View:
    """Look at songs by the centre of their vectors in a table: descriptions, or passages."""
    rows = np.zeros((len(keys), store.tables.dim()), np.float32)
    known = np.zeros(len(keys), bool)
    found = store.vectors_of(table, keys)
    for at, key in enumerate(keys.tolist()):
        if key in found:
            rows[at], known[at] = centre(found[key]), True
    return View(rows, known & rows.any(1))


def _kept(store: Store, keys: NDArray[np.int64], name: str) -> View:
    rows, known = kept_by_key(store, name).of(keys)
    return View(rows, known & rows.any(1))


def features_of(store: Store) -> list[str]:
    """Return the features the library has of those that say how a song sounds."""
    return [name for name in SOUNDING if name in store.features() and spread(store, name).deviation > 0]


def _features(store: Store, keys: NDArray[np.int64], name: str) -> View:
    names = features_of(store)
    return steady(of_keys(store, keys, names), [spread(store, one) for one in names])


def _year(store: Store, keys: NDArray[np.int64], name: str) -> View:
    return steady(of_keys(store, keys, ["year"]), [spread(store, "year")])


def steady(values: NDArray[np.float64], spreads: Sequence[tuple[float, float, int]]) -> View:
    """Return values (n, f) in deviations from the median; a single one that is missing stands at the median."""
    medians, deviations = (np.array([one[at] for one in spreads], np.float64) for at in (0, 1))
    there = ~np.isnan(values)
    rows = np.where(there, (values - medians) / np.where(deviations > 0, deviations, 1.0), 0.0)
    known = there.mean(1) >= 0.5 if values.shape[1] else np.zeros(len(values), bool)
    rows[~known] = 0.0
    return View(np.clip(rows, -FURTHEST, FURTHEST).astype(np.float32), known)


_LOOKS: Mapping[str, Callable[[Store, NDArray[np.int64], str], View]] = MappingProxyType(
    {"space": _kept, "sound": _kept, "features": _features, "year": _year}
)


def typically_apart(store: Store, name: str) -> float:
    """Return the mean squared distance of two songs in a view, 0 where no two are there; kept."""
    return store.kept(("typically apart", name), lambda: _typically_apart(store, name))


def _typically_apart(store: Store, name: str) -> float:
    if name in KEPT:
        rows = kept_by_key(store, name).vectors[:20_000].astype(np.float32)
    elif name in ("features", "year"):
        names = features_of(store) if name == "features" else ["year"]
        keys = feature_values(store, names)[0] if names else np.empty(0, np.int64)
        view = _LOOKS[name](store, keys[:: max(len(keys) // 20_000, 1)], name)
        rows = view.rows[view.known]
    else:
        rows = store.typical(table=name).vectors if store.tables.whole() else np.empty((0, 0), np.float32)
    return float(2 * rows.var(0).sum()) if len(rows) > 1 else 0.0
