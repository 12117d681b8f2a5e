"""Bring channels' scores to one scale, so that they can be added.

Conventions
-----------
Every channel speaks in [0, 1]: 1 = the best it can say, 0 = no better than songs it did not name. Beside the others of
one answer (`unit`) the best song is the best there is; by itself (`alone`) it may fit badly, and says so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["alone", "unit"]


def unit(scores: NDArray[np.float32], *, full: bool, top: float | None = None) -> NDArray[np.float32]:
    """Map scores (n,), best first, to [0, 1]: the best (or `top`) to 1, what songs that were not named have to 0.

    That is the last score where the pool is `full`, and 0 where every song that matched at all is there. Scores that
    are all the same are all 1, or 0 where none is above 0: nothing was found.
    Bruch, Gai and Ingber, ACM TOIS 2023 [bruch2023fusion] find convex combination of scaled scores above rank fusion.
    """
    if not len(scores):
        return np.empty(0, np.float32)
    floor = float(scores[-1]) if full else min(0.0, float(scores[-1]))
    high = float(scores[0]) if top is None else top
    if high - floor < 1e-9:
        return np.full(len(scores), high > 0, np.float32)
    return np.asarray(np.clip((scores - floor) / (high - floor), 0.0, 1.0), np.float32)


def alone(scores: NDArray[np.float32], *, full: bool, best: float) -> NDArray[np.float32]:
    """Map scores (n,), best first, to [0, 1] by what is the `best` there could be: the best song may stay far below 1.

    So two channels that both know how well a song fits need no telling which of them to trust: one that found nothing
    that fits adds little. Songs that were not named have 0, as in `unit`.
    """
    if not len(scores):
        return np.empty(0, np.float32)
    floor = float(scores[-1]) if full else min(0.0, float(scores[-1]))
    return np.asarray(np.clip((scores - floor) / best, 0.0, 1.0), np.float32)
