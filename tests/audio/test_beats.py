"""Beats fall on the strokes, as many as there are."""

from __future__ import annotations

import numpy as np
import pytest

from little_sounds import clicks, drums, waveform
from songkin.audio import analyse
from songkin.audio.beats import beats
from songkin.audio.spectra import FRAMES_A_SECOND


@pytest.mark.parametrize("bpm", [80, 110, 140])
def test_beats_fall_on_the_clicks(bpm: int) -> None:
    found = beats(analyse(waveform(clicks(bpm, seconds=15))).onset, bpm) / FRAMES_A_SECOND
    off = found * bpm / 60 - np.round(found * bpm / 60)
    assert len(found) == pytest.approx(15 * bpm / 60, abs=2)
    assert np.abs(off * 60 / bpm).max() < 0.05


def test_beats_of_drums_are_a_beat_apart() -> None:
    found = beats(analyse(waveform(drums(100))).onset, 100)
    assert np.diff(found) / FRAMES_A_SECOND == pytest.approx(0.6, abs=0.06)


def test_no_onsets_no_beats() -> None:
    assert len(beats(np.zeros(100, np.float32), 120)) == 0
    assert len(beats(np.zeros(0, np.float32), 120)) == 0


@pytest.mark.parametrize("frames", [1, 5, 22, 60])
def test_a_few_frames_will_do(frames: int) -> None:
    onset = np.zeros(frames, np.float32)
    onset[frames // 2] = 1
    found = beats(onset, 120)
    assert (np.diff(found) > 0).all()
    assert ((found >= 0) & (found < frames)).all()
