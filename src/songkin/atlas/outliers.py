"""Songs that fit nowhere: far from their nearest, where those are near to theirs.

Conventions
-----------
Vectors are rows (n, dim) float32 of unit length; nearness is cosine, in [-1, 1].
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.types import Vectors

__all__ = ["NEAR", "REFERENCE", "Neighbours", "local_outlier_factor", "neighbours"]

NEAR = 15
REFERENCE = 10_000  # songs among which neighbours are sought in a large library
AT_ONCE = 8_000_000  # cosines held at once: 32 MB, and twice that for their order
SAME = 1e-10  # added to a mean distance, so that equal vectors lie infinitely dense without being so


class Neighbours(NamedTuple):
    """Each vector's nearest others, nearest first: their places (n, near) and cosines (n, near)."""

    places: NDArray[np.int64]
    cosines: Vectors


def neighbours(
    vectors: Vectors,
    *,
    near: int = NEAR,
    among: NDArray[np.int64] | None = None,
    rows: NDArray[np.int64] | None = None,
) -> Neighbours:
    """Find the `near` nearest of each vector (n, dim), or as many others as there are; itself is none of them.

    `among` (m,) are the places where they are sought, `rows` (r,) those whose neighbours are asked; all if None. Of
    equally near ones the earlier comes first.
    """
    n = len(vectors)
    among = np.arange(n) if among is None else among
    rows = np.arange(n) if rows is None else rows
    own = np.full(n, -1)
    own[among] = np.arange(len(among))
    near = max(0, min(near, len(among) - int((own[rows] >= 0).any())))
    step, others = max(1, AT_ONCE // max(len(among), 1)), vectors[among]
    parts = (rows[at : at + step] for at in range(0, len(rows), step))
    found = [_nearest(vectors[part], others, own[part], among, near) for part in parts]
    nothing = Neighbours(np.empty((0, near), np.int64), np.empty((0, near), np.float32))
    return Neighbours(*(np.concatenate(part) for part in zip(nothing, *found, strict=True)))


def _nearest(
    asked: Vectors, others: Vectors, own: NDArray[np.int64], among: NDArray[np.int64], near: int
) -> Neighbours:
    """Find the nearest of a few vectors (r, dim) among others (m, dim), but for their own place (r,), -1 = none."""
    far = -asked @ others.T  # (r, m)
    there = np.flatnonzero(own >= 0)
    far[there, own[there]] = np.inf
    best = np.argpartition(far, max(near - 1, 0), axis=1)[:, :near] if near else np.empty((len(asked), 0), np.int64)
    values = np.take_along_axis(far, best, axis=1)  # (r, near), in no order
    order = np.lexsort((best, values), axis=1)
    return Neighbours(among[np.take_along_axis(best, order, axis=1)], -np.take_along_axis(values, order, axis=1))


def local_outlier_factor(near: Neighbours) -> Vectors:
    """Return how much sparser it is about each vector than about its neighbours (n,): about 1 = as dense, more = alone.

    Of cosine distances, as Breunig and others, SIGMOD 2000 [breunig2000lof]; fewer than two vectors give ones.
    """
    if not near.places.shape[1]:
        return np.ones(len(near.places), np.float32)
    apart = np.clip(1 - near.cosines.astype(np.float64), 0, 2)  # (n, near)
    reach = apart[:, -1]  # (n,) to the farthest of the neighbours
    density = 1 / (np.maximum(apart, reach[near.places]).mean(1) + SAME)
    return np.asarray(density[near.places].mean(1) / density, np.float32)
