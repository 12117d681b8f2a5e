"""A path through songs: which songs lie near it, and how near each lies to each place of it.

Conventions
-----------
A path passes its anchors, songs by key, in order; a leg goes from one to the next. A place on it is a leg and how far
along it lies, in [0, 1]. Nearness in [0, 1]: 1 = on the path, 0 = as far from it as two songs taken at random.

In a view with squared distances a and b to a leg's ends, which lie c apart, the squared distance to the place t is
(1 - t) a + t b - t (1 - t) c: no point between the two songs needs to be known.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.search.features import feature_values, spread
from songkin.search.meaning import centre
from songkin.search.playlists.space import Space, features_of, steady
from songkin.store import Store
from songkin.store.kept_vectors import kept_by_key
from songkin.types import Where

__all__ = ["Place", "leg_lengths", "near_path", "nearness", "places_of"]

LOOKED_FROM = (0.0, 0.25, 0.5, 0.75, 1.0)  # places of a leg around which songs are looked for
LEAST_NAMED = 60  # songs that each view names around each of them
NAMED_A_SONG = 3  # and so many for each song of the path
TABLES = ("songs", "passages")
KEPT = ("space", "sound")


class Place(NamedTuple):
    """A place on a path: its leg, and how far along it lies, 0 = at the first anchor of the leg, 1 = at the second."""

    leg: int
    along: float


# -- which songs lie near it -------------------------------------------------------------------------------------------


def near_path(store: Store, anchors: NDArray[np.int64], where: Where | None, *, songs: int) -> NDArray[np.int64]:
    """Return the keys (n,) of songs near a path, of those that meet a condition; some 2,000 a leg at most.

    Vectors are asked by nearness, so no more of a large library is read than what lies around; features and kept
    vectors, which are small, are looked through.
    """
    limit = max(LEAST_NAMED, NAMED_A_SONG * songs)
    legs = list(pairwise(anchors.tolist()))
    found = [np.asarray(anchors, np.int64)]
    for table in TABLES:
        found += _by_vectors(store, table, legs, where, limit)
    allowed = None if where is None else store.keys_where(where)
    for name in KEPT:
        found += _by_kept(store, name, legs, allowed, limit)
    found += _by_features(store, legs, allowed, limit)
    return np.unique(np.concatenate(found))


def _by_vectors(
    store: Store, table: str, legs: Sequence[tuple[int, int]], where: Where | None, limit: int
) -> list[NDArray[np.int64]]:
    if not store.tables.whole():
        return []
    ends = store.vectors_of(table, [key for leg in legs for key in leg])
    points = [
        centre(np.stack([(1 - along) * centre(ends[one]), along * centre(ends[other])]))
        for one, other in legs
        for along in LOOKED_FROM
        if one in ends and other in ends
    ]
    points = [point for point in points if point.any()]
    if not points:
        return []
    return [matches.keys for matches in store.nearest_to_each(table, np.stack(points), where=where, limit=limit)]


def _by_kept(
    store: Store, name: str, legs: Sequence[tuple[int, int]], allowed: NDArray[np.int64] | None, limit: int
) -> list[NDArray[np.int64]]:
    kept = kept_by_key(store, name)
    if not len(kept.keys):
        return []
    fits = np.ones(len(kept.keys), bool) if allowed is None else np.isin(kept.keys, allowed)
    keys, rows = kept.keys[fits], kept.vectors[fits]
    found = []
    for leg in legs:
        ends, known = kept.of(np.array(leg, np.int64))
        if known.all():
            both = rows.astype(np.float32) @ ends.T  # (n, dim) @ (dim, 2) -> (n, 2)
            found += [keys[_lowest(-((1 - along) * both[:, 0] + along * both[:, 1]), limit)] for along in LOOKED_FROM]
    return found


def _by_features(
    store: Store, legs: Sequence[tuple[int, int]], allowed: NDArray[np.int64] | None, limit: int
) -> list[NDArray[np.int64]]:
    names = [*features_of(store), *(["year"] if spread(store, "year").songs else [])]
    keys, values = feature_values(store, names)
    if not names or not len(keys):
        return []
    rows, known = steady(values, [spread(store, name) for name in names])
    known = known if allowed is None else known & np.isin(keys, allowed)
    found = []
    for leg in legs:
        ends = np.searchsorted(keys, np.array(leg, np.int64))
        apart = np.stack([((rows[known] - rows[end]) ** 2).sum(1) for end in ends.tolist()], 1)
        found += [keys[known][_lowest((1 - along) * apart[:, 0] + along * apart[:, 1], limit)] for along in LOOKED_FROM]
    return found


def _lowest(distances: NDArray[np.floating], limit: int) -> NDArray[np.int64]:
    """Return the places of the `limit` lowest distances."""
    places = np.argpartition(distances, limit)[:limit] if limit < len(distances) else np.arange(len(distances))
    return np.asarray(places, np.int64)


# -- how near they lie -------------------------------------------------------------------------------------------------


def leg_lengths(space: Space, anchors: Sequence[int]) -> NDArray[np.float64]:
    """Return how far the ends of each leg lie apart (legs,), anchors being places in the space; 1 = typically far."""
    pairs = list(pairwise(anchors))
    return np.array(
        [_mean(space, {name: space.apart(name, one)[other] for name in space.views}) for one, other in pairs]
    )


def places_of(lengths: NDArray[np.float64], songs: int) -> list[Place]:
    """Lay `songs` places along a path, anchors among them, the longer legs getting more; at least its anchors."""
    legs = len(lengths)
    between = max(songs - legs - 1, 0)
    wanted = np.maximum(lengths, 0.05)
    shares = wanted / wanted.sum() * between
    counts = np.floor(shares).astype(int)
    for leg in np.argsort(counts - shares, kind="stable")[: between - int(counts.sum())]:
        counts[leg] += 1
    places = [Place(leg, at / (count + 1)) for leg, count in enumerate(counts.tolist()) for at in range(count + 1)]
    return [*places, Place(legs - 1, 1.0)]


def nearness(space: Space, anchors: Sequence[int], places: Sequence[Place]) -> NDArray[np.float64]:
    """Return how near each song lies to each place (places, songs), in [0, 1]; a song unknown in a view counts 0 there.

    Views in which an anchor is unknown are left out; with none left everything is 0.
    """
    views = [name for name, view in space.views.items() if view.known[list(anchors)].all()]
    total = sum(space.shares[name] for name in views)
    near = np.zeros((len(places), len(space.keys)))
    for name in views:
        to = np.stack([space.apart(name, anchor) for anchor in anchors])  # (anchors, n)
        for row, (leg, along) in enumerate(places):
            one, other, legs = to[leg], to[leg + 1], to[leg][anchors[leg + 1]]
            apart = (1 - along) * one + along * other - along * (1 - along) * legs
            near[row] += space.shares[name] / total * (1 - np.nan_to_num(apart, nan=1.0))
    return np.clip(near, 0.0, 1.0)


def _mean(space: Space, apart: dict[str, float]) -> float:
    known = {name: value for name, value in apart.items() if not np.isnan(value)}
    total = sum(space.shares[name] for name in known)
    return float(sum(space.shares[name] * value for name, value in known.items()) / total) if total else 1.0
