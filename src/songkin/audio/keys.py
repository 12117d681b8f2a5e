"""Key and mode: the pitch classes of a recording held against the profiles of the 24 keys.

Conventions
-----------
Keys count from C = 0 in semitones; mode is 1 for major, 0 for minor. The method is Krumhansl and Schmuckler's
(1990), the profiles are Albrecht and Shanahan's (Music Perception 31, 2013): of four sets, tried on scales, triads and
cadences of several timbres, they leave the widest margin. What has no clear pitch, noise and drums, has neither.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.audio.analysis import Analysis
from songkin.types import Vectors

__all__ = ["KEYS", "Tonality", "key", "mode", "sounding_classes", "tonality"]

KEYS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
MINOR = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)
SOFTER = 0.75  # power of amplitudes, so that soft passages have a say
UNCLEAR = 0.6  # correlation under which no key fits
ALONE = 0.8  # share of one class above which it is a single tone, which is in many keys
FLAT = 0.2  # deviation of the classes, as a share of their mean, under which all sound alike


class Tonality(NamedTuple):
    """The key that fits best: tonic (0-11, C = 0), mode (1 major, 0 minor) and the correlation in [-1, 1]."""

    key: int
    mode: int
    fit: float


def key(analysis: Analysis) -> float | None:
    """Return the tonic, 0 (C) to 11 (B); None without clear pitch."""
    found = tonality(sounding_classes(analysis))
    return None if found is None else float(found.key)


def mode(analysis: Analysis) -> float | None:
    """Return 1 for major, 0 for minor; None without clear pitch."""
    found = tonality(sounding_classes(analysis))
    return None if found is None else float(found.mode)


def sounding_classes(analysis: Analysis) -> NDArray[np.float64]:
    """Return how much each pitch class sounds (12,), as shares; zeros without pitch."""
    total = (analysis.chroma.astype(float) ** SOFTER).sum(0)
    return np.asarray(total / max(total.sum(), 1e-12))


def tonality(classes: NDArray[np.float64] | Vectors) -> Tonality | None:
    """Correlate classes (12,) with the profile of every key; None where they are silent, flat, one, or fit no key."""
    if not classes.sum() > 0 or classes.std() < FLAT * classes.mean() or classes.max() > ALONE * classes.sum():
        return None
    turned = np.stack([np.roll(profile, tonic) for profile in (MINOR, MAJOR) for tonic in range(12)])
    turned = turned - turned.mean(1, keepdims=True)
    fits = turned @ (classes - classes.mean()) / (np.linalg.norm(turned, axis=1) * classes.std() * np.sqrt(12))
    best = int(np.argmax(fits))
    return Tonality(best % 12, best // 12, float(fits[best])) if fits[best] >= UNCLEAR else None
