"""Beats: the times that best follow the onsets at a steady pace.

Conventions
-----------
Beats are frames, rising. Without onsets there are none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from songkin.audio.spectra import FRAMES_A_SECOND
from songkin.types import Vectors

__all__ = ["beats"]

TIGHTNESS = 100.0  # how dear a beat of another length is, as in Ellis's paper


def beats(onset: Vectors, tempo_bpm: float) -> NDArray[np.int64]:
    """Find the frames of the beats (b,) by dynamic programming. Ellis, Journal of New Music Research 36, 2007."""
    if not onset.any():
        return np.empty(0, np.int64)
    period = 60 * FRAMES_A_SECOND / tempo_bpm
    strength = _smooth(onset.astype(float), period)
    lags = np.arange(-round(2 * period), -round(period / 2) + 1)
    cost = -TIGHTNESS * np.log(-lags / period) ** 2
    score, before = strength.copy(), np.full(len(strength), -1)
    for now in range(round(period / 2), len(strength)):
        first = max(int(-lags[0]) - now, 0)  # lags that reach before the start
        reached = score[now + lags[first:]] + cost[first:]
        if len(reached) and (top := reached.max()) > 0:
            score[now] += top
            before[now] = now + lags[first + int(reached.argmax())]
    return _followed(score, before, round(period))


def _smooth(onset: NDArray[np.float64], period: float) -> NDArray[np.float64]:
    """Standardise onset strength and blur it by a 32nd of a beat."""
    reach = np.arange(-round(period), round(period) + 1)
    blurred = np.convolve(onset / max(onset.std(), 1e-9), np.exp(-0.5 * (reach * 32 / period) ** 2), "full")
    return blurred[len(reach) // 2 :][: len(onset)]


def _followed(score: NDArray[np.float64], before: NDArray[np.int64], period: int) -> NDArray[np.int64]:
    """Walk back from the best end within the last beat."""
    at = len(score) - min(period, len(score))
    at += int(score[at:].argmax())
    found = [at]
    while (at := int(before[at])) >= 0:
        found.append(at)
    return np.array(found[::-1], np.int64)
