"""Key and mode of scales, triads and cadences in all 24 keys."""

from __future__ import annotations

import numpy as np
import pytest

from little_sounds import cadence, chords, noise, scale, sine, waveform
from songkin.audio import KEYS, analyse, key, mode
from songkin.audio.keys import MAJOR, MINOR, tonality

ALL = [(tonic, major) for tonic in range(12) for major in (True, False)]
NAMED = [f"{KEYS[tonic]} {'major' if major else 'minor'}" for tonic, major in ALL]


def told(samples: np.ndarray) -> tuple[float | None, float | None]:
    analysis = analyse(waveform(samples))
    return key(analysis), mode(analysis)


@pytest.mark.parametrize(("tonic", "major"), ALL, ids=NAMED)
def test_scales_cadences_and_triads_are_in_their_key(tonic: int, major: bool) -> None:
    triad = [60 + tonic, 60 + tonic + (4 if major else 3), 67 + tonic]
    assert told(scale(tonic, major=major)) == (tonic, major)
    assert told(cadence(tonic, major=major)) == (tonic, major)
    assert told(chords([triad] * 3)) == (tonic, major)


@pytest.mark.parametrize("tonic", range(12))
def test_a_profile_turned_is_the_key_it_was_turned_to(tonic: int) -> None:
    for number, profile in ((1, MAJOR), (0, MINOR)):
        found = tonality(np.roll(profile, tonic))
        assert found is not None
        assert (found.key, found.mode) == (tonic, number)
        assert found.fit == pytest.approx(1)


@pytest.mark.parametrize("samples", [noise(seconds=5), np.zeros(50_000), np.zeros(0), sine(440, seconds=3)])
def test_noise_silence_and_a_single_sine_are_in_no_key(samples: np.ndarray) -> None:
    assert told(samples) == (None, None)


def test_no_pitch_and_equal_pitches_have_no_tonality() -> None:
    assert tonality(np.zeros(12)) is None
    assert tonality(np.ones(12)) is None
