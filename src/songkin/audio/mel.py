"""The mel scale: a filter bank over the bins of a spectrum, and cepstra of it.

Conventions
-----------
Frequencies are in Hz. Bands are triangles of height 1 on the scale of Slaney (1998), linear below 1 kHz, logarithmic
above. Cepstra are the orthonormal cosine transform of the bands in dB: the first is their level, the second how much
of it lies low.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from songkin.types import Vectors

__all__ = ["cepstra", "from_mel", "mel_centres", "mel_filters", "to_mel"]

LINEAR_HZ = 200 / 3  # a mel below 1 kHz
BEND_HZ, BEND_MEL = 1000.0, 15.0
LOG_STEP = np.log(6.4) / 27  # of a mel above 1 kHz


def to_mel(hz: ArrayLike) -> NDArray[np.float64]:
    """Turn Hz into mel (Slaney, Auditory Toolbox, 1998)."""
    hz = np.asarray(hz, float)
    return np.where(hz < BEND_HZ, hz / LINEAR_HZ, BEND_MEL + np.log(np.maximum(hz, 1.0) / BEND_HZ) / LOG_STEP)


def from_mel(mel: ArrayLike) -> NDArray[np.float64]:
    """Turn mel into Hz."""
    mel = np.asarray(mel, float)
    return np.where(mel < BEND_MEL, mel * LINEAR_HZ, BEND_HZ * np.exp(LOG_STEP * (mel - BEND_MEL)))


def mel_centres(bands: int, *, low_hz: float, high_hz: float) -> NDArray[np.float64]:
    """Return the middle of each band in Hz (bands,)."""
    return _edges(bands, low_hz, high_hz)[1:-1]


def mel_filters(bands: int, *, bin_hz: NDArray[np.float64], low_hz: float, high_hz: float) -> Vectors:
    """Return the weight of every bin in every band, (bins, bands): 1 in a band's middle, 0 at its neighbours'."""
    edges = _edges(bands, low_hz, high_hz)
    below = (bin_hz[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    above = (edges[2:] - bin_hz[:, None]) / (edges[2:] - edges[1:-1])
    return np.maximum(np.minimum(below, above), 0.0).astype(np.float32)


def cepstra(decibels: Vectors, count: int) -> Vectors:
    """Turn bands in dB (n, bands) into the first `count` cepstra (n, count). Davis and Mermelstein, IEEE ASSP 1980."""
    return np.asarray(decibels @ _cosines(decibels.shape[1], count), np.float32)


@cache
def _cosines(bands: int, count: int) -> Vectors:
    basis = np.cos(np.pi / bands * (np.arange(bands)[:, None] + 0.5) * np.arange(count)) * np.sqrt(2 / bands)
    basis[:, 0] /= np.sqrt(2)
    return np.asarray(basis, np.float32)


def _edges(bands: int, low_hz: float, high_hz: float) -> NDArray[np.float64]:
    return from_mel(np.linspace(to_mel(low_hz), to_mel(high_hz), bands + 2))
