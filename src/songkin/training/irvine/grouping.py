"""Clusters of songs as the paper draws them: UMAP to ten dimensions, k-means for many k, DBSCAN and HDBSCAN beside.

Conventions
-----------
Rows are songs (n, width), columns of one scale. Distances are Euclidean. A label of -1 is in no cluster.
UMAP: McInnes, Healy and Melville, arXiv 1802.03426 [mcinnes2018umap]. HDBSCAN: Campello, Moulavi and Sander, PAKDD 2013
[campello2013hdbscan].
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.errors import TrainingError
from songkin.extras import need

__all__ = ["Density", "Sweep", "best_k", "by_density", "flattened", "kmeans", "sweep"]

FEWEST = 4  # songs that can be laid out and grouped at all
NEIGHBOURS = 15
DENSE = 5  # songs that make a dense spot


class Sweep(NamedTuple):
    """For each k: the sum of squared distances to the nearest centre, and the mean silhouette in [-1, 1]."""

    ks: tuple[int, ...]
    distortion: tuple[float, ...]
    silhouette: tuple[float, ...]


class Density(NamedTuple):
    """What a density method finds: its name, clusters, the share of songs in none, and the largest cluster's share."""

    method: str
    clusters: int
    outside: float
    largest: float


def flattened(rows: NDArray[np.floating], *, dims: int, seed: int = 0) -> NDArray[np.float32]:
    """Lay songs out in fewer dimensions by UMAP (n, width) -> (n, dims); TrainingError for fewer than four songs.

    Of few songs fewer neighbours are asked, and no more dimensions are made than UMAP can (n - 2).
    """
    if len(rows) < FEWEST:
        raise TrainingError(f"{len(rows)} songs cannot be laid out; clusters need at least {FEWEST}")
    if not np.isfinite(rows).all():
        raise TrainingError("a song's numbers are NaN or infinite; scale them first, which fills what is not known")
    umap: Any = need("umap", extra="map")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of one thread, which a seed needs
        own = umap.UMAP(
            n_components=max(1, min(dims, len(rows) - 2)),
            n_neighbors=min(NEIGHBOURS, len(rows) - 1),
            min_dist=0.0 if dims > 2 else 0.1,
            init="spectral" if len(rows) > 2 * NEIGHBOURS else "random",
            random_state=seed,
            n_jobs=1,
        )
        return np.asarray(own.fit_transform(np.asarray(rows, np.float32)), np.float32)


def sweep(rows: NDArray[np.floating], ks: Sequence[int], *, seed: int = 0, sample: int = 2000) -> Sweep:
    """Group by k-means for each k; a k of more than there are different songs is left out.

    The silhouette is taken on at most `sample` songs, NaN where fewer than two clusters, or as many as songs, are.
    """
    most = len(np.unique(rows, axis=0))
    own = tuple(k for k in dict.fromkeys(ks) if 1 <= k <= most)
    found = [kmeans(rows, k, seed=seed) for k in own]
    shown = np.random.default_rng(seed).permutation(len(rows))[:sample]
    return Sweep(
        own,
        tuple(float(((rows - one.centres[one.labels]) ** 2).sum()) for one in found),
        tuple(_silhouette(rows[shown], one.labels[shown]) for one in found),
    )


def best_k(found: Sweep) -> int:
    """Return the k of the highest silhouette, the smallest of equals; 1 where none could be measured."""
    known = [(value, -k) for k, value in zip(found.ks, found.silhouette, strict=True) if not math.isnan(value)]
    return -max(known)[1] if known else 1


class Means(NamedTuple):
    """The cluster of each song (n,), and the middle of each (k, width)."""

    labels: NDArray[np.int32]
    centres: NDArray[np.float32]


def kmeans(rows: NDArray[np.floating], k: int, *, seed: int = 0) -> Means:
    """Group songs by k-means with three starts; Lloyd, IEEE Transactions on Information Theory 28(2), 1982."""
    model = need("sklearn.cluster", extra="map").KMeans(n_clusters=k, n_init=3, random_state=seed).fit(rows)
    return Means(model.labels_.astype(np.int32), model.cluster_centers_.astype(np.float32))


def by_density(rows: NDArray[np.floating]) -> list[Density]:
    """Group by DBSCAN, with the median distance to the fifth neighbour as its reach, and by HDBSCAN.

    Fewer than six songs make no dense spot: no clusters, all outside.
    """
    if len(rows) <= DENSE:
        return [Density(name, 0, 1.0, 0.0) for name in ("DBSCAN", "HDBSCAN")]
    cluster, neighbours = need("sklearn.cluster", extra="map"), need("sklearn.neighbors", extra="map")
    far = neighbours.NearestNeighbors(n_neighbors=DENSE + 1).fit(rows).kneighbors(rows)[0][:, -1]  # itself is nearest
    reach = float(np.median(far)) or 1e-9
    return [
        _density("DBSCAN", cluster.DBSCAN(eps=reach, min_samples=DENSE).fit_predict(rows)),
        _density("HDBSCAN", cluster.HDBSCAN(min_cluster_size=DENSE, copy=True).fit_predict(rows)),
    ]


def _density(method: str, labels: NDArray[np.int64]) -> Density:
    sizes = np.bincount(labels[labels >= 0]) if (labels >= 0).any() else np.zeros(0, np.int64)
    largest = float(sizes.max()) / len(labels) if len(sizes) else 0.0
    return Density(method, len(sizes), float(np.mean(labels < 0)), largest)


def _silhouette(rows: NDArray[np.floating], labels: NDArray[np.int32]) -> float:
    there = len(np.unique(labels))
    if not 2 <= there < len(rows):
        return math.nan
    return float(need("sklearn.metrics", extra="map").silhouette_score(rows, labels))
