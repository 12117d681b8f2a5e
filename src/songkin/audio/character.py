"""Features that put a word to the whole: how bright, how energetic, how danceable.

Conventions
-----------
Brightness is in Hz. Energy and danceability lie in [0, 1] and are ours: they order recordings as Spotify's features of
these names mean to, but their values are not Spotify's. What is silent has none of them.
"""

from __future__ import annotations

from math import exp, log2

import numpy as np

from songkin.audio.analysis import Analysis
from songkin.audio.loudness import loudness_db
from songkin.audio.rhythm import SHORTEST_S, pulse_clarity
from songkin.audio.spectra import FRAMES_A_SECOND

__all__ = ["brightness_hz", "danceability", "energy", "fluctuation_exponent"]

# Middle and deviation in free music (recipes/audio): rises in dB a frame and band, octaves of brightness, and loudness
# in dB, there -19.6 and 3.0, moved and widened for chart music, which is made 10 dB louder.
LOUDNESS, ONSETS, BRIGHTNESS = (-17.0, 5.0), (0.83, 0.30), (10.45, 0.43)
SHORTEST_SCALE_S, LONGEST_SCALE_S = 0.31, 10.0  # as Streich and Herrera
STEEP, FLAT = 1.2, 0.4  # exponents that mean not danceable and danceable


def brightness_hz(analysis: Analysis) -> float | None:
    """Return the spectral centroid: the mean frequency, weighed by amplitude, averaged over the frames that sound.

    It lies between 20 Hz and 11 kHz. Grey and Gordon, JASA 63, 1978.
    """
    heard = analysis.brightness_hz[analysis.sounding]
    return float(heard.mean()) if len(heard) else None


def energy(analysis: Analysis) -> float | None:
    """Return how loud, dense and bright a recording is, in [0, 1]; 0.5 is the middle of free music.

    The mean of three standard scores through a logistic curve: loudness, onset strength and brightness, the three that
    carry arousal in most studies (Eerola, Ferrer and Alluri, Music Perception 30, 2012).
    """
    loudness, brightness = loudness_db(analysis), brightness_hz(analysis)
    if loudness is None or brightness is None:
        return None
    onsets = float(analysis.onset[analysis.sounding].mean())
    measured = ((loudness, LOUDNESS), (onsets, ONSETS), (log2(brightness), BRIGHTNESS))
    score = sum(max(min((value - middle) / deviation, 3.0), -3.0) for value, (middle, deviation) in measured) / 3
    return 1 / (1 + exp(-1.7 * score))


def danceability(analysis: Analysis) -> float | None:
    """Return how danceable a recording is, in [0, 1]: how clear its pulse is, and how steady its level.

    The geometric mean of pulse clarity (`pulse_clarity`) and of the fluctuation exponent, mapped to [0, 1]: music with
    a beat swings around its level, other music drifts. None for silence and for what lasts less than 3 s.
    """
    exponent = fluctuation_exponent(analysis)
    if exponent is None:
        return None
    steadiness = float(np.clip((STEEP - exponent) / (STEEP - FLAT), 0.0, 1.0))
    return float((pulse_clarity(analysis) * steadiness) ** 0.5)


def fluctuation_exponent(analysis: Analysis) -> float | None:
    """Return the exponent with which swings of the level grow with time, over 0.3 to 10 s; 0.5 is chance, 1.5 drift.

    Detrended fluctuation analysis; Streich and Herrera, AES 118, 2005, call the inverse danceability.
    """
    if analysis.duration_s < SHORTEST_S or not analysis.sounding.any():
        return None
    level = np.sqrt(np.maximum(analysis.power.values.astype(float), 0.0))
    walk = np.cumsum(level - level.mean())
    longest = min(LONGEST_SCALE_S, analysis.duration_s / 4)
    scales = np.unique(np.geomspace(SHORTEST_SCALE_S, longest, 16) * FRAMES_A_SECOND).astype(int)
    swings = np.array([_swing(walk, int(scale)) for scale in np.unique(scales)])
    if not (swings > 0).all():
        return None
    return float(np.polyfit(np.log(np.unique(scales)), np.log(swings), 1)[0])


def _swing(walk: np.ndarray[tuple[int, ...], np.dtype[np.float64]], scale: int) -> float:
    """Return the root mean square of what a line leaves of each piece of `scale` frames."""
    pieces = walk[: len(walk) // scale * scale].reshape(-1, scale)
    time = np.arange(scale) - (scale - 1) / 2
    flat = pieces - pieces.mean(1, keepdims=True)
    left = flat - (flat @ time / (time @ time))[:, None] * time
    return float(np.sqrt(np.mean(left**2)))
