"""One vector for how a recording sounds: timbre, harmony, rhythm and dynamics, each of equal say.

Conventions
-----------
Raw measures (SOUND_DIM,) are means and spreads over the whole recording. They are made comparable by constants of free
music (`scale.npz`, made by recipes/audio): less their mean, over their deviation, no further than 3 from it. Each part
is then turned so that what differs between two halves of one recording counts least, and weighted by how far halves
agree on it; the whole is brought to unit length, so a dot product is a cosine. Transposing a recording, or turning it
up, leaves its vector nearly where it was. Silence has no direction: zeros.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.audio.analysis import CEPSTRA, Analysis
from songkin.audio.keys import sounding_classes, tonality
from songkin.audio.loudness import GATE_DB, blocks_db
from songkin.audio.rhythm import periodicity
from songkin.audio.spectra import FRAMES_A_SECOND
from songkin.extras import need
from songkin.types import Vectors

__all__ = ["PARTS", "SOUND_DIM", "Scale", "measures", "part_slices", "scaled", "sound_vector"]

LAGS = np.geomspace(0.2, 4.0, 24)  # seconds: 300 to 15 a minute
SWINGS_HZ = np.geomspace(0.5, 10.0, 9)  # edges of eight bands of onset modulation
SWING_WINDOW = 256  # frames: 6 s
PERCENTILES = (5, 25, 50, 75, 95)
FURTHEST = 3.0
PARTS = {"timbre": 3 * CEPSTRA - 1, "harmony": 25, "rhythm": 24 + 6 + 24, "dynamics": 8}  # measures in each
SOUND_DIM = sum(PARTS.values())


class Scale(NamedTuple):
    """Mean and deviation of every measure (SOUND_DIM,), and what mixes those of one part (SOUND_DIM, SOUND_DIM)."""

    mean: Vectors
    deviation: Vectors
    mixing: Vectors


def sound_vector(analysis: Analysis) -> Vectors:
    """Return the vector (SOUND_DIM,), unit length; zeros for silence."""
    if not analysis.timbre.frames:
        return np.zeros(SOUND_DIM, np.float32)
    return np.asarray(scaled(measures(analysis)[None])[0], np.float32)


def scaled(raw: Vectors, *, scale: Scale | None = None) -> Vectors:
    """Scale measures (n, SOUND_DIM) by the constants, clip, mix, and bring each row to unit length."""
    scale = scale or _shipped()
    mixed = np.clip((raw - scale.mean) / scale.deviation, -FURTHEST, FURTHEST) @ scale.mixing
    return np.asarray(mixed / np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-9), np.float32)


def part_slices() -> dict[str, slice]:
    """Return where each part lies in the measures."""
    ends = np.cumsum(list(PARTS.values())).tolist()
    return {name: slice(end - count, end) for (name, count), end in zip(PARTS.items(), ends, strict=True)}


def measures(analysis: Analysis) -> Vectors:
    """Return the raw measures of a recording that sounds (SOUND_DIM,), in the order of PARTS."""
    parts = (_timbre(analysis), _harmony(analysis), _rhythm(analysis), _dynamics(analysis))
    return np.asarray(np.concatenate(parts), np.float32)


def _timbre(analysis: Analysis) -> NDArray[np.float64]:
    """Means of the cepstra but the level, deviations and steps of all. Tzanetakis and Cook, IEEE SAP 2002."""
    timbre = analysis.timbre
    return np.concatenate((timbre.mean[1:], timbre.deviation, timbre.step)).astype(float)


def _harmony(analysis: Analysis) -> NDArray[np.float64]:
    """Pitch classes from the tonic on, sizes of their Fourier coefficients, on the whole and a moment, and change.

    The coefficients' sizes say how fifths, thirds, tritones ... are used, whatever the key (Quinn 2006; Yust 2019).
    """
    classes = sounding_classes(analysis)
    found = tonality(classes)
    tonic = found.key if found else int(classes.argmax())
    moments = analysis.chroma.astype(float)
    sums = moments.sum(1, keepdims=True)
    moments = moments / np.where(sums > 0, sums, 1.0)
    whole, each = np.abs(np.fft.rfft(classes))[1:], np.abs(np.fft.rfft(moments, axis=1))[:, 1:]
    change = np.abs(np.diff(moments, axis=0)).sum(1)
    return np.concatenate((np.roll(classes, -tonic), whole, each.mean(0), [change.mean() if len(change) else 0.0]))


def _rhythm(analysis: Analysis) -> NDArray[np.float64]:
    """Periodicity at 24 lags, mean and deviation of the onsets in each register, and how fast they swing."""
    curve = periodicity(analysis.onset)
    at_lags = np.interp(LAGS * FRAMES_A_SECOND, np.arange(len(curve)), curve)
    onsets = analysis.onsets[analysis.sounding]
    return np.concatenate((at_lags, np.log(onsets.mean(0) + 0.01), np.log(onsets.std(0) + 0.01), _swings(analysis)))


def _swings(analysis: Analysis) -> NDArray[np.float64]:
    """Return the share of each band of modulation in each register's onsets (24,). Pampalk, ISMIR 2006."""
    fft = need("scipy.fft", extra="audio")
    count = max(len(analysis.onsets) // SWING_WINDOW, 1)
    power = np.zeros((SWING_WINDOW // 2 + 1, 3))
    for piece in np.array_split(analysis.onsets, count):
        power += np.abs(fft.rfft(piece - piece.mean(0), SWING_WINDOW, axis=0)) ** 2
    hz = np.arange(len(power)) * FRAMES_A_SECOND / SWING_WINDOW
    band = np.searchsorted(SWINGS_HZ, hz) - 1
    banded = np.stack([power[band == number].sum(0) for number in range(len(SWINGS_HZ) - 1)])
    return np.asarray(np.sqrt(banded / np.maximum(banded.sum(0), 1e-9)).T.ravel())


def _dynamics(analysis: Analysis) -> NDArray[np.float64]:
    """Loudness of soft and loud moments against the mean, how it varies and moves, and how much is silent."""
    blocks = blocks_db(analysis)
    loud = blocks[blocks > GATE_DB]
    if not len(loud):
        loud = np.zeros(1)
    spread = np.percentile(loud, PERCENTILES) - loud.mean()
    moving = np.abs(np.diff(loud)).mean() if len(loud) > 1 else 0.0
    return np.concatenate((spread, [loud.std(), moving, analysis.sounding.mean()]))


@cache
def _shipped() -> Scale:
    with np.load(Path(__file__).with_name("scale.npz")) as file:
        return Scale(file["mean"], file["deviation"], file["mixing"])
