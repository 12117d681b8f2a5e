"""Brightness is exact on tones; energy and danceability put sounds in the order anyone would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from little_sounds import chords, clicks, drums, noise, sine, song, waveform
from songkin.audio import Analysis, analyse, brightness_hz, danceability, energy
from songkin.audio.character import fluctuation_exponent


def of(samples: np.ndarray) -> Analysis:
    return analyse(waveform(samples))


@pytest.mark.parametrize("hz", [110, 440, 1000, 2500, 8000])
def test_the_brightness_of_a_sine_is_its_frequency(hz: float) -> None:
    whole = of(sine(hz, seconds=20))
    middle = whole.brightness_hz[5:-5]
    assert middle.mean() == pytest.approx(hz, rel=2e-3, abs=1)
    assert brightness_hz(whole) == pytest.approx(hz, rel=0.02)  # the switching on and off is heard too


def test_white_noise_is_as_bright_as_the_middle_of_its_band() -> None:
    assert brightness_hz(of(noise(seconds=10))) == pytest.approx(11_025 / 2, rel=0.02)


def test_two_equal_sines_are_as_bright_as_their_mean() -> None:
    middle = of((sine(500) + sine(1500)) / 2).brightness_hz[5:-5]
    assert middle.mean() == pytest.approx(1000, rel=5e-3)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(100_000), np.full(100_000, 1e-6)])
def test_silence_is_neither_bright_nor_energetic_nor_danceable(samples: np.ndarray) -> None:
    assert [feature(of(samples)) for feature in (brightness_hz, energy, danceability)] == [None] * 3


def test_drums_have_more_energy_than_a_drone_and_loud_more_than_soft() -> None:
    drone = chords([[48, 55]], seconds=8)
    beaten = drums(120, seconds=8)
    assert energy(of(beaten)) > energy(of(drone))  # type: ignore[operator]
    assert energy(of(beaten)) > energy(of(0.1 * beaten))  # type: ignore[operator]


def test_drums_are_more_danceable_than_noise_and_noise_that_comes_and_goes() -> None:
    random = np.random.default_rng(0)
    swell = np.interp(np.arange(15 * 22_050), np.arange(0, 16 * 22_050, 22_050), random.random(16))
    others = [noise(seconds=15), (noise(seconds=15) * swell).astype(np.float32), sine(440, seconds=15)]
    dance = danceability(of(drums(120)))
    assert dance is not None
    assert dance > 0.5
    assert all(dance > 2 * (danceability(of(other)) or 0.0) for other in others)


def test_what_is_too_short_to_dance_to_has_no_danceability() -> None:
    assert danceability(of(clicks(120)[:50_000])) is None


def test_the_exponent_of_noise_is_chance_and_that_of_a_drift_is_not() -> None:
    random = np.random.default_rng(1)
    level = np.exp(np.cumsum(random.normal(size=600)) / 6)
    drift = noise(seconds=30) * np.interp(np.linspace(0, 599, 30 * 22_050), np.arange(600), level / level.max())
    steady = fluctuation_exponent(of(noise(seconds=30)))
    assert steady == pytest.approx(0.5, abs=0.2)
    assert fluctuation_exponent(of(drift)) > 1.1  # type: ignore[operator]


@settings(max_examples=8)
@given(seed=st.integers(0, 1000), gain=st.floats(0.01, 4), seconds=st.floats(3, 8))
def test_energy_and_danceability_lie_between_0_and_1(seed: int, gain: float, seconds: float) -> None:
    analysis = of(gain * song(seed, seconds=seconds))
    assert 0 <= energy(analysis) <= 1  # type: ignore[operator]
    assert 0 <= danceability(analysis) <= 1  # type: ignore[operator]
