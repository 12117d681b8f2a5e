"""Groups of songs at several grains, each within one of the next coarser: cut from the top.

Conventions
-----------
Vectors are rows (n, dim) float32 of unit length. Grains go from the coarsest to the finest, and in each the groups are
numbered from 0, the largest first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.atlas.clusters import numbered
from songkin.atlas.kmeans import closest, kmeans
from songkin.types import Vectors

__all__ = ["GRAINS", "LIMIT", "Grains", "grains", "how_many", "seats"]

GRAINS: Mapping[str, tuple[float, int]] = {"coarse": (1 / 3, 8), "medium": (0.7, 24), "fine": (1.2, 72)}
LIMIT = 20_000  # vectors grouped by their own; more are sent to the nearest group


class Grains(NamedTuple):
    """Which group each vector is in at each grain (grains, n), and how many vectors were drawn, where not all."""

    labels: NDArray[np.int32]
    sampled: int | None = None


def how_many(songs: int) -> tuple[int, ...]:
    """Return how many groups each grain has: with the root of the songs' number, up to 8, 24 and 72."""
    return tuple(max(1, min(most, round(rate * songs**0.5))) for rate, most in GRAINS.values()) if songs else ()


def grains(vectors: Vectors, counts: Sequence[int], *, limit: int = LIMIT, seed: int = 0) -> Grains:
    """Group vectors into `counts` groups (coarsest first), the groups of each grain parted into those of the next.

    K-means at the coarsest; then each group is parted by k-means into its share of the next count, by its scatter.
    Fewer groups come where fewer vectors differ; no vectors give none. Of more than `limit` vectors that many are drawn
    by `seed`, and each of the others goes to the nearest of the finest groups.
    """
    n = len(vectors)
    if n <= limit:
        return Grains(_parted(vectors, counts, seed))
    drawn = np.sort(np.random.default_rng(seed).choice(n, limit, replace=False))
    known = _parted(vectors[drawn], counts, seed)  # (grains, limit)
    finest = known[-1]
    centres = np.stack([vectors[drawn[finest == label]].mean(0) for label in range(int(finest.max()) + 1)])
    owner = closest(vectors, centres)
    owner[drawn] = finest
    first = np.array([int(np.argmax(finest == label)) for label in range(len(centres))])
    labels = np.stack([known[grain][first[owner]] for grain in range(len(known))])  # (grains, n)
    return Grains(np.stack([numbered(row.astype(np.int64)) for row in labels]), limit)


def _parted(vectors: Vectors, counts: Sequence[int], seed: int) -> NDArray[np.int32]:
    """Group vectors at each grain (grains, n)."""
    labels = np.zeros(len(vectors), np.int32)
    found = np.empty((len(counts), len(vectors)), np.int32)
    for grain, count in enumerate(counts):
        labels = found[grain] = _next(vectors, labels, count, seed)
    return found


def _next(vectors: Vectors, labels: NDArray[np.int32], count: int, seed: int) -> NDArray[np.int32]:
    """Part groups (n,) into `count` in all."""
    members = [np.flatnonzero(labels == label) for label in range(int(labels.max(initial=-1)) + 1)]
    parts, at = np.zeros(len(vectors), np.int64), 0
    shares = seats([_scatter(vectors[own]) for own in members], count, [len(own) for own in members])
    for own, share in zip(members, shares, strict=True):
        inner = kmeans(vectors[own], share, seed=seed).labels
        parts[own] = inner + at
        at += int(inner.max()) + 1
    return numbered(parts)


def _scatter(vectors: Vectors) -> float:
    """Return the summed squared distance of vectors to their mean."""
    return float(((vectors - vectors.mean(0)) ** 2).sum(dtype=np.float64))


def seats(weights: Sequence[float], total: int, most: Sequence[int]) -> list[int]:
    """Share `total` seats by weight, at least one and at most `most` to each, while there are any to give.

    The next seat goes where weight / (seats + 1/2) is largest.

    >>> seats([6.0, 3.0, 0.0], 6, [9, 9, 9])
    [3, 2, 1]
    """
    shares, full = np.ones(len(weights), np.int64), np.asarray(most)
    for _ in range(min(total, int(full.sum())) - len(weights)):
        wish = np.where(shares < full, np.asarray(weights) / (shares + 0.5), -1.0)
        shares[int(wish.argmax())] += 1
    return [int(share) for share in shares]
