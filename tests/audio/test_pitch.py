"""Peaks between bins, and pitch classes whatever the tuning."""

from __future__ import annotations

import numpy as np
import pytest

from little_sounds import chords, noise, sine, waveform
from songkin.audio import analyse
from songkin.audio.pitch import Chroma, peaks
from songkin.audio.waveform import RATE


def spectrum(hz: float) -> np.ndarray:
    """The amplitude spectrum of one long frame of a sine."""
    cut = sine(hz, seconds=1)[:4096] * np.hanning(4096)
    return (np.abs(np.fft.rfft(cut)) / 1024)[None].astype(np.float32)


@pytest.mark.parametrize("hz", [82.41, 220.0, 441.3, 1046.5, 1975.5])
def test_a_sines_pitch_is_told_within_three_cents(hz: float) -> None:
    found = peaks(spectrum(hz), hz_a_bin=RATE / 4096)
    loudest = found.amplitudes.argmax()
    cents = 3 if hz > 200 else 12  # a bin is wider than a semitone down there
    assert found.semitones[loudest] == pytest.approx(69 + 12 * np.log2(hz / 440), abs=cents / 100)


def test_silence_and_what_is_fainter_than_70_db_has_no_peaks() -> None:
    assert len(peaks(np.zeros((3, 2049), np.float32), hz_a_bin=5.4).frames) == 0
    assert len(peaks(spectrum(440) * 1e-4, hz_a_bin=5.4).frames) == 0


@pytest.mark.parametrize(("midi", "pitch_class"), [(60, 0), (61, 1), (69, 9), (71, 11), (84, 0)])
def test_a_tone_sounds_in_its_own_class(midi: int, pitch_class: int) -> None:
    chroma = analyse(waveform(chords([[midi]], seconds=2, harmonics=1))).chroma.sum(0)
    assert chroma.argmax() == pitch_class
    assert chroma[pitch_class] > 0.98 * chroma.sum()


@pytest.mark.parametrize("cents", [-45, -30, 0, 20, 45])
def test_a_triad_out_of_tune_is_the_same_triad(cents: int) -> None:
    chroma = analyse(waveform(chords([[60 + cents / 100, 64 + cents / 100, 67 + cents / 100]] * 4, harmonics=1))).chroma
    assert set(np.argsort(chroma.sum(0))[-3:]) == {0, 4, 7}


def test_tuning_is_followed() -> None:
    chroma = Chroma()
    assert chroma.tuning == 0
    found = peaks(spectrum(440 * 2 ** (0.25 / 12)), hz_a_bin=RATE / 4096)
    assert chroma.fold(found, 1).shape == (1, 12)
    assert chroma.tuning == pytest.approx(0.25, abs=0.02)


def test_noise_sounds_in_all_classes_alike() -> None:
    chroma = analyse(waveform(noise(seconds=10))).chroma.sum(0)
    assert chroma.std() < 0.25 * chroma.mean()
