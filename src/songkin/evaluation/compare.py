"""How sure a mean over queries is, and whether two systems differ by more than chance.

Conventions
-----------
Values are one number a query, (n,) float; two systems are compared on the same queries in the same order. Intervals are
95 % unless asked otherwise. Equal seeds give equal answers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Difference", "Interval", "compare", "interval"]

Floats = NDArray[np.float64]
BLOCK = 4_000_000  # resampled values held at once, 32 MB


class Interval(NamedTuple):
    """A mean and the bounds between which it lies."""

    mean: float
    low: float
    high: float


class Difference(NamedTuple):
    """How much better the first system is on the mean, the bounds of that, and the chance of as much by luck."""

    mean: float
    low: float
    high: float
    p: float


def interval(values: ArrayLike, *, level: float = 0.95, samples: int = 5000, seed: int = 0) -> Interval:
    """Return the mean with its percentile bootstrap bounds over queries; no values give NaN. Efron 1979."""
    given = np.asarray(values, np.float64)
    if not given.size:
        return Interval(np.nan, np.nan, np.nan)
    rng = np.random.default_rng(seed)
    means = np.concatenate(
        [given[rng.integers(len(given), size=(m, len(given)))].mean(1) for m in _blocks(samples, len(given))]
    )  # (samples,)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(given.mean()), float(low), float(high))


def compare(first: ArrayLike, second: ArrayLike, *, samples: int = 10_000, seed: int = 0) -> Difference:
    """Compare two systems query by query with a two-sided paired permutation test.

    `p` is the chance that randomly swapping the systems in each query gives a mean difference at least as large; all
    2^n swaps are tried where they are no more than `samples`. No queries give p = 1. Fisher 1935.
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if a.shape != b.shape:
        raise ValueError(f"{a.shape} values against {b.shape}; both systems must answer the same queries")
    differences = a - b
    mean, low, high = interval(differences, seed=seed)
    return Difference(mean, low, high, _chance(differences, samples, seed) if differences.size else 1.0)


def _chance(differences: Floats, samples: int, seed: int) -> float:
    """Return the share of sign flips whose mean is at least as far from 0 as the mean that was seen."""
    n, seen = len(differences), abs(differences.mean()) - 1e-12
    if 2**n <= samples:
        signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)  # (2^n, n)
        return float((abs((signs * differences).mean(1)) >= seen).mean())
    rng = np.random.default_rng(seed)
    extreme = 0
    for m in _blocks(samples, n):
        flips = rng.integers(2, size=(m, n), dtype=np.int8)
        extreme += int((abs((1.0 - 2.0 * flips) @ differences) / n >= seen).sum())
    return (extreme + 1) / (samples + 1)  # the order that was seen is one of the swaps


def _blocks(samples: int, n: int) -> list[int]:
    """Split `samples` rows of n values into blocks that fit in memory."""
    size = max(1, BLOCK // n)
    whole = [size] * (samples // size)
    return [*whole, samples % size] if samples % size else whole
