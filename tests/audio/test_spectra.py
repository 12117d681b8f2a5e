"""Spectra of a stream: powers are mean squares, and how the stream was cut does not show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from little_sounds import noise, sine, song
from songkin.audio.spectra import FRAMES_A_SECOND, Spectra, k_weights, spectra


def joined(pieces: list[np.ndarray]) -> Spectra:
    batches = list(spectra(pieces))
    return Spectra(*(np.concatenate(part) for part in zip(*batches, strict=True)))


def test_power_is_the_mean_square() -> None:
    found = joined([sine(1000, seconds=2, amplitude=0.6)])
    assert found.power[5:-5] == pytest.approx(0.18, rel=1e-3)
    assert joined([noise(seconds=10, level=0.2)]).power.mean() == pytest.approx(0.04, rel=0.03)


def test_a_constant_has_power_but_none_that_sounds() -> None:
    found = joined([np.full(44_100, 0.5, np.float32)])
    assert found.whole_power[5:-5] == pytest.approx(0.25, rel=1e-3)
    assert found.power[5:-5].max() < 1e-7


def test_frames_cover_the_whole_and_chroma_comes_with_every_fourth() -> None:
    found = joined([noise(seconds=30)])
    assert len(found.power) == int(30 * FRAMES_A_SECOND) + 1
    assert len(found.chroma) == -(-len(found.power) // 4)
    assert found.bands_db.shape == (len(found.power), 40)


@pytest.mark.parametrize("samples", [0, 1, 511, 512, 2048, 131_072, 131_073, 135_168])
def test_any_number_of_samples_will_do(samples: int) -> None:
    batches = list(spectra([np.ones(samples, np.float32)]))
    assert sum(len(batch.power) for batch in batches) == (samples // 512 + 1 if samples else 0)


WHOLE = song(seconds=8)


@settings(max_examples=10)
@given(cuts=st.lists(st.integers(0, len(WHOLE)), max_size=6))
def test_how_the_stream_is_cut_does_not_show(cuts: list[int]) -> None:
    pieces = np.split(WHOLE, sorted(cuts))
    for ours, theirs in zip(joined(pieces), joined([WHOLE]), strict=True):
        assert np.array_equal(ours, theirs)


def test_k_weighting_has_the_gains_of_the_standard() -> None:
    gains = 10 * np.log10(k_weights(np.array([38.0, 997.0, 10_000.0])))
    assert gains == pytest.approx([-6.0, 0.691, 4.0], abs=0.15)
