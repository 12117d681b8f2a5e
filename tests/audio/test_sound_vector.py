"""The sound vector: unit length, deaf to key and level, and two halves of one recording are near."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from little_sounds import cadence, chords, clicks, drums, noise, sine, song, waveform
from songkin.audio import SOUND_DIM, analyse, sound_vector
from songkin.audio.vector import PARTS, Scale, measures, part_slices, scaled


def of(samples: np.ndarray) -> np.ndarray:
    return sound_vector(analyse(waveform(samples)))


@settings(max_examples=15)
@given(seed=st.integers(0, 99), length=st.integers(0, 200_000), gain=st.sampled_from([0.0, 1e-6, 0.01, 1.0, 8.0]))
def test_a_vector_has_unit_length_or_is_zeros(seed: int, length: int, gain: float) -> None:
    vector = of(gain * song(seed)[:length])
    assert vector.shape == (SOUND_DIM,)
    assert vector.dtype == np.float32
    assert np.isfinite(vector).all()
    heard = length > 2000 and gain >= 0.01
    assert np.linalg.norm(vector) == pytest.approx(1 if heard or vector.any() else 0, abs=1e-5)


def test_silence_has_no_direction() -> None:
    assert not of(np.zeros(50_000)).any()
    assert not of(np.zeros(0)).any()


def test_the_same_sound_has_the_same_vector() -> None:
    assert np.array_equal(of(song(3)), of(song(3)))


def test_turning_it_up_leaves_the_vector_where_it_was() -> None:
    whole = song(2, seconds=12)
    assert of(whole) @ of(0.4 * whole) > 0.95


def test_transposing_moves_the_vector_less_than_another_sound() -> None:
    home, tone, fourth = (of(cadence(tonic, major=True)) for tonic in (0, 2, 5))
    other = of(drums(100, seconds=4))
    assert home @ tone > 0.6 > 0.4 > home @ other
    assert home @ fourth > home @ other + 0.3


def test_the_harmony_of_a_transposed_cadence_is_the_same() -> None:
    harmony = part_slices()["harmony"]
    home, away = (measures(analyse(waveform(cadence(tonic, major=False))))[harmony] for tonic in (0, 4))
    assert home == pytest.approx(away, abs=0.08)


def test_other_halves_are_nearer_than_other_sounds() -> None:
    wholes = [
        drums(80, seconds=20),
        drums(150, seconds=20, seed=1),
        np.tile(cadence(0, major=True), 4)[: 20 * 22_050],
        np.tile(chords([[48, 55], [53, 60]], seconds=2, harmonics=2), 5),
        noise(seconds=20),
        clicks(100),
    ]
    halves = [half for whole in wholes for half in np.array_split(whole, 2)]
    vectors = np.stack([of(half) for half in halves])
    likeness = vectors @ vectors.T - 2 * np.eye(len(vectors))
    assert (likeness.argmax(1) == np.arange(len(vectors)) ^ 1).all()


def test_parts_lie_side_by_side_and_fill_the_vector() -> None:
    parts = part_slices()
    assert list(parts) == list(PARTS)
    assert [part.stop - part.start for part in parts.values()] == list(PARTS.values())
    assert next(iter(parts.values())).start == 0
    assert max(part.stop for part in parts.values()) == SOUND_DIM


def test_scaling_is_clipping_mixing_and_unit_length() -> None:
    raw = np.zeros((2, SOUND_DIM), np.float32)
    raw[0, 0], raw[0, 1], raw[1, 5] = 30.0, 4.0, -1.0
    plain = Scale(np.zeros(SOUND_DIM), np.full(SOUND_DIM, 1.0), np.eye(SOUND_DIM))
    expected = np.zeros((2, SOUND_DIM))
    expected[0, :2], expected[1, 5] = np.sqrt(0.5), -1
    assert scaled(raw, scale=plain) == pytest.approx(expected, abs=1e-6)


def test_a_short_sound_has_a_vector_too() -> None:
    assert np.linalg.norm(of(sine(440, seconds=0.2))) == pytest.approx(1, abs=1e-5)
