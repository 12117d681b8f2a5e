"""Pitch classes of spectra: peaks, interpolated between bins, folded into twelve, whatever the tuning.

Conventions
-----------
Pitch class 0 is C. A chroma vector (12,) sums the amplitudes of the peaks that fall into each class; zeros where there
are none. Tuning is in semitones off A = 440 Hz, in [-0.5, 0.5).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.types import Vectors

__all__ = ["Chroma", "Peaks", "peaks"]

LOW_HZ, HIGH_HZ = 65.0, 2100.0  # C2, below which semitones cannot be told apart here, to C7
FAINT = 0.01  # peaks under -40 dB of the frame's loudest do not count
QUIET = 3e-4  # nor do peaks of an amplitude under -70 dB of full scale


class Peaks(NamedTuple):
    """Peaks of many frames: the frame each lies in, its pitch in semitones (A4 = 69), its amplitude."""

    frames: NDArray[np.int64]
    semitones: NDArray[np.float64]
    amplitudes: Vectors


def peaks(amplitudes: Vectors, *, hz_a_bin: float) -> Peaks:
    """Find the peaks of amplitude spectra (n, bins); a peak lies on the parabola through the logarithms of three bins.

    Smith and Serra, PARSHL, ICMC 1987.
    """
    low, high = int(LOW_HZ / hz_a_bin), min(int(HIGH_HZ / hz_a_bin) + 2, amplitudes.shape[1])
    field = amplitudes[:, low:high]
    middle = field[:, 1:-1]
    floor = np.maximum(field.max(1, keepdims=True) * FAINT, QUIET)
    frames, bins = np.nonzero((middle > field[:, :-2]) & (middle >= field[:, 2:]) & (middle > floor))
    left, top, right = (np.log(field[frames, bins + step] + 1e-12) for step in range(3))
    shift = 0.5 * (left - right) / np.minimum(left - 2 * top + right, -1e-9)
    hz = (bins + low + 1 + np.clip(shift, -0.5, 0.5)) * hz_a_bin
    return Peaks(frames, 69 + 12 * np.log2(hz / 440), middle[frames, bins])


class Chroma:
    """Folds peaks into pitch classes and follows the tuning: what has sounded so far says where the semitones lie."""

    def __init__(self) -> None:
        self._turn = 0j

    @property
    def tuning(self) -> float:
        """Semitones off A = 440 Hz, the mean direction of all peaks so far (Dressler and Streich, ISMIR 2007)."""
        return float(np.angle(self._turn) / (2 * np.pi)) if self._turn else 0.0

    def fold(self, found: Peaks, frames: int) -> Vectors:
        """Return the chroma of each frame (frames, 12)."""
        self._turn += complex(np.sum(found.amplitudes * np.exp(2j * np.pi * found.semitones)))
        classes = np.round(found.semitones - self.tuning).astype(np.int64) % 12
        summed = np.bincount(found.frames * 12 + classes, weights=found.amplitudes, minlength=frames * 12)
        return summed.reshape(frames, 12).astype(np.float32)
