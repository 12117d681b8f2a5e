"""How loud a recording is: integrated loudness of ITU-R BS.1770-4 (EBU R 128), measured on spectra.

Conventions
-----------
Loudness is in dB (LUFS): a sine of 997 Hz and full scale in one channel has -3.01; channels add up. Commercial music
lies between -20 and -5, as Spotify's `loudness` does. What lies under -70 is silence. Blocks are 0.4 s, one each 0.1 s.

The spectra are of the channels' average up to 11 kHz. What the average lacks of the channels' power is made up for in
each block as if it had the same spectrum, and what lies above 11 kHz counts with the weight it has there (+4 dB).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from songkin.audio.analysis import Analysis, Trace

__all__ = ["GATE_DB", "blocks_db", "loudness_db"]

GATE_DB = -70.0  # what lies below never counts
UNDER_MEAN_DB = 10.0  # what lies so far under the mean of the rest does not count either
OFFSET_DB = -0.691  # takes back the weighting's gain at 997 Hz
TREBLE_GAIN = 10**0.4  # of the weighting above 11 kHz
CANCELLED = 0.01  # an average under this share of the channels' power says nothing of their spectrum
BLOCK_S, STEP_S = 0.4, 0.1


def loudness_db(analysis: Analysis) -> float | None:
    """Average the blocks behind the two gates of BS.1770-4; None for silence."""
    blocks = blocks_db(analysis)
    loud = blocks[blocks > GATE_DB]
    return _mean_db(loud[loud > _mean_db(loud) - UNDER_MEAN_DB]) if len(loud) else None


def blocks_db(analysis: Analysis) -> NDArray[np.float64]:
    """Return the loudness of every block (n,); a sound shorter than 0.4 s is one block, no sound none."""
    if not analysis.duration_s:
        return np.empty(0)
    starts = np.arange(0.0, max(analysis.duration_s - BLOCK_S, 0.0) + 1e-9, STEP_S)
    stops = np.minimum(starts + BLOCK_S, analysis.duration_s)

    def mean(trace: Trace) -> NDArray[np.float64]:
        return trace.means(starts, stops)

    channels, average = mean(analysis.channels), mean(analysis.average)
    treble = np.maximum(average - mean(analysis.power), 0.0)
    treble[[0, -1]] = 0.0  # there the windows reach into the silence outside
    weighted = mean(analysis.heard_power) + TREBLE_GAIN * treble
    cancelled = average < CANCELLED * channels
    heard = np.where(cancelled, channels, weighted * channels / np.maximum(average, 1e-20))
    return OFFSET_DB + 10 * np.log10(np.maximum(heard, 1e-20))


def _mean_db(blocks: NDArray[np.float64]) -> float:
    return float(10 * np.log10(np.mean(10 ** (blocks / 10))))
