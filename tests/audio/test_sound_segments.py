"""Segments start at the beats and hold what sounds between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from little_sounds import chords, drums, noise, sine, song, waveform
from songkin.audio import segments


def test_segments_of_a_song_are_a_beat_long() -> None:
    found = segments(waveform(drums(120, seconds=12)))
    assert found.starts_s[0] == 0
    assert np.median(np.diff(found.starts_s)) == pytest.approx(0.5, abs=0.03)
    assert found.timbre.shape == found.chroma.shape == (len(found.starts_s), 12)


def test_chroma_follows_the_chords() -> None:
    tones = [60, 64, 67, 71]
    found = segments(waveform(chords([[midi] for midi in tones], seconds=2, harmonics=1)))
    for number, midi in enumerate(tones):
        inside = (found.starts_s > 2 * number + 0.3) & (found.starts_s < 2 * number + 1.3)
        assert inside.any()
        assert (found.chroma[inside].argmax(1) == midi % 12).all()
        assert found.chroma[inside].max(1) == pytest.approx(1)


def test_timbre_tells_loud_from_soft_and_dark_from_bright() -> None:
    dark, bright = (segments(waveform(sine(hz, amplitude=0.1))).timbre.mean(0) for hz in (200, 5000))
    soft = segments(waveform(sine(200, amplitude=0.01))).timbre.mean(0)
    assert dark[0] > soft[0]
    assert dark[1] > bright[1]


def test_without_a_pulse_there_is_a_segment_each_half_second() -> None:
    found = segments(waveform(noise(seconds=6)))
    assert np.diff(found.starts_s) == pytest.approx(0.5, abs=0.03)


@settings(max_examples=12)
@given(length=st.integers(0, 150_000), seed=st.integers(0, 9))
def test_any_length_gives_rising_starts_and_finite_rows(length: int, seed: int) -> None:
    found = segments(waveform(song(seed)[:length]))
    assert (len(found.starts_s) == 0) == (length == 0)
    assert (np.diff(found.starts_s) > 0).all()
    assert np.isfinite(found.timbre).all()
    assert ((found.chroma >= 0) & (found.chroma <= 1)).all()
    assert found.timbre.dtype == found.chroma.dtype == np.float32


def test_silence_has_segments_without_pitch() -> None:
    found = segments(waveform(np.zeros(60_000)))
    assert len(found.starts_s)
    assert not found.chroma.any()
