"""Spectra of a stream of samples: short windows for time and timbre, long ones for pitch.

Conventions
-----------
Samples come at 22,050 a second. A short frame is 2,048 samples (93 ms) every 512 (23 ms), a long one 4,096 every 2,048;
both under a periodic Hann window and centred on their time, with silence before the start and after the end. Powers are
mean squares, so a sine of amplitude 1 has 0.5. Bins below 20 Hz hold no sound and are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.audio.mel import mel_filters
from songkin.audio.pitch import Chroma, peaks
from songkin.audio.waveform import RATE
from songkin.extras import need
from songkin.types import Vectors

__all__ = ["BANDS", "FRAMES_A_SECOND", "HIGH_HZ", "HOP", "LONG_HOP", "LOW_HZ", "Spectra", "k_weights", "spectra"]

WINDOW, HOP = 2048, 512
LONG_WINDOW, LONG_HOP = 4096, 2048
FRAMES_A_SECOND = RATE / HOP
BATCH = 256  # short frames at a time: what a processor's cache holds
BANDS, LOW_HZ, HIGH_HZ = 40, 30.0, 11_000.0
FIRST_BIN = 2  # 21.5 Hz; a constant leaks into bins 0 and 1
FAINTEST = 1e-7  # of power, -70 dB of full scale: added to every band, so what lies below does not count


class Spectra(NamedTuple):
    """A batch of frames: power with and without what lies below 20 Hz, K-weighted power, mean frequency (n,), bands
    in dB (n, 40), chroma (m, 12).
    """

    whole_power: Vectors
    power: Vectors
    heard_power: Vectors
    centroid_hz: Vectors
    bands_db: Vectors
    chroma: Vectors


def spectra(samples: Iterable[Vectors]) -> Iterator[Spectra]:
    """Turn a stream of samples into batches of spectra; no samples give none. Chroma comes with each fourth frame."""
    chroma = Chroma()
    for stretch, frames in _batches(samples):
        long = np.sqrt(_powers(stretch, LONG_WINDOW, LONG_HOP, -(-frames * HOP // LONG_HOP)))
        skip = (LONG_WINDOW - WINDOW) // 2  # both kinds of frame are centred on the same time
        short = _powers(stretch[skip:], WINDOW, HOP, frames)
        sums = np.asarray(np.sqrt(short) @ _moments(), np.float32)
        of_bands = np.asarray(short @ _reader(), np.float32)
        hz = np.asarray(sums[:, 1] / np.maximum(sums[:, 0], 1e-12), np.float32)
        bands_db = np.float32(10) * np.log10(of_bands[:, 3:] + np.float32(FAINTEST))
        folded = chroma.fold(peaks(long, hz_a_bin=RATE / LONG_WINDOW), len(long))
        whole, sounding, heard = of_bands[:, :3].T.copy()  # a view would keep the bands in memory
        yield Spectra(whole, sounding, heard, hz, bands_db, folded)


def _batches(samples: Iterable[Vectors]) -> Iterator[tuple[Vectors, int]]:
    """Cut the stream into overlapping stretches of BATCH frames; the last is padded with silence."""
    held, heard, done = np.zeros(LONG_WINDOW // 2, np.float32), 0, 0
    step, span = BATCH * HOP, BATCH * HOP + LONG_WINDOW
    for piece in samples:
        held, heard = np.concatenate((held, piece)), heard + len(piece)
        while len(held) >= span:
            yield held[:span], BATCH
            held, done = held[step:], done + BATCH
    left = (heard // HOP + 1 if heard else 0) - done
    while left > 0:
        frames = min(left, BATCH)
        size = -(-frames * HOP // LONG_HOP) * LONG_HOP + LONG_WINDOW
        yield np.pad(held[:size], (0, max(size - len(held), 0))), frames
        held, left = held[step:], left - frames


def _powers(stretch: Vectors, window: int, hop: int, frames: int) -> Vectors:
    """Return the power spectra (frames, bins), so scaled that they sum to the mean square of a frame."""
    fft = need("scipy.fft", extra="audio")
    cut = np.lib.stride_tricks.sliding_window_view(stretch, window)[: frames * hop : hop]
    found: Any = fft.rfft(cut * _hann(window))
    powers = np.square(found.real)
    powers += np.square(found.imag)
    return np.asarray(powers, np.float32)


@cache
def _hann(window: int) -> Vectors:
    """Return a periodic Hann window whose spectra's squares, halves of a two-sided one, sum to the mean square."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    return np.asarray(hann * np.sqrt(2 / (window * np.sum(hann**2))), np.float32)


def _bin_hz() -> NDArray[np.float64]:
    return np.arange(WINDOW // 2 + 1) * RATE / WINDOW


@cache
def _moments() -> Vectors:
    """Return what sums amplitudes, and amplitudes times Hz: (bins, 2)."""
    one = (np.arange(WINDOW // 2 + 1) >= FIRST_BIN).astype(float)
    return np.stack((one, one * _bin_hz()), 1).astype(np.float32)


@cache
def _reader() -> Vectors:
    """Return what reads a power spectrum: all, all above 20 Hz, that K-weighted, the mel bands: (bins, 3 + bands)."""
    mel = mel_filters(BANDS, bin_hz=_bin_hz(), low_hz=LOW_HZ, high_hz=HIGH_HZ)
    one = _moments()[:, :1]
    whole = np.ones_like(one)
    whole[0] = 0.5  # the constant has no mirror image
    return np.hstack((whole, one, one * k_weights(_bin_hz())[:, None], mel)).astype(np.float32)


def k_weights(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much of the power at each frequency is heard: the K-weighting of ITU-R BS.1770-4 at 48 kHz."""
    z = np.exp(-2j * np.pi * hz / 48_000)
    shelf = np.polyval((1.19839281085285, -2.69169618940638, 1.53512485958697), z) / np.polyval(
        (0.73248077421585, -1.69065929318241, 1.0), z
    )
    high_pass = np.polyval((1.0, -2.0, 1.0), z) / np.polyval((0.99007225036621, -1.99004745483398, 1.0), z)
    return np.asarray(np.abs(shelf * high_pass) ** 2)
