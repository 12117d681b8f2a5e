"""Whether two orders agree, and how far they still do where something else that explains both is taken out.

Conventions
-----------
Values are (n,); ties share their mean rank. A correlation lies in [-1, 1], and is NaN where one side never changes or
there are fewer than two values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["partial_spearman", "ranks", "spearman", "without"]

Floats = NDArray[np.float64]


def spearman(one: ArrayLike, other: ArrayLike) -> float:
    """Return Pearson's correlation of the ranks. Spearman, 1904."""
    return partial_spearman(one, other, ())


def partial_spearman(one: ArrayLike, other: ArrayLike, controls: Sequence[ArrayLike]) -> float:
    """Return the rank correlation of what the controls do not explain.

    All are turned into ranks; the ranks of the controls, with a constant, are taken out of both sides by least squares;
    what is left is correlated (Pearson). With one control z that is
    (r_xy - r_xz r_yz) / sqrt((1 - r_xz^2) (1 - r_yz^2)). Kendall, 1942.
    """
    rest = without(controls, len(np.asarray(one)))
    left, right = rest(one), rest(other)
    lengths = float(np.sqrt((left**2).sum() * (right**2).sum()))
    return float((left * right).sum()) / lengths if lengths else float("nan")


def without(controls: Sequence[ArrayLike], n: int) -> Callable[[ArrayLike], Floats]:
    """Return what gives the ranks of n values less their mean, and less what the controls' ranks explain of them.

    What is left of values that are explained wholly, but for rounding, is 0.
    """
    known = np.column_stack([np.ones(n), *(ranks(control) for control in controls)])
    frame = np.linalg.qr(known / np.maximum(np.linalg.norm(known, axis=0), 1e-300))[0]  # (n, 1 + controls)

    def rest(values: ArrayLike) -> Floats:
        ranked = ranks(values)
        left = ranked - frame @ (frame.T @ ranked)
        explained = np.linalg.norm(left) <= 1e-9 * np.linalg.norm(ranked)
        return np.zeros(n) if explained else left

    return rest


def ranks(values: ArrayLike) -> Floats:
    """Return ranks from 1, (n,); equal values share the mean of theirs."""
    given = np.asarray(values, np.float64)
    _, own, counts = np.unique(given, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[own.reshape(-1)]
