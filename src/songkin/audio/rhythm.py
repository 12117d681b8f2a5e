"""Rhythm: how strongly onsets come back after each span of time, the tempo, and how clear the pulse is.

Conventions
-----------
Tempo is in beats a minute. Periodicity is the autocorrelation of onset strength in windows of 12 s, averaged; lag 0 has
1. What has no pulse, or lasts less than 3 s, has no tempo.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from songkin.audio.analysis import Analysis
from songkin.audio.spectra import FRAMES_A_SECOND
from songkin.extras import need
from songkin.types import Vectors

__all__ = ["periodicity", "pulse_clarity", "tempo_bpm"]

WINDOW, STEP = 512, 128  # frames: 12 s, one window each 3 s
WINDOWS_AT_ONCE = 256
SHORTEST_S = 3.0
SLOWEST_BPM, FASTEST_BPM = 40.0, 240.0
USUAL_BPM, SPREAD_OCTAVES = 120.0, 0.9  # where people tap along: McKinney and Moelants, Music Perception 2006
MULTIPLES = 6  # a beat's own multiples must return as well
RIVALS = (2 / 3, 3 / 4, 4 / 3)  # of a beat: what it is taken for when it is none
CHANCE = 4.0  # of one over the root of the frames: noise has no clearer pulse than that
FAINT_DB = 0.02  # rises under this are no onsets


def periodicity(onset: Vectors) -> NDArray[np.float64]:
    """Return the mean autocorrelation of onset strength (256,) over lags in frames; zeros where there are no onsets."""
    fft = need("scipy.fft", extra="audio")
    smooth = _above_surroundings(onset) if len(onset) else np.zeros(1)
    starts = np.arange(0, max(len(smooth) - WINDOW // 2, 1), STEP)
    padded = np.pad(smooth, (0, max(int(starts[-1]) + WINDOW - len(smooth), 0)))
    total, mass = np.zeros(WINDOW // 2), 0.0
    for first in range(0, len(starts), WINDOWS_AT_ONCE):
        cut = padded[starts[first : first + WINDOWS_AT_ONCE, None] + np.arange(WINDOW)]  # (windows, 512)
        spectrum = np.abs(fft.rfft(cut - cut.mean(1, keepdims=True), 2 * WINDOW)) ** 2
        found = fft.irfft(spectrum)[:, : WINDOW // 2]
        power = np.sqrt(np.maximum(found[:, :1], 1e-12))
        total, mass = total + (found / power).sum(0), mass + float(power.sum())
    filled = np.minimum(len(smooth), WINDOW) - np.arange(WINDOW // 2)  # fewer pairs lie a long lag apart
    return np.asarray(total / mass * (min(len(smooth), WINDOW) / np.maximum(filled, WINDOW // 4)))


def _above_surroundings(onset: Vectors) -> NDArray[np.float64]:
    """Take away the mean of the second around, and what is left below."""
    width = round(FRAMES_A_SECOND)
    kernel = np.ones(width) / width
    strength = np.sqrt(np.maximum(onset - FAINT_DB, 0.0).astype(float))
    return np.asarray(np.maximum(strength - np.convolve(strength, kernel, "same")[: len(strength)], 0.0))


def tempo_bpm(analysis: Analysis) -> float | None:
    """Return the tempo in beats a minute; None without a pulse.

    The lag whose multiples return best, weighed by how usual the tempo is (Ellis, JNMR 2007), is placed between frames
    by the peaks near its multiples. Half and double tempo are a matter of taste and not told apart reliably.
    """
    if analysis.duration_s < SHORTEST_S:
        return None
    curve = periodicity(analysis.onset)
    if _clarity(curve) < CHANCE / np.sqrt(len(analysis.onsets)):
        return None
    curve = np.convolve(curve, (0.25, 0.5, 0.25), "same")  # strokes are shorter than the steps between lags
    bpm = np.geomspace(SLOWEST_BPM, FASTEST_BPM, 400)
    usual = np.exp(-0.5 * (np.log2(bpm / USUAL_BPM) / SPREAD_OCTAVES) ** 2)
    best = float(bpm[np.argmax(_comb(curve, bpm) * usual)])
    near = best * np.linspace(0.96, 1.04, 161)
    return float(near[np.argmax(_comb(curve, near))])


def _comb(curve: NDArray[np.float64], bpm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how well each beat returns (n,): the mean periodicity of its first multiples, as far as lags go.

    Where two thirds, three quarters or four thirds of the lag return better than the lag itself, it is no beat but one
    and a half or the like, and loses the difference.
    """
    lag = 60 * FRAMES_A_SECOND / bpm[:, None]
    lags, frames = lag * np.arange(1, MULTIPLES + 1), np.arange(len(curve))
    known = lags < len(curve) - 1
    mean = (np.interp(lags, frames, curve) * known).sum(1) / np.maximum(known.sum(1), 1)
    itself, rivals = np.interp(lag, frames, curve), np.interp(lag * np.array(RIVALS), frames, curve)
    return np.asarray(np.maximum(mean - np.maximum(rivals - itself, 0.0).sum(1), 0.0))


def pulse_clarity(analysis: Analysis) -> float:
    """Return how clear the pulse is in [0, 1]: the highest periodicity among tempi. 0 without onsets.

    Lartillot, Eerola, Toiviainen and Fornari, ISMIR 2008 (their MaxAutocor).
    """
    return _clarity(periodicity(analysis.onset)) if len(analysis.onsets) else 0.0


def _clarity(curve: NDArray[np.float64]) -> float:
    slow, fast = (round(60 * FRAMES_A_SECOND / bpm) for bpm in (SLOWEST_BPM, FASTEST_BPM))
    return float(np.clip(curve[fast : slow + 1].max(), 0.0, 1.0))
