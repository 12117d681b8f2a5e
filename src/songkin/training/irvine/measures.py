"""How right a model's labels are: accuracy, precision and recall, beside the share of the larger class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Scores", "scores"]


class Scores(NamedTuple):
    """Shares in [0, 1]; `majority` is what the commonest class of the training songs reaches, n how many were judged.

    Of two classes precision and recall are the second's, as in the paper ("happy"); of more the mean over classes.
    """

    accuracy: float
    precision: float
    recall: float
    majority: float
    n: int


def scores(
    truth: Sequence[int] | NDArray[np.int64], predicted: Sequence[int] | NDArray[np.int64], *, commonest: int
) -> Scores:
    """Judge labels (n,) against the truth (n,); nothing judged gives NaN, a class never predicted has precision 0."""
    right, said = np.asarray(truth, np.int64), np.asarray(predicted, np.int64)
    if not len(right):
        return Scores(math.nan, math.nan, math.nan, math.nan, 0)
    classes = [1] if max(right.max(), said.max()) <= 1 else np.unique(right).tolist()
    hits = np.array([np.sum((right == one) & (said == one)) for one in classes])
    precision = hits / np.maximum([np.sum(said == one) for one in classes], 1)
    recall = hits / np.maximum([np.sum(right == one) for one in classes], 1)
    accuracy, majority = np.mean(right == said), np.mean(right == commonest)
    return Scores(float(accuracy), float(precision.mean()), float(recall.mean()), float(majority), len(right))
