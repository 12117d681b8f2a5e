"""What a space of vectors looks like: whether all lie in one place, and how many directions they use.

Conventions
-----------
Vectors are rows (n, dim). Measures that mean nothing for fewer than two rows say so in their docstring.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.types import Vectors

__all__ = ["Spread", "effective_rank", "mean_cosine", "nearest", "shared_neighbours", "spread"]

NEAR = 10


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


def _units(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    matrix = np.asarray(vectors, np.float64)
    norms = np.linalg.norm(matrix, axis=1, keepdims=True) if matrix.size else np.ones((len(matrix), 1))
    return matrix / np.where(norms > 0, norms, 1.0)
