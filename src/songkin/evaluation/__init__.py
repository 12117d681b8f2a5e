"""The garden's scales: measures, comparisons and test material that judge songkin and its rivals alike."""

from songkin.evaluation.compare import Difference, Interval, compare, interval
from songkin.evaluation.measures import Measure, by_query, measure
from songkin.evaluation.noise import KINDS, NoisyLine, noisy_lines

__all__ = [
    "KINDS",
    "Difference",
    "Interval",
    "Measure",
    "NoisyLine",
    "by_query",
    "compare",
    "interval",
    "measure",
    "noisy_lines",
]
