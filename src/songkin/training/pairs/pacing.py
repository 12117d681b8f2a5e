"""Which pairs are learnt from when: those with a sure label first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from songkin.errors import TrainingError
from songkin.training.pairs.pairset import Floats, Places

__all__ = ["FIRST", "curriculum", "sureness"]

FIRST = 0.3  # share of the pairs in the first epoch


def sureness(labels: Floats) -> Floats:
    """Return how near labels (n,) are to 0 or 1: from 0 (a half, or unlabelled) to 1."""
    near = np.abs(2.0 * np.asarray(labels, np.float64) - 1.0).round(6)  # .1 and .9 are as sure as each other
    return np.where(np.isnan(near), 0.0, near).astype(np.float32)


def curriculum(labels: Floats | NDArray[np.floating], *, epoch: int, epochs: int, first: float = FIRST) -> Places:
    """Return the rows that epoch `epoch` (from 0) of `epochs` learns from, the surest first; the last takes all.

    The share grows evenly from `first` to 1; a single epoch takes all. Rows of equal sureness come together or not at
    all, so no draw decides, and every epoch takes all that an earlier one took. No labels give no rows.
    """
    if not 0 <= epoch < epochs or not 0.0 < first <= 1.0:
        raise TrainingError(
            f"epoch {epoch} of {epochs}, first share {first:g}: epochs count from 0, shares lie in (0, 1]"
        )
    sure = sureness(np.asarray(labels, np.float32))
    order: Places = np.argsort(-sure, kind="stable").astype(np.int64)
    share = first + (1.0 - first) * epoch / (epochs - 1) if epochs > 1 else 1.0
    count = int(np.ceil(share * len(sure)))
    if not count:
        return order
    found: Places = order[sure[order] >= sure[order[count - 1]]]
    return found
