"""Tempo of clicks and drums that were made at a known tempo; noise and drones have none."""

from __future__ import annotations

import numpy as np
import pytest

from little_sounds import clicks, drums, noise, sine, waveform
from songkin.audio import analyse, pulse_clarity, tempo_bpm
from songkin.audio.rhythm import periodicity


def told(samples: np.ndarray) -> float | None:
    return tempo_bpm(analyse(waveform(samples)))


def within(found: float | None, bpm: float, *, octaves: tuple[float, ...] = (0.5, 1, 2)) -> bool:
    return found is not None and any(abs(found / (bpm * octave) - 1) <= 0.04 for octave in octaves)


@pytest.mark.parametrize("bpm", range(60, 181, 10))
def test_the_tempo_of_clicks_is_told_up_to_an_octave(bpm: int) -> None:
    assert within(told(clicks(bpm)), bpm)


@pytest.mark.parametrize("bpm", [80, 97, 112.5, 120, 133, 150])
def test_clicks_at_the_usual_tempi_are_told_within_half_a_percent(bpm: float) -> None:
    assert told(clicks(bpm)) == pytest.approx(bpm, rel=0.005)


@pytest.mark.parametrize("bpm", [72, 88, 104, 128, 144, 168])
def test_the_tempo_of_drums_under_noise_is_told_up_to_an_octave(bpm: int) -> None:
    assert within(told(drums(bpm, dirt=0.05)), bpm)


def test_twice_as_fast_is_twice_the_tempo_or_the_same_beat() -> None:
    slow, fast = told(drums(70)), told(drums(140))
    assert slow
    assert fast
    assert within(fast, slow)


@pytest.mark.parametrize(
    "samples",
    [
        noise(seconds=5),
        noise(seconds=20, seed=3),
        sine(440, seconds=10),
        np.zeros(99_999),
        np.zeros(0),
        clicks(99)[:60_000],
    ],
)
def test_what_has_no_pulse_or_is_too_short_has_no_tempo(samples: np.ndarray) -> None:
    assert told(samples) is None


def test_clicks_have_a_clear_pulse_and_noise_has_none() -> None:
    clear, unclear = (pulse_clarity(analyse(waveform(x))) for x in (clicks(100), noise(seconds=20)))
    assert clear > 0.8
    assert unclear < 0.2
    assert pulse_clarity(analyse(waveform(np.zeros(0)))) == 0


def test_periodicity_starts_at_one_and_returns_at_the_beat() -> None:
    curve = periodicity(analyse(waveform(clicks(60))).onset)
    assert curve.shape == (256,)
    assert curve[0] == pytest.approx(1)
    assert 20 + curve[20:].argmax() == pytest.approx(43, abs=1) or curve[86] == pytest.approx(curve[43:].max(), abs=0.1)


@pytest.mark.parametrize("frames", [0, 1, 50, 255, 256, 511, 513, 2000])
def test_periodicity_takes_any_number_of_frames(frames: int) -> None:
    curve = periodicity(np.ones(frames, np.float32))
    assert np.isfinite(curve).all()
