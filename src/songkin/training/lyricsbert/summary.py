"""What a sweep says: means over seeds, and who lies higher at which learning rates.

Conventions
-----------
A deviation is the population's over seeds, 0 for one seed. Cells that diverged have no figures; the rate 0 is before
training.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from songkin.evaluation.correlation import spearman
from songkin.training.lyricsbert.agenda import Cell
from songkin.training.lyricsbert.measuring import MEASURES, mean_accuracy

__all__ = ["Comparison", "Mean", "architectures", "compared", "curve", "follows_length", "means", "rates"]

Cells = Mapping[Cell, Mapping[str, Any]]
ACCURACY = "accuracy"


class Mean(NamedTuple):
    """A mean over `n` seeds and its deviation; NaN where no cell has a figure."""

    mean: float
    deviation: float
    n: int


class Comparison(NamedTuple):
    """The second architecture against the first by one measure.

    `higher` of `rates` rates have it higher on average, at `apart` of them by more than both deviations together;
    `difference` is the mean over all rates, `small` and `large` over the lower and the upper half of them.
    """

    higher: int
    rates: int
    apart: int
    difference: float
    small: float
    large: float


def architectures(cells: Cells) -> list[str]:
    """Return the architectures in the order of the agenda."""
    return list(dict.fromkeys(cell.architecture for cell in cells))


def rates(cells: Cells, *, untrained: bool = False) -> list[float]:
    """Return the learning rates in order, 0 first where it is asked for."""
    return sorted({cell.rate for cell in cells if cell.rate > 0 or untrained})


def value(cell: Mapping[str, Any], measure: str) -> float:
    """Return one figure of a cell, "accuracy" being the mean over its heads; NaN where it has none."""
    if measure == ACCURACY:
        return mean_accuracy(cell.get("test", {}))
    return float(cell.get(measure, float("nan")))


def means(cells: Cells, architecture: str, rate: float, measure: str) -> Mean:
    """Return a figure's mean over the seeds of one architecture and rate."""
    own = [
        value(told, measure) for cell, told in cells.items() if (cell.architecture, cell.rate) == (architecture, rate)
    ]
    known = np.array([one for one in own if not np.isnan(one)])
    return Mean(float(known.mean()), float(known.std()), len(known)) if len(known) else Mean(np.nan, np.nan, 0)


def curve(cells: Cells, architecture: str, measure: str) -> list[tuple[float, Mean]]:
    """Return a figure by learning rate, rates without one left out."""
    found = [(rate, means(cells, architecture, rate, measure)) for rate in rates(cells)]
    return [(rate, own) for rate, own in found if own.n]


def compared(cells: Cells, first: str, second: str, measure: str) -> Comparison:
    """Compare two architectures over the rates at which both have a figure; no such rate gives zeros."""
    both = [(means(cells, first, rate, measure), means(cells, second, rate, measure)) for rate in rates(cells)]
    both = [(one, other) for one, other in both if one.n and other.n]
    more = [other.mean - one.mean for one, other in both]
    apart = sum(abs(other.mean - one.mean) > one.deviation + other.deviation for one, other in both)
    half = len(more) // 2
    parts = (more, more[:half], more[len(more) - half :])
    whole, small, large = (float(np.mean(part)) if part else 0.0 for part in parts)
    return Comparison(sum(one > 0 for one in more), len(more), apart, whole, small, large)


def follows_length(cells: Cells, measure: str) -> float:
    """Return the rank correlation over trained cells of a figure with the vectors' length."""
    trained = [told for cell, told in cells.items() if cell.rate > 0 and MEASURES[0] in told]
    return spearman([value(told, measure) for told in trained], [value(told, "length") for told in trained])
