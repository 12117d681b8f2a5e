"""The arc of a playlist as a picture: what each song has of a feature, and beside it what was wished for.

Conventions
-----------
Places are numbers in a box 1000 wide and 100 high, y downwards, that a style sheet stretches to the width there is.
Values keep the feature's own unit. A song that lacks the feature has no place, and the line passes over it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["ArcPicture", "ArcPoint", "arc_picture"]

WIDE, TALL = 1000.0, 100.0
EDGE = 0.08  # of the height, left free above and below
SIDE = 0.02  # of the width, left free beside


class ArcPoint(NamedTuple):
    """One song on the way: its value, None where unknown, whether predicted, and the wished value, None = no wish."""

    title: str
    value: float | None
    predicted: bool = False
    wished: float | None = None


class Dot(NamedTuple):
    """A song's place in the picture, and what it says to who points at it."""

    x: float
    y: float
    predicted: bool
    words: str


class ArcPicture(NamedTuple):
    """What is drawn: the songs' line and the wished one ('' = none), dots, and the values at top, middle and bottom."""

    feature: str
    line: str
    wished: str
    dots: tuple[Dot, ...]
    ticks: tuple[str, ...]
    words: str


def arc_picture(points: Sequence[ArcPoint], *, feature: str) -> ArcPicture | None:
    """Return the picture of a playlist's songs in order; None where no song has the feature."""
    told = [value for point in points for value in (point.value, point.wished) if _known(value)]
    if not any(_known(point.value) for point in points):
        return None
    low, high = _range(told)
    xs = [_across(at, len(points)) for at in range(len(points))]
    ys = [[_down(value, low, high) if _known(value) else None for value in pair] for pair in _pairs(points)]
    dots = tuple(
        Dot(x, own, point.predicted, _words(at, point))
        for at, (x, (own, _), point) in enumerate(zip(xs, ys, points, strict=True), 1)
        if own is not None
    )
    line = " ".join(f"{dot.x:g},{dot.y:g}" for dot in dots)
    wished = " ".join(f"{x:g},{y:g}" for x, (_, y) in zip(xs, ys, strict=True) if y is not None)
    ticks = tuple(f"{value:.3g}" for value in (high, (low + high) / 2, low))
    return ArcPicture(feature, line, wished, dots, ticks, _summary(points, feature))


def _pairs(points: Sequence[ArcPoint]) -> list[tuple[float | None, float | None]]:
    return [(point.value, point.wished) for point in points]


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _range(values: Sequence[float | None]) -> tuple[float, float]:
    """Return what the picture reaches over; a share of [0, 1] is seen against all of it."""
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    if low >= 0 and high <= 1:
        return 0.0, 1.0
    return (low, high) if high > low else (low - 1, high + 1)


def _across(at: int, songs: int) -> float:
    share = at / (songs - 1) if songs > 1 else 0.5
    return round(WIDE * (SIDE + share * (1 - 2 * SIDE)), 2)


def _down(value: float | None, low: float, high: float) -> float:
    assert value is not None
    share = (high - value) / (high - low)
    return round(TALL * (EDGE + share * (1 - 2 * EDGE)), 2)


def _words(at: int, point: ArcPoint) -> str:
    said = f"{at}. {point.title}: {point.value:.3g}"
    said += " (predicted)" if point.predicted else ""
    return said + (f", wished {point.wished:.3g}" if _known(point.wished) else "")


def _summary(points: Sequence[ArcPoint], feature: str) -> str:
    """Return the picture in a sentence, for those who do not see it."""
    known = [point.value for point in points if point.value is not None and _known(point.value)]
    said = f"{feature} of {len(known)} of {len(points)} songs, from {known[0]:.3g} to {known[-1]:.3g}"
    said += f", lowest {min(known):.3g}, highest {max(known):.3g}"
    pairs = [(p.value, p.wished) for p in points if p.value is not None and p.wished is not None]
    if not pairs:
        return f"{said}."
    off = sum(abs(value - wished) for value, wished in pairs) / len(pairs)
    return f"{said}; {off:.2g} from the wished arc on average."
