"""Agglomerative clusters of songs: cosine distance, complete linkage, as Bezzam and Vidit (2022) group lyrics.

Conventions
-----------
Vectors are (n, dim) float32 rows of unit length. A distance is 1 - cosine, in [0, 2]. Clusters are numbered from 0, the
largest first; of equals the one that holds the earliest vector.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.types import Vectors

__all__ = ["DEFAULT_K", "LIMIT", "Clusters", "Tree", "clusters", "complete_linkage", "cut", "nearest", "numbered"]

DEFAULT_K = 5  # as the published recommender has it; docs/decisions/0009-clusters.md
LIMIT = 20_000  # vectors clustered exactly: their distances take 1.6 GB; the published set has 15,863
AT_ONCE = 10_000  # vectors sent to their centroids together


class Clusters(NamedTuple):
    """Which cluster each vector is in (n,), the mean of each cluster's vectors (k, dim), and how many it has (k,).

    `sampled` is how many vectors the clusters were found in, where those were not all.
    """

    labels: NDArray[np.int32]
    centroids: Vectors
    sizes: NDArray[np.int64]
    sampled: int | None = None


class Tree(NamedTuple):
    """Merges from the nearest to the farthest: a member of each side (n - 1, 2), and their distance (n - 1,)."""

    pairs: NDArray[np.int64]
    heights: Vectors


def clusters(vectors: Vectors, *, k: int = DEFAULT_K, limit: int = LIMIT, seed: int = 0) -> Clusters:
    """Group vectors into `k` clusters, or as many as there are vectors.

    Of more than `limit` vectors that many are drawn by `seed` and grouped; each of the others goes to the nearest
    centroid, and the centroids are then the means of all.
    """
    n = len(vectors)
    if n <= limit:
        return _described(vectors, cut(complete_linkage(vectors), n, k=k))
    drawn = np.sort(np.random.default_rng(seed).choice(n, limit, replace=False))
    found = clusters(vectors[drawn], k=k, limit=limit)
    labels = np.concatenate(
        [nearest(vectors[at : at + AT_ONCE], found.centroids) for at in range(0, n, AT_ONCE)]
    )  # (n,)
    labels[drawn] = found.labels
    return _described(vectors, labels)._replace(sampled=limit)


def complete_linkage(vectors: Vectors) -> Tree:
    """Merge the two clusters whose farthest members are nearest, until one is left, in O(n^2) time and memory.

    Fewer than two vectors merge nothing. Nearest-neighbour chains give the tree of the greedy order, since complete
    linkage is reducible: Murtagh, The Computer Journal 26(4), 1983 [murtagh1983chains].
    """
    n = len(vectors)
    apart = _distances(vectors)  # (n, n); a cluster lives in the row and column of one member, the others are infinite
    alive = np.ones(n, bool)
    pairs, heights = np.empty((max(n - 1, 0), 2), np.int64), np.empty(max(n - 1, 0), np.float32)
    chain: list[int] = []
    for step in range(n - 1):
        if not chain:
            chain.append(int(alive.argmax()))
        while (near := _next(apart, chain)) is not None:
            chain.append(near)
        gone, kept = chain.pop(), chain.pop()
        pairs[step], heights[step] = (gone, kept), apart[gone, kept]
        _merge(apart, gone, kept)
        alive[gone] = False
    order = np.argsort(heights, kind="stable")  # (n - 1,): a merge never stands before one it builds on
    return Tree(pairs[order], heights[order])


def _distances(vectors: Vectors) -> Vectors:
    """Return all cosine distances (n, n), infinite between a vector and itself."""
    apart: Vectors = np.asarray(vectors, np.float32) @ np.asarray(vectors, np.float32).T  # (n, dim) -> (n, n)
    np.subtract(1, apart, out=apart)
    np.maximum(apart, 0, out=apart)
    np.fill_diagonal(apart, np.inf)
    return apart


def _next(apart: Vectors, chain: list[int]) -> int | None:
    """Return the cluster nearest to the chain's last one; None where that is the one before it."""
    row = apart[chain[-1]]
    near = int(row.argmin())
    return None if len(chain) > 1 and row[chain[-2]] <= row[near] else near


def _merge(apart: Vectors, gone: int, kept: int) -> None:
    """Let a cluster's row and column hold the distances of two: to each other cluster the larger one."""
    farther = np.maximum(apart[gone], apart[kept])  # infinite for what is gone, and for the two themselves
    apart[kept], apart[:, kept] = farther, farther
    apart[gone], apart[:, gone] = np.inf, np.inf


def cut(tree: Tree, n: int, *, k: int) -> NDArray[np.int32]:
    """Return the cluster of each of `n` vectors (n,) where the tree is cut into `k`, at most `n`; 0 is the largest."""
    owner = np.arange(n)
    for one, other in tree.pairs[: max(n - k, 0)].tolist():
        owner[_root(owner, one)] = _root(owner, other)
    roots = np.array([_root(owner, at) for at in range(n)], np.int64)
    return numbered(roots)


def _root(owner: NDArray[np.int64], at: int) -> int:
    """Return the member that stands for a vector's cluster, and shorten the way to it."""
    while owner[at] != at:
        owner[at] = owner[owner[at]]
        at = int(owner[at])
    return at


def numbered(labels: NDArray[np.int64]) -> NDArray[np.int32]:
    """Number clusters by size, largest first, then by their first member."""
    _, first, inverse, sizes = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    ranks = np.empty(len(sizes), np.int32)
    ranks[np.lexsort((first, -sizes))] = np.arange(len(sizes), dtype=np.int32)
    return np.asarray(ranks[inverse.reshape(-1)], np.int32)


def nearest(vectors: Vectors, centroids: Vectors) -> NDArray[np.int32]:
    """Return the place of the centroid (k, dim) with the smallest cosine distance to each vector (n, dim) -> (n,)."""
    lengths = np.linalg.norm(centroids, axis=1, keepdims=True)
    near = (vectors @ (centroids / np.maximum(lengths, 1e-12)).T).argmax(1)  # (n, k) -> (n,)
    return np.asarray(near, np.int32)


def _described(vectors: Vectors, labels: NDArray[np.int32]) -> Clusters:
    """Number the clusters, and take their means and sizes."""
    labels = numbered(labels.astype(np.int64))
    sizes = np.bincount(labels)
    means = [vectors[labels == label].mean(0) for label in range(len(sizes))]
    centroids = np.stack(means) if means else np.empty((0, vectors.shape[1]), np.float32)
    return Clusters(labels, centroids.astype(np.float32), sizes.astype(np.int64))
