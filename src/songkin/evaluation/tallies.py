"""Measures made of sums over songs, so that they can be drawn again by artist: accuracy, macro-F1, calibration.

Conventions
-----------
Sums are (n, m), a row a song. Songs of one group (an artist) are drawn, and swapped, together: they are alike, and to
draw them one by one would say that one is surer than one is. Equal seeds give equal answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from songkin.evaluation.calibration import BINS, binned
from songkin.evaluation.compare import Difference, Interval

__all__ = [
    "Tally",
    "accuracy",
    "averaged",
    "calibration",
    "compare_by",
    "drawn_groups",
    "f1",
    "interval_by",
    "macro_f1",
    "mean",
]

Floats = NDArray[np.float64]
Groups = NDArray[np.int64]
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Tally:
    """What each song adds, sums (n, m), and the formula that makes values (...) of their totals (..., m)."""

    sums: Floats
    formula: Callable[[Floats], Floats]

    @property
    def value(self) -> float:
        """The measure over all songs; NaN without any."""
        return float(self.formula(self.sums.sum(0)))


def accuracy(said: ArrayLike, true: ArrayLike) -> Tally:
    """Count how often (n,) and (n,) agree, in [0, 1]."""
    return mean(np.asarray(said) == np.asarray(true))


def mean(values: ArrayLike) -> Tally:
    """Take the mean of values (n,); a NaN is left out."""
    given = np.asarray(values, np.float64)
    there = ~np.isnan(given)
    return Tally(np.column_stack([np.where(there, given, 0.0), there]), lambda sums: _ratio(sums[..., 0], sums[..., 1]))


def f1(said: ArrayLike, true: ArrayLike) -> Tally:
    """Take F1 = 2 right / (said + true), in [0, 1], of yes or no (n,), or (n, m) counted together; none gives NaN."""
    one, other = np.asarray(said, bool), np.asarray(true, bool)
    right, both = one & other, one.astype(np.float64) + other
    n = len(one)
    sums = np.column_stack([right.reshape(n, -1).sum(1), both.reshape(n, -1).sum(1)]).astype(np.float64)
    return Tally(sums, lambda sums: _ratio(2 * sums[..., 0], sums[..., 1]))


def macro_f1(said: ArrayLike, true: ArrayLike, classes: int) -> Tally:
    """Take the mean over classes of F1 = 2 right / (said + true), in [0, 1]; codes (n,) from 0 on, -1 = none.

    A class that is neither said nor true does not count.
    """
    names = np.arange(classes)
    one, other = np.asarray(said)[:, None] == names, np.asarray(true)[:, None] == names  # (n, classes)

    def formula(sums: Floats) -> Floats:
        right, both = sums[..., :classes], sums[..., classes:]
        return _ratio(_ratio(2 * right, both, empty=0.0).sum(-1), (both > 0).sum(-1).astype(np.float64))

    return Tally(np.column_stack([one & other, one.astype(np.float64) + other]).astype(np.float64), formula)


def calibration(chances: ArrayLike, truths: ArrayLike, *, bins: int = BINS) -> Tally:
    """Take the expected calibration error; see `songkin.evaluation.calibration`."""

    def formula(sums: Floats) -> Floats:
        counts, chance, true = np.moveaxis(sums.reshape(*sums.shape[:-1], 3, bins), -2, 0)
        return _ratio(abs(chance - true).sum(-1), counts.sum(-1))

    return Tally(binned(chances, truths, bins=bins), formula)


def averaged(parts: Sequence[Tally]) -> Tally:
    """Take the mean of several measures of the same songs; one that is NaN does not count, none give NaN."""
    ends = np.cumsum([part.sums.shape[1] for part in parts])

    def formula(sums: Floats) -> Floats:
        pieces = np.split(sums, ends[:-1], axis=-1)
        values = np.stack([part.formula(piece) for part, piece in zip(parts, pieces, strict=True)])
        there = ~np.isnan(values)
        return _ratio(np.where(there, values, 0.0).sum(0), there.sum(0).astype(np.float64))

    return Tally(np.concatenate([part.sums for part in parts], axis=1), formula)


def interval_by(tally: Tally, groups: Groups, *, samples: int = 2000, seed: int = 0) -> Interval:
    """Return the measure with its 95 % percentile bootstrap bounds over groups (n,); no songs give NaN. Efron, 1979."""
    totals = _totals(tally, groups)
    if not len(totals):
        return Interval(np.nan, np.nan, np.nan)
    drawn = tally.formula(drawn_groups(len(totals), samples, seed) @ totals)
    return Interval(tally.value, *_bounds(drawn))


def compare_by(first: Tally, second: Tally, groups: Groups, *, samples: int = 5000, seed: int = 0) -> Difference:
    """Compare two systems on the same songs: how much higher the first lies, its bounds, and the chance of luck.

    Bounds are a bootstrap's over groups, `p` is a two-sided paired permutation test's in which whole groups swap
    systems. No songs give p = 1.
    """
    a, b = _totals(first, groups), _totals(second, groups)
    if not len(a):
        return Difference(np.nan, np.nan, np.nan, 1.0)
    seen = first.value - second.value
    draws = drawn_groups(len(a), samples, seed)
    low, high = _bounds(first.formula(draws @ a) - second.formula(draws @ b))
    flips = np.random.default_rng(seed + 1).integers(2, size=(samples, len(a))).astype(np.float64)
    moved = flips @ (b - a)
    swapped = first.formula(a.sum(0) + moved) - second.formula(b.sum(0) - moved)
    p = (1 + int((abs(swapped) >= abs(seen) - 1e-12).sum())) / (samples + 1)
    return Difference(seen, low, high, p)


def _totals(tally: Tally, groups: Groups) -> Floats:
    """Return each group's sums, (groups, m)."""
    names, own = np.unique(groups, return_inverse=True)
    totals = np.zeros((len(names), tally.sums.shape[1]))
    np.add.at(totals, own, tally.sums)
    return totals


@lru_cache(maxsize=2)  # the same draws judge all measures
def drawn_groups(n: int, samples: int, seed: int) -> Floats:
    """Return how often each of n groups is drawn in each sample, (samples, n)."""
    draws = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=samples)
    return np.asarray(draws, np.float64)


def _bounds(drawn: Floats) -> tuple[float, float]:
    known = drawn[~np.isnan(drawn)]
    if not known.size:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _ratio(over: Floats, under: Floats, *, empty: float = np.nan) -> Floats:
    found: Floats = np.divide(over, under, out=np.full(np.shape(over), empty), where=under > 0)
    return found
