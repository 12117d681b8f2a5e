"""What a space of vectors looks like: collapse and neighbours, clusters, how true a layout is, songs held apart.

Conventions
-----------
Vectors are rows (n, dim). Labels (n,) are whole numbers or strings, each a cluster: leave outliers out first. Measures
that mean nothing for so few rows or clusters say in their docstring what they give instead. Two rows of zeros have the
cosine 0.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from songkin.types import Vectors

__all__ = [
    "Separation",
    "Spread",
    "calinski_harabasz",
    "davies_bouldin",
    "effective_rank",
    "mean_cosine",
    "nearest",
    "separation",
    "shared_neighbours",
    "silhouette",
    "spread",
    "trustworthiness",
]

NEAR = 10
BLOCK = 4_000_000  # distances held at once, 32 MB

Floats = NDArray[np.float64]


class Spread(NamedTuple):
    """How a space is spread: the mean cosine of two rows in [-1, 1], and the effective rank in [1, dim]."""

    mean_cosine: float
    effective_rank: float


def spread(vectors: NDArray[np.floating]) -> Spread:
    """Measure both at once. A collapsed space has a mean cosine near 1 and an effective rank near 1."""
    return Spread(mean_cosine(vectors), effective_rank(vectors))


def mean_cosine(vectors: NDArray[np.floating]) -> float:
    """Return the mean cosine of all pairs of different rows, in [-1, 1]; fewer than two rows give 0.

    Taken from the sum of the unit rows u: (|sum u|^2 - n) / (n (n - 1)); rows of zeros count as unlike all others.
    """
    units = _units(vectors)
    n = len(units)
    if n < 2:
        return 0.0
    own = float((units**2).sum())  # n, less the rows of zeros
    return float((float((units.sum(0) ** 2).sum()) - own) / (n * (n - 1)))


def effective_rank(vectors: NDArray[np.floating]) -> float:
    """Return the exponential of the entropy of the normalised singular values, in [1, min(n, dim)]; no rows give 0.

    Roy and Vetterli, EUSIPCO 2007 [roy2007effective]. Rows are not centred, so that a direction all share counts.
    """
    matrix = np.asarray(vectors, np.float64)
    if not matrix.size or not matrix.any():
        return 0.0
    values = np.linalg.svd(matrix, compute_uv=False)
    shares = values / values.sum()
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def shared_neighbours(one: Vectors, other: Vectors, near: int = NEAR) -> float:
    """Return the mean share in [0, 1] of a text's `near` neighbours in one space that are its neighbours in the other.

    Rows (n, dim) of unit length stand for the same texts, dim may differ; fewer than two rows give 0.
    """
    near = min(near, len(one) - 1)
    if near < 1:
        return 0.0
    both = (nearest(vectors @ vectors.T, near) for vectors in (one, other))
    return float(np.mean([len(set(a) & set(b)) / near for a, b in zip(*both, strict=True)]))


def nearest(cosines: NDArray[np.floating], near: int) -> list[list[int]]:
    """Return the columns of the `near` highest cosines of each row (n, n), itself left out, in any order."""
    others = np.where(np.eye(len(cosines), dtype=bool), -np.inf, cosines)
    found: list[list[int]] = np.argpartition(-others, near - 1, axis=1)[:, :near].tolist()
    return found


def calinski_harabasz(vectors: NDArray[np.floating], labels: ArrayLike) -> float:
    """Return how far clusters lie apart against how wide they are, above 0, more is better; Euclidean.

    The spread of the k centres over k - 1, divided by the spread within clusters over n - k; 1 where no cluster has any
    width. Fewer than two clusters, or as many as rows, give NaN. Caliński and Harabasz, 1974.
    """
    groups = _groups(vectors, labels)
    if groups is None:
        return float("nan")
    matrix, own, sizes, centres = groups
    within = float(((matrix - centres[own]) ** 2).sum())
    between = float((sizes * ((centres - matrix.mean(0)) ** 2).sum(1)).sum())
    n, k = len(matrix), len(centres)
    return between * (n - k) / (within * (k - 1)) if within else 1.0


def davies_bouldin(vectors: NDArray[np.floating], labels: ArrayLike) -> float:
    """Return how much clusters reach into their neighbours, at least 0, less is better; Euclidean.

    The mean over clusters of the greatest (width + width of another) / distance of their centres; clusters with one
    centre do not count for each other. Fewer than two clusters, or as many as rows, give NaN. Davies and Bouldin, 1979.
    """
    groups = _groups(vectors, labels)
    if groups is None:
        return float("nan")
    matrix, own, sizes, centres = groups
    widths = np.bincount(own, np.linalg.norm(matrix - centres[own], axis=1)) / sizes
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)  # (k, k)
    apart[apart == 0] = np.inf
    return float(((widths[:, None] + widths[None]) / apart).max(1).mean())


def silhouette(vectors: NDArray[np.floating], labels: ArrayLike) -> float:
    """Return how much nearer rows lie to their own cluster than to the next one, in [-1, 1]; distance is 1 - cosine.

    A row alone in its cluster counts 0. Exact, and linear in the rows: the mean cosine to a cluster is the dot product
    with its mean unit row. Fewer than two clusters, or as many as rows, give NaN. Rousseeuw, 1987.
    """
    groups = _groups(_units(vectors), labels)
    if groups is None:
        return float("nan")
    units, own, sizes, centres = groups
    far = 1 - units @ centres.T  # (n, k), mean distance of a row to each cluster
    rows = np.arange(len(units))
    self_far = 1 - (units**2).sum(1)  # 1 for a row of zeros, else 0: not a distance to another
    inner = (far[rows, own] * sizes[own] - self_far) / np.maximum(sizes[own] - 1, 1)
    far[rows, own] = np.inf
    outer = far.min(1)
    widest = np.maximum(inner, outer)
    values = np.divide(outer - inner, widest, out=np.zeros(len(units)), where=widest > 0)
    return float(np.where(sizes[own] > 1, values, 0.0).mean())


def trustworthiness(
    high: NDArray[np.floating],
    low: NDArray[np.floating],
    *,
    near: int = 15,
    sample: int | None = None,
    seed: int = 0,
) -> float:
    """Return how far the neighbours that a layout shows are neighbours in truth, in [0, 1], 1 is best.

    `high` (n, dim) by cosine, `low` (n, 2) by Euclidean distance. A neighbour shown costs what its true rank exceeds
    `near` by. `sample` judges so many rows drawn by the seed, among all others; None judges every row. `near` is cut to
    below n / 2; fewer than three rows give NaN. Venna and Kaski, 2001.
    """
    n = len(high)
    near = min(near, (n - 1) // 2)
    if near < 1:
        return float("nan")
    judged = np.arange(n)
    if sample is not None and sample < n:
        judged = np.random.default_rng(seed).choice(n, sample, replace=False)
    units, shown = _units(high), np.asarray(low, np.float64)
    shown = shown - shown.mean(0)  # small numbers lose less in the squares
    lengths = (shown**2).sum(1)
    cost = 0.0
    for rows in np.array_split(judged, max(1, len(judged) * n // BLOCK)):
        truly = -units[rows] @ units.T
        distances = lengths - 2 * shown[rows] @ shown.T  # squared, less what a row shares
        truly[np.arange(len(rows)), rows] = distances[np.arange(len(rows)), rows] = np.inf
        for high_row, low_row in zip(truly, distances, strict=True):
            cost += float(np.maximum(_ranks(high_row, _nearest(low_row, near)) - near, 0).sum())
    return 1 - 2 * cost / (len(judged) * near * (2 * n - 3 * near - 1))


class Separation(NamedTuple):
    """How much further two songs lie apart than two parts of one song; see `separation`."""

    s: float
    signed: float
    s_unit: float
    signed_unit: float
    auc: float


def separation(
    e_a: NDArray[np.floating], e_b: NDArray[np.floating], e_a1: NDArray[np.floating], e_a2: NDArray[np.floating]
) -> Separation:
    """Return the means over draws, rows (n, dim): two songs A and B, and two parts A1 and A2 of the first.

    `s` = || |A - B| - |A1 - A2| ||_1 with elementwise inner bars, at least 0; `signed` = sum|A - B| - sum|A1 - A2|;
    both once more on unit vectors, for they grow with the vectors' length. `auc` is the chance in [0, 1] that parts of
    one song have a higher cosine than two songs, .5 being luck. No draws give NaN. Xu, Kim, Zheng and Wen, 2023.
    """
    given = [np.asarray(vectors, np.float64) for vectors in (e_a, e_b, e_a1, e_a2)]
    if not len(given[0]):
        return Separation(*[float("nan")] * 5)
    a, b, a1, a2 = units = [_units(vectors) for vectors in given]
    return Separation(*_apart(*given), *_apart(*units), _chance_above((a1 * a2).sum(1), (a * b).sum(1)))


def _apart(a: Floats, b: Floats, a1: Floats, a2: Floats) -> tuple[float, float]:
    """Return S and its signed form."""
    more = abs(a - b) - abs(a1 - a2)  # (n, dim)
    return float(abs(more).sum(1).mean()), float(more.sum(1).mean())


def _chance_above(ones: Floats, others: Floats) -> float:
    """Return the chance that one of the first exceeds one of the others, ties counting half: the area under the ROC."""
    order = np.sort(others)
    below = np.searchsorted(order, ones, "left") + np.searchsorted(order, ones, "right")
    return float(below.mean() / (2 * len(others)))


class _Groups(NamedTuple):
    matrix: Floats
    own: NDArray[np.int64]  # (n,) the cluster of each row
    sizes: Floats  # (k,)
    centres: Floats  # (k, dim)


def _groups(vectors: NDArray[np.floating], labels: ArrayLike) -> _Groups | None:
    """Number the clusters and take their centres; None unless there are at least two and fewer than rows."""
    matrix = np.asarray(vectors, np.float64)
    names, own = np.unique(np.asarray(labels), return_inverse=True)
    if len(own) != len(matrix):
        raise ValueError(f"{len(own)} labels for {len(matrix)} rows")
    if not 2 <= len(names) < len(matrix):
        return None
    sizes = np.bincount(own).astype(np.float64)
    centres = np.zeros((len(names), matrix.shape[1]))
    np.add.at(centres, own, matrix)
    return _Groups(matrix, own, sizes, centres / sizes[:, None])


def _nearest(distances: Floats, near: int) -> NDArray[np.int64]:
    """Return the places of the `near` smallest of distances (n,), the smallest first, of equal ones the earlier."""
    edge = np.partition(distances, near - 1)[near - 1]
    those = np.flatnonzero(distances <= edge)
    return those[np.argsort(distances[those], kind="stable")][:near]


def _ranks(distances: Floats, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the ranks from 1 that some places have among distances (n,), of equal ones the earlier before the later.

    Counted rather than sorted: of 100,000 distances fifteen are asked.
    """
    asked = distances[places]
    below = [np.count_nonzero(distances < own) for own in asked]
    equal = [np.count_nonzero(distances[:at] == own) for at, own in zip(places, asked, strict=True)]
    return np.array(below, np.int64) + np.array(equal, np.int64) + 1


def _units(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    matrix = np.asarray(vectors, np.float64)
    norms = np.linalg.norm(matrix, axis=1, keepdims=True) if matrix.size else np.ones((len(matrix), 1))
    return matrix / np.where(norms > 0, norms, 1.0)
