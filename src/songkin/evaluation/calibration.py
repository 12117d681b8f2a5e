"""Whether a chance that was stated is the share that came true: reliability, calibration error, Brier score.

Conventions
-----------
Chances (n,) lie in [0, 1], truths (n,) are 0 or 1. Where either is NaN nothing was said, and that row is left out.
Bins are of equal width; a chance on a border counts above it, 1 in the last bin.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["BINS", "Bin", "binned", "brier", "expected_calibration_error", "reliability"]

BINS = 10

Floats = NDArray[np.float64]


class Bin(NamedTuple):
    """The rows whose chance lies in [low, high): their mean chance, the share that came true, how many; NaN of none."""

    low: float
    high: float
    mean: float
    share: float
    n: int


def reliability(chances: ArrayLike, truths: ArrayLike, *, bins: int = BINS) -> list[Bin]:
    """Return the bins from 0 to 1, empty ones too."""
    edges = np.linspace(0, 1, bins + 1)
    n, chance, true = binned(chances, truths, bins=bins).sum(0).reshape(3, bins)
    with np.errstate(invalid="ignore"):
        means, shares = chance / n, true / n
    return [
        Bin(float(edges[at]), float(edges[at + 1]), float(means[at]), float(shares[at]), int(n[at]))
        for at in range(bins)
    ]


def expected_calibration_error(chances: ArrayLike, truths: ArrayLike, *, bins: int = BINS) -> float:
    """Return how far chances and shares lie apart, in [0, 1]: |mean - share| of each bin, weighed by its rows.

    0 is best; no rows give NaN. Naeini, Cooper and Hauskrecht, AAAI 2015; Guo et al., ICML 2017.
    """
    found = [one for one in reliability(chances, truths, bins=bins) if one.n]
    total = sum(one.n for one in found)
    return sum(one.n * abs(one.mean - one.share) for one in found) / total if total else float("nan")


def brier(chances: ArrayLike, truths: ArrayLike) -> float:
    """Return the mean squared distance of chance and truth, in [0, 1], 0 is best; no rows give NaN. Brier, 1950."""
    squares = (np.asarray(chances, np.float64) - np.asarray(truths, np.float64)) ** 2
    said = squares[~np.isnan(squares)]
    return float(said.mean()) if said.size else float("nan")


def binned(chances: ArrayLike, truths: ArrayLike, *, bins: int = BINS) -> Floats:
    """Return each row's part in the sums of all bins, (n, 3 * bins): 1, its chance and its truth, at its bin."""
    given, true = np.asarray(chances, np.float64), np.asarray(truths, np.float64)
    rows = np.flatnonzero(~np.isnan(given + true))
    own = np.clip((given[rows] * bins).astype(np.int64), 0, bins - 1)
    parts = np.zeros((len(given), 3, bins))
    parts[rows, :, own] = np.column_stack([np.ones(len(rows)), given[rows], true[rows]])
    return parts.reshape(len(given), 3 * bins)
