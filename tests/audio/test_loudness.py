"""Loudness against the standard's own test signals and against its filters run in the time domain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import lfilter

from little_sounds import noise, sine, song, waveform, written
from songkin.audio import analyse, listen, loudness_db


def by_the_book(samples: np.ndarray, rate: int = 48_000) -> float:
    """BS.1770-4 with its filters for 48 kHz, in the time domain; samples (n, channels)."""
    shelf = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
    high_pass = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
    heard = lfilter(*high_pass, lfilter(*shelf, samples, axis=0), axis=0)
    size, step = int(0.4 * rate), int(0.1 * rate)
    starts = range(0, len(heard) - size + 1, step)
    power = np.array([np.mean(heard[start : start + size] ** 2, axis=0).sum() for start in starts])
    db = -0.691 + 10 * np.log10(power + 1e-20)
    loud = power[db > -70]
    gate = -0.691 + 10 * np.log10(loud.mean()) - 10
    return float(-0.691 + 10 * np.log10(power[db > max(gate, -70)].mean()))


@pytest.mark.parametrize(("amplitude_db", "lufs"), [(0, -3.01), (-20, -23.01), (-40, -43.01)])
def test_a_sine_of_997_hz_has_the_loudness_the_standard_gives_it(amplitude_db: float, lufs: float) -> None:
    tone = sine(997, seconds=10, amplitude=10 ** (amplitude_db / 20))
    assert loudness_db(analyse(waveform(tone))) == pytest.approx(lufs, abs=0.05)


def test_two_channels_are_three_db_louder_than_one(tmp_path: Path) -> None:
    tone = sine(997, seconds=5, amplitude=0.5, rate=48_000)
    one = listen(written(tmp_path / "one.wav", tone, rate=48_000)).features["loudness_db"]
    two = listen(written(tmp_path / "two.wav", np.stack((tone, tone), 1), rate=48_000)).features["loudness_db"]
    assert two - one == pytest.approx(3.01, abs=0.02)


@pytest.mark.parametrize("which", ["white noise", "wide noise", "song", "loud and soft", "high tone"])
def test_loudness_is_that_of_the_standard_within_half_a_db(tmp_path: Path, which: str) -> None:
    rate = 48_000
    left, right = noise(seconds=6, rate=rate), noise(seconds=6, rate=rate, seed=1)
    stereo = {
        "white noise": np.stack((left, left), 1),
        "wide noise": np.stack((left, right), 1),
        "song": np.repeat(song(seconds=6), 1)[:, None],
        "loud and soft": np.concatenate((left, 0.01 * left, np.zeros(rate), 0.3 * left))[:, None],
        "high tone": sine(15_000, seconds=6, amplitude=0.5, rate=rate)[:, None],
    }[which]
    path = written(tmp_path / "a.wav", stereo, rate=rate, subtype="FLOAT")
    assert listen(path).features["loudness_db"] == pytest.approx(by_the_book(stereo), abs=0.5)


def test_channels_that_cancel_are_loud_all_the_same(tmp_path: Path) -> None:
    left = sine(997, seconds=5, amplitude=0.5)
    heard = listen(written(tmp_path / "a.wav", np.stack((left, -left), 1)))
    assert heard.features["loudness_db"] == pytest.approx(-6.0, abs=1)
    assert heard.features.keys() == {"loudness_db"}


def test_twice_the_amplitude_is_six_db_louder() -> None:
    soft, loud = (loudness_db(analyse(waveform(gain * song()))) for gain in (0.25, 0.5))
    assert soft is not None
    assert loud == pytest.approx(soft + 6.02, abs=0.05)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(30_000), 1e-5 * sine(440)])
def test_silence_has_no_loudness(samples: np.ndarray) -> None:
    assert loudness_db(analyse(waveform(samples))) is None


def test_silence_around_a_sound_does_not_count() -> None:
    tone, still = sine(997, seconds=5), np.zeros(5 * 22_050, np.float32)
    alone, within = (loudness_db(analyse(waveform(x))) for x in (tone, np.concatenate((still, tone, still))))
    assert alone is not None
    assert within == pytest.approx(alone, abs=0.3)
