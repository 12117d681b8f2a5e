"""Learn how much each channel counts beside an encoder: weights by kind of request, chosen on requests with answers.

Conventions
-----------
Scores lie in [0, 1]; every task counts the same, however many requests it has. A task is a kind of request with known
answers, and is no test of ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["GRID", "Chosen", "chosen"]

GRID = (0.0, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0, 1.4, 2.0)
"""Weights of `meaning` that are tried, `words` being 1."""


class Chosen(NamedTuple):
    """The weight taken; for each task the score of every weight tried (weights,), and the best one's standard error."""

    weight: float
    scores: Mapping[str, NDArray[np.float64]]
    errors: Mapping[str, float]


def chosen(tried: Sequence[float], tasks: Mapping[str, NDArray[np.float64]]) -> Chosen:
    """Take the smallest weight within one standard error of the best mean score over tasks.

    The rule of Breiman, Friedman, Olshen and Stone, 1984: of weights that requests as few as these cannot tell apart,
    the one that trusts the encoder least, for its authors wrote some of the requests. `tasks` hold the score of each
    weight on each request, (weights, requests). No tasks give the first weight.
    """
    if not tasks:
        return Chosen(tried[0], {}, {})
    means = {name: np.asarray(scores, np.float64).mean(1) for name, scores in tasks.items()}
    mean = np.mean(list(means.values()), axis=0)  # (tasks, weights) -> (weights,)
    top = int(mean.argmax())
    errors = {name: float(np.std(s[top]) / np.sqrt(max(s.shape[1], 1))) for name, s in tasks.items()}
    slack = float(np.sqrt(np.mean(np.square(list(errors.values()))) / len(errors)))
    best = int(np.flatnonzero(mean >= mean.max() - slack)[0])
    return Chosen(float(tried[best]), means, errors)
