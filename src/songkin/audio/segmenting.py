"""Segments: a recording cut at its beats, each with timbre and chroma, as networks read them.

Conventions
-----------
Timbre is the first 12 cepstra of 40 mel bands in dB, averaged over the segment: level, balance of low and high, then
ever finer shape. They stand in for the Echo Nest's 12 timbre coefficients, which are other (learned) directions of the
same kind. Chroma is the 12 pitch classes from C, the strongest 1, as the Echo Nest's pitches; zeros where nothing has
pitch.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.audio.analysis import analyse
from songkin.audio.beats import beats
from songkin.audio.mel import cepstra
from songkin.audio.rhythm import tempo_bpm
from songkin.audio.spectra import FRAMES_A_SECOND, HOP, LONG_HOP, Spectra
from songkin.audio.waveform import Waveform
from songkin.types import Vectors

__all__ = ["Segments", "segments"]

TIMBRE = 12
WITHOUT_PULSE_BPM = 120.0


class Segments(NamedTuple):
    """Consecutive pieces: when each starts in seconds (n,), timbre (n, 12), chroma (n, 12) in [0, 1]."""

    starts_s: NDArray[np.float64]
    timbre: Vectors
    chroma: Vectors


def segments(waveform: Waveform) -> Segments:
    """Cut at the beats, or each half second where there is no pulse; the first starts at 0. No samples, no segments."""
    timbres: list[Vectors] = [np.empty((0, TIMBRE), np.float32)]

    def watch(batch: Spectra) -> None:
        timbres.append(cepstra(batch.bands_db, TIMBRE))

    analysis = analyse(waveform, watch=watch)
    timbre = np.concatenate(timbres)
    tempo = tempo_bpm(analysis)
    found = beats(analysis.onset, tempo) if tempo else _steady(len(timbre))
    starts = np.unique(np.concatenate(([0], found)))
    starts = starts[starts < len(timbre)]
    chroma = _means(analysis.chroma, starts * HOP // LONG_HOP)
    strongest = chroma.max(1, keepdims=True, initial=0.0)
    chroma = np.asarray(chroma / np.where(strongest > 0, strongest, 1), np.float32)
    return Segments(starts / FRAMES_A_SECOND, _means(timbre, starts), chroma)


def _steady(frames: int) -> NDArray[np.int64]:
    step = 60 * FRAMES_A_SECOND / WITHOUT_PULSE_BPM
    return np.round(np.arange(0, frames, step)).astype(np.int64)


def _means(rows: Vectors, starts: NDArray[np.int64]) -> Vectors:
    """Average rows (n, d) from each start to the next (m, d); a piece shorter than a row has the one it lies in."""
    if not len(starts):
        return np.empty((0, rows.shape[1]), np.float32)
    counts = np.maximum(np.diff(np.append(starts, len(rows))), 1)
    return np.asarray(np.add.reduceat(rows, starts, axis=0) / counts[:, None], np.float32)
