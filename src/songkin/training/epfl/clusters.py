"""Clusters of songs by the paper's rule, how good they look, and what gives a collapsed space away.

Conventions
-----------
Vectors are rows (n, dim). Of Calinski-Harabasz (CH) more is better, of Davies-Bouldin (DB) less, of the silhouette in
[-1, 1] (SH) more. All three praise a collapsed space, so its mean cosine and effective rank stand beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.errors import TrainingError
from songkin.evaluation import spaces
from songkin.extras import need
from songkin.types import Vectors

__all__ = ["KS", "PAPER", "Row", "cut", "principal", "rows", "tree"]

KS = tuple(range(2, 16))
Labels = NDArray[np.int64]

PAPER: Mapping[str, Mapping[int, tuple[float, ...]]] = MappingProxyType(
    {
        "mpnet": {2: (404, 6.21, 0.024), 4: (204, 5.19, 0.023), 6: (135, 4.45, 0.022)},
        "mpnet + genre": {2: (271, 5.40, 0.025), 4: (703, 4.58, 0.042), 6: (519, 4.63, 0.036)},
        "mpnet + valence": {2: (1773, 2.85, 0.089), 4: (729, 4.30, 0.044), 6: (465, 4.46, 0.013)},
        "mpnet + energy": {2: (1377, 3.32, 0.079), 4: (514, 3.50, 0.078), 6: (361, 4.84, 0.035)},
        "mpnet + danceability": {2: (1039, 3.74, 0.055), 4: (369, 4.01, 0.051), 6: (367, 3.87, 0.036)},
        "genre, valence": {2: (1026, 3.87, 0.066), 4: (747,), 6: (555,)},
        "genre, valence, energy": {2: (1450, 2.35, 0.112), 4: (708,), 6: (542,)},
        "genre, valence, energy, danceability": {2: (1376, 2.59, 0.100), 4: (652,), 6: (552,)},
        "the same, genre again": {2: (449, 5.92, 0.027), 4: (571, 4.91, 0.023), 6: (492, 5.64, 0.027)},
        "distilroberta": {2: (293, 6.57, 0.018), 4: (134, 5.36, 0.017), 6: (108, 5.35, 0.017)},
        "distilroberta + genre": {2: (450, 2.64, 0.055), 4: (390, 5.96, 0.022), 6: (261, 6.20, 0.021)},
        "SimSiam mpnet (collapsed)": {2: (7201, 1.06, 0.876), 4: (2389, 1.03, 0.870), 6: (34738, 2.16, 0.694)},
    }
)  # CH, DB, SH by k; CH alone where no more is known


class Row(NamedTuple):
    """One clustering into k: the three measures, and the share of songs in the largest cluster in (0, 1]."""

    k: int
    ch: float
    db: float
    sh: float
    largest: float


def tree(vectors: Vectors) -> NDArray[np.int64]:
    """Join songs bottom up by cosine distance, complete linkage: the two joined at each step (n - 1, 2).

    Numbers from n on name what earlier steps joined. A row of zeros lies 1 from everything. TrainingError for fewer
    than three songs.
    """
    if len(vectors) < 3:
        raise TrainingError(f"{len(vectors)} songs cannot be clustered; it takes three")
    cluster: Any = need("sklearn.cluster", extra="train")
    units = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    distances = np.clip(1 - units.astype(np.float64) @ units.T.astype(np.float64), 0, 2)
    np.fill_diagonal(distances, 0)
    grown = cluster.AgglomerativeClustering(
        n_clusters=2, metric="precomputed", linkage="complete", compute_full_tree=True
    )
    return np.asarray(grown.fit(distances).children_, np.int64)


def cut(joined: NDArray[np.int64], k: int) -> Labels:
    """Return the cluster (n,) of each song when the last k - 1 steps are left out; the largest cluster is 0.

    k is at most the number of songs.
    """
    n = len(joined) + 1
    above = np.arange(2 * n - 1)
    for step, pair in enumerate(joined[: n - min(k, n)]):
        above[pair] = n + step
    tops = above
    while (tops[tops] != tops).any():
        tops = tops[tops]
    _, own, sizes = np.unique(tops[:n], return_inverse=True, return_counts=True)
    rank = np.argsort(np.argsort(-sizes, kind="stable"), kind="stable")
    return np.asarray(rank[own], np.int64)


def rows(vectors: Vectors, joined: NDArray[np.int64], ks: Iterable[int] = KS) -> list[Row]:
    """Measure the clustering into each k; k above the number of songs minus one is left out."""
    found = []
    for k in ks:
        if k < len(vectors):
            own = cut(joined, k)
            told = {
                "ch": spaces.calinski_harabasz(vectors, own),
                "db": spaces.davies_bouldin(vectors, own),
                "sh": spaces.silhouette(vectors, own),
            }
            found.append(Row(k=k, **told, largest=float(np.bincount(own).max() / len(own))))
    return found


def principal(vectors: Vectors, *, dim: int = 3) -> NDArray[np.float64]:
    """Return the first principal components (n, dim) of centred rows; missing ones are zeros."""
    centred = np.asarray(vectors, np.float64) - np.asarray(vectors, np.float64).mean(0)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    found = np.zeros((len(vectors), dim))
    width = min(dim, len(values))
    found[:, :width] = left[:, :width] * values[:width]
    return found
