"""A plane in which near songs lie near: laid out at once, and filled in where songs come later.

Conventions
-----------
Vectors are rows (n, dim) float32 of unit length; places are rows (n, 2) float32, finite, about the origin. The scale of
the plane means nothing.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from songkin.atlas.outliers import Neighbours, neighbours
from songkin.atlas.space import principal_components
from songkin.evaluation.spaces import trustworthiness
from songkin.extras import need
from songkin.types import Vectors

__all__ = ["LIMIT", "MIN_DISTANCE", "aside", "closed_up", "laid_out", "layout_trustworthiness", "placed", "usual_gap"]

FEW = 10  # songs, below which their two main directions are the map
LIMIT = 20_000  # songs laid out together; the others are placed among them
NEAR = 10  # neighbours that UMAP keeps near; 15 gave a trustworthiness of .877 on 4,112 chart songs, 10 gives .887
MIN_DISTANCE = 0.05  # how close UMAP packs them
PLACED_BY = 5  # neighbours that say where a new song goes
SHARPNESS = 20.0  # of their weights: a neighbour nearer by a cosine of 0.05 weighs e times as much
APART = 0.5  # of the usual distance to the nearest, which a placed song keeps from others
TURN = np.pi * (3 - 5**0.5)  # the golden angle: steps by it never fall on one another
JUDGED = 1_000  # songs by which a layout is judged
TRUSTED = 15  # neighbours it is judged by
BAND = 20  # the part of the extent to which an empty band is narrowed
SAME = 1e-5  # difference of two numbers below which vectors are one
GAPS = 500  # songs whose nearest say what distance is usual


def laid_out(vectors: Vectors, *, seed: int = 0, limit: int = LIMIT) -> Vectors:
    """Return a place for each vector (n, 2): near vectors near. The same vectors and seed give the same places.

    UMAP (McInnes, Healy and Melville 2018 [mcinnes2018umap]) over exact neighbours, begun from the two main directions.
    Below ten vectors those directions are the map. Of more than `limit` that many, drawn by `seed`, are laid out, and
    the others placed among them. Equal vectors lie side by side. MissingExtra without umap-learn.
    """
    n = len(vectors)
    if n <= FEW or not _differ(vectors):
        return _apart(_main_directions(vectors))
    if n <= limit:
        return _apart(closed_up(_umap(vectors, seed)))
    drawn = np.sort(np.random.default_rng(seed).choice(n, limit, replace=False))
    places = np.full((n, 2), np.nan, np.float32)
    places[drawn] = laid_out(vectors[drawn], seed=seed, limit=limit)
    return placed(vectors, places, seed=seed)


def _apart(places: Vectors) -> Vectors:
    """Part places that coincide."""
    gap = usual_gap(places)
    return aside(places, step=APART * gap, cell=gap / 100)


def closed_up(places: Vectors) -> Vectors:
    """Narrow empty bands across the plane to a twentieth of its extent, so that islands do not drift out of sight.

    What lies left, right, above or below of what stays so; UMAP says nothing about how far islands lie apart.
    """
    closed = np.empty_like(places)
    for axis in range(2):
        order = np.argsort(places[:, axis], kind="stable")
        steps = np.diff(places[order, axis], prepend=places[order[:1], axis])
        closed[order, axis] = np.cumsum(np.minimum(steps, steps.sum() / BAND))
    return np.asarray(closed - closed.mean(0), np.float32)


def _differ(vectors: Vectors) -> bool:
    return len(vectors) > 0 and bool((np.ptp(vectors, axis=0) > SAME).any())


def _main_directions(vectors: Vectors) -> Vectors:
    """Return coordinates along the two directions in which vectors differ most (n, 2); zeros where there are none."""
    if len(vectors) < 2 or not _differ(vectors):
        return np.zeros((len(vectors), 2), np.float32)
    centred = vectors - vectors.mean(0)
    sides, lengths, _ = np.linalg.svd(centred.astype(np.float64), full_matrices=False)
    flat = np.zeros((len(vectors), 2), np.float32)
    flat[:, : min(2, len(lengths))] = (sides * lengths)[:, :2]
    largest = np.abs(flat).argmax(0)
    return np.asarray(flat * np.where(flat[largest, [0, 1]] < 0, -1, 1), np.float32)  # the sign of a direction is free


def _umap(vectors: Vectors, seed: int) -> Vectors:
    near = _with_self(neighbours(vectors, near=min(NEAR, len(vectors) - 1)))
    start = _main_directions(principal_components(vectors))
    start = 10 * start / max(float(np.abs(start).max()), 1e-6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one thread, no tensorflow, neighbours that place no new songs: all as wanted
        umap = need("umap", extra="map")
        reducer = umap.UMAP(
            n_neighbors=near[0].shape[1],
            min_dist=MIN_DISTANCE,
            metric="cosine",
            init=start,
            precomputed_knn=(*near, None),
            random_state=seed,
            n_jobs=1,
            force_approximation_algorithm=True,
        )
        flat = np.asarray(reducer.fit_transform(vectors), np.float32)
    return np.asarray(flat - flat.mean(0), np.float32)


def _with_self(near: Neighbours) -> tuple[NDArray[np.int64], Vectors]:
    """Return neighbours as umap-learn takes them: each vector its own nearest, and cosine distances."""
    own = np.arange(len(near.places))[:, None]
    apart = np.clip(1 - near.cosines, 0, 2)
    return np.hstack([own, near.places]), np.hstack([np.zeros((len(own), 1), np.float32), apart])


def placed(vectors: Vectors, places: Vectors, *, seed: int = 0) -> Vectors:
    """Give each vector without a place (NaN in `places` (n, 2)) one among its nearest; no other moves.

    The place is the mean of those of its five nearest that have one, the nearer weighing more, and a step aside, so
    that it hides none. Without any known place all lie about the origin.
    """
    new, known = (np.flatnonzero(np.isnan(places).any(1) == lacks) for lacks in (True, False))
    if not len(new):
        return places
    filled = np.where(np.isnan(places), np.float32(0), places)
    if len(known):
        near = neighbours(vectors, near=PLACED_BY, among=known, rows=new)
        weights = np.exp(SHARPNESS * (near.cosines - near.cosines[:, :1]))
        weights /= weights.sum(1, keepdims=True)
        filled[new] = np.einsum("mk,mkd->md", weights, places[near.places])
    gap = usual_gap(places[known], seed=seed)
    filled[new] = aside(filled[new], step=APART * gap, cell=gap, first=1 if len(known) else 0)
    return filled


def usual_gap(places: Vectors, *, seed: int = 0) -> float:
    """Return the median distance of places (n, 2) to their nearest other; 1 where there is none, or all coincide.

    At least a tenth of what it would be if they were strewn evenly, for where most lie on another it would be nothing.
    """
    if len(places) < 2:
        return 1.0
    drawn = np.random.default_rng(seed).choice(len(places), min(len(places), GAPS), replace=False)
    others = (np.linalg.norm(np.delete(places, at, axis=0) - places[at], axis=1) for at in drawn)  # each (n - 1,)
    evenly = 0.5 * float(np.ptp(places, axis=0).max()) / len(places) ** 0.5
    return max(float(np.median([apart.min() for apart in others])), 0.1 * evenly) or 1.0


def aside(places: Vectors, *, step: float, cell: float, first: int = 0) -> Vectors:
    """Move places (n, 2) that share a cell of the plane apart: the i-th of them by a root of i + `first` steps.

    Each goes the golden angle further round, as the seeds of a sunflower, so that none lies on another.
    """
    if not len(places):
        return places
    _, owner = np.unique(np.floor(places / cell), axis=0, return_inverse=True)
    order = np.argsort(owner.reshape(-1), kind="stable")
    sizes = np.bincount(owner.reshape(-1))
    rank = np.empty(len(places), np.int64)
    rank[order] = np.arange(len(places)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    rank += first
    turn = np.stack([np.cos(rank * TURN), np.sin(rank * TURN)], 1)  # (n, 2)
    return np.asarray(places + step * np.sqrt(rank)[:, None] * turn, np.float32)


def layout_trustworthiness(vectors: Vectors, places: Vectors, *, seed: int = 0) -> float:
    """Return the trustworthiness of a layout in [0, 1], judged at 1,000 songs drawn by `seed`.

    NaN below three songs, and where all are the same: then any neighbour is as true as another.
    """
    if not _differ(vectors):
        return float("nan")
    return trustworthiness(vectors, places, near=TRUSTED, sample=JUDGED, seed=seed)
