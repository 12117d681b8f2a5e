"""From a head's score to what is believed: a probability, a value with its interval, a choice among classes.

Conventions
-----------
Everything here was fitted on scores of songs whose artists the heads had not seen (out-of-fold), so that a probability
of .7 is right in seven of ten new songs. Intervals hold the value of eight songs in ten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["COVERED", "Choice", "Curve", "Estimate", "Logistic"]

COVERED = 0.8  # share of songs whose value lies in the interval
STEEPEST = 30.0  # beyond it e^x is 0 or infinite for a probability

Floats = NDArray[np.float64]


class Estimate(NamedTuple):
    """A value and the interval it lies in, all in [0, 1]."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Logistic:
    """A probability by Platt's method: 1 / (1 + exp(-(slope * score + shift))).

    Platt, Advances in Large Margin Classifiers, 1999 [platt1999probabilistic].
    """

    slope: float
    shift: float

    def __call__(self, scores: Floats) -> Floats:
        """Return probabilities (n,) of scores (n,)."""
        return np.asarray(1 / (1 + np.exp(-np.clip(self.slope * scores + self.shift, -STEEPEST, STEEPEST))))


@dataclass(frozen=True, slots=True)
class Curve:
    """A value and its interval by where a score lies among `scores` (k,), rising; between them straight lines."""

    scores: tuple[float, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]

    def __call__(self, score: float) -> Estimate:
        """Return the estimate for a score; beyond the ends it is that of the end."""
        value, low, high = (
            float(np.clip(np.interp(score, self.scores, own), 0.0, 1.0)) for own in (self.values, self.lows, self.highs)
        )
        return Estimate(value, low, high)


@dataclass(frozen=True, slots=True)
class Choice:
    """Probabilities of `names` (k,) as the softmax of weighed scores, and which one to say.

    The scores are those of the outputs `inputs` (m,), weighed by `weights`, a row of m for each name, and `shifts`
    (k,). The name said is the one whose probability stands out most against how common it is: by probability divided by
    share ** `lift`. With a lift of 0 it is the most probable one, and rare names are then hardly ever said.
    """

    names: tuple[str, ...]
    inputs: tuple[str, ...]
    weights: tuple[tuple[float, ...], ...]
    shifts: tuple[float, ...]
    shares: tuple[float, ...]
    lift: float = 0.0

    def __call__(self, scores: Floats) -> Floats:
        """Return probabilities (n, k) of scores (n, m); rows sum to 1, where there are names at all."""
        weights = np.reshape(self.weights, (len(self.names), len(self.inputs)))
        own = scores @ weights.T + np.asarray(self.shifts)  # (n, m) -> (n, k)
        powers = np.exp(own - own.max(1, keepdims=True, initial=-np.inf))
        return np.asarray(powers / powers.sum(1, keepdims=True))

    def said(self, probabilities: Floats) -> Sequence[int]:
        """Return which name to say (n,) for probabilities (n, k); there is at least one."""
        weighed = probabilities / np.asarray(self.shares) ** self.lift
        chosen: list[int] = weighed.argmax(1).tolist()
        return chosen
