"""The highest point of a curve with one peak, by golden-section search.

Conventions
-----------
The curve is asked at one new point a step, and the bracket shrinks by 0.618 each time. On a curve with several peaks
one of them is found, not surely the highest; of points that are equally high the search keeps to the left.
Kiefer, Proceedings of the American Mathematical Society 4(3), 1953 [kiefer1953sequential].
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Peak", "golden"]

RATIO = (math.sqrt(5) - 1) / 2
MOST = 200  # steps: 0.618 ** 200 is below any tolerance


class Peak(NamedTuple):
    """The best point asked, the curve there, and all points asked with their values, in order."""

    at: float
    value: float
    path: tuple[tuple[float, float], ...]


def golden(curve: Callable[[float], float], low: float, high: float, *, tolerance: float = 1e-3) -> Peak:
    """Search [low, high] until the bracket is at most `tolerance` wide; ValueError for an interval that is none.

    A bracket that is narrow already is asked once, in its middle.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low <= high and tolerance > 0):
        raise ValueError(f"[{low:g}, {high:g}] is no interval to search down to {tolerance:g}")
    path: list[tuple[float, float]] = []

    def ask(at: float) -> float:
        path.append((at, float(curve(at))))
        return path[-1][1]

    if high - low <= tolerance:
        ask((low + high) / 2)
    else:
        _narrow(ask, low, high, tolerance)
    at, value = max(path, key=lambda point: point[1])
    return Peak(at, value, tuple(path))


def _narrow(ask: Callable[[float], float], low: float, high: float, tolerance: float) -> None:
    """Shrink the bracket, keeping the side of the higher of its two inner points."""
    left, right = high - RATIO * (high - low), low + RATIO * (high - low)
    at_left, at_right = ask(left), ask(right)
    for _ in range(MOST):
        if high - low <= tolerance:
            return
        if at_left >= at_right:
            high, right, at_right = right, left, at_left
            left = high - RATIO * (high - low)
            at_left = ask(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + RATIO * (high - low)
            at_right = ask(right)
