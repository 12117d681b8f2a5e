"""Themes of a library, found from its songs' vectors alone: groups at several grains, how good they are, who fits none.

Conventions
-----------
Vectors are rows (n, dim) float32 of unit length, each of a kind (n,): of lyrics, or of a description. Cosines are taken
about the middle of each kind (`atlas.space`), so 0 is what two songs drawn at random have.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.atlas.grains import grains
from songkin.atlas.outliers import REFERENCE, Neighbours, local_outlier_factor, neighbours
from songkin.atlas.space import centred_by_kind, principal_components, units
from songkin.atlas.stability import Stability, staying
from songkin.evaluation.spaces import silhouette
from songkin.types import Vectors

__all__ = ["Grain", "Outliers", "ThemesFound", "discover"]

ALONE = 1.5  # the local outlier factor from which scikit-learn, too, calls a point an outlier
FEW = 20  # songs, below which none is called an outlier
CROWD = 5  # nearest songs that say how lonely a song is


class Grain(NamedTuple):
    """One grain: the theme of each song (n,), its cosine to the theme's centre (n,), and how good the themes are.

    `cohesion` (k,) is the mean of those cosines in each theme; `silhouette` is in [-1, 1], NaN for fewer than two
    themes.
    """

    labels: NDArray[np.int32]
    nearness: Vectors
    cohesion: NDArray[np.float64]
    silhouette: float
    stability: Stability


class Outliers(NamedTuple):
    """Which songs fit nowhere (n,), by how much (n,), and each song's nearest: place (n,), -1 = none, and cosine."""

    alone: NDArray[np.bool_]
    factors: Vectors
    nearest: NDArray[np.int64]
    cosines: Vectors


class ThemesFound(NamedTuple):
    """The grains asked for, the songs that fit nowhere, and how many songs were drawn to find them, where not all."""

    grains: tuple[Grain, ...]
    outliers: Outliers
    sampled: int | None = None


def discover(vectors: Vectors, kinds: NDArray[np.integer], counts: Sequence[int], *, seed: int = 0) -> ThemesFound:
    """Find themes at each of the grains `counts` (how many themes, coarsest first), each within one of the coarser.

    The same vectors and seed give the same themes. No vectors give grains without a theme.
    """
    about = centred_by_kind(vectors, kinds)
    space = principal_components(about)
    found = grains(space, counts, seed=seed)
    stable = staying(space, found.labels, counts, seed=seed)
    each = tuple(_grain(about, row, stability) for row, stability in zip(found.labels, stable, strict=True))
    return ThemesFound(each, outliers(about, seed=seed), found.sampled)


def _grain(about: Vectors, labels: NDArray[np.int32], stability: Stability) -> Grain:
    sizes = np.bincount(labels)
    order = np.argsort(labels, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)[: len(sizes)]
    sums = np.add.reduceat(about[order], starts, axis=0) if len(sizes) else np.empty((0, about.shape[1]), np.float32)
    centres = units(np.asarray(sums / np.maximum(sizes, 1)[:, None], np.float32))  # (k, dim)
    nearness = np.einsum("nd,nd->n", about, centres[labels])
    middle = ~about.any(1) & ~centres[labels].any(1)  # songs that are all alike lie at their own centre
    nearness = np.where(middle, 1.0, nearness).astype(np.float32)
    cohesion = np.bincount(labels, nearness, len(sizes)) / np.maximum(sizes, 1)
    return Grain(labels, nearness, cohesion, silhouette(about, labels), stability)


def outliers(about: Vectors, *, seed: int = 0) -> Outliers:
    """Say which songs (n, dim) fit nowhere: alone by the local outlier factor, and lonelier than half of the songs.

    Neighbours are sought among 10,000 songs, drawn by `seed`, of a library that has more.
    """
    n = len(about)
    drawn = None if n <= REFERENCE else np.sort(np.random.default_rng(seed).choice(n, REFERENCE, replace=False))
    near = neighbours(about, among=drawn)
    factors = local_outlier_factor(near)
    if not near.places.shape[1]:
        return Outliers(np.zeros(n, bool), factors, np.full(n, -1), np.zeros(n, np.float32))
    crowd = near.cosines[:, :CROWD].mean(1)
    alone = (factors > ALONE) & (crowd < np.median(crowd)) & (n >= FEW)
    return Outliers(alone, factors, *_first(near))


def _first(near: Neighbours) -> tuple[NDArray[np.int64], Vectors]:
    return near.places[:, 0], near.cosines[:, 0]
