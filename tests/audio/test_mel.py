"""The mel scale and its filters, against the scale's own landmarks and librosa's convention."""

from __future__ import annotations

import numpy as np
import pytest

from songkin.audio.mel import cepstra, from_mel, mel_centres, mel_filters, to_mel

BINS = np.arange(1025) * 22_050 / 2048


@pytest.mark.parametrize(("hz", "mel"), [(0, 0), (200 / 3, 1), (1000, 15), (6400, 42)])
def test_landmarks_of_slaneys_scale(hz: float, mel: float) -> None:
    assert to_mel(hz) == pytest.approx(mel)
    assert from_mel(mel) == pytest.approx(hz)


def test_there_and_back_is_where_one_was() -> None:
    hz = np.geomspace(10, 11_000, 50)
    assert from_mel(to_mel(hz)) == pytest.approx(hz)


def test_between_the_outer_middles_the_bands_share_all_power() -> None:
    filters = mel_filters(40, bin_hz=BINS, low_hz=30, high_hz=11_000)
    middles = mel_centres(40, low_hz=30, high_hz=11_000)
    inside = (middles[0] <= BINS) & (middles[-1] >= BINS)
    assert filters.shape == (1025, 40)
    assert filters.sum(1)[inside] == pytest.approx(1, abs=1e-5)
    assert (filters.sum(0) > 0.9).all(), "no band is empty"


def test_cepstra_of_a_flat_spectrum_are_its_level_and_nothing_else() -> None:
    assert cepstra(np.full((2, 40), -20.0, np.float32), 12) == pytest.approx(
        np.tile([-20 * np.sqrt(40)] + [0] * 11, (2, 1)), abs=1e-3
    )


def test_all_cepstra_keep_the_length_of_the_bands() -> None:
    bands = np.random.default_rng(0).normal(size=(3, 40)).astype(np.float32)
    assert np.linalg.norm(cepstra(bands, 40), axis=1) == pytest.approx(np.linalg.norm(bands, axis=1), rel=1e-4)


def test_the_second_cepstrum_rises_where_the_low_bands_are_louder() -> None:
    falling = np.linspace(0, -60, 40, dtype=np.float32)
    assert cepstra(falling[None], 2)[0, 1] > 0 > cepstra(falling[None, ::-1], 2)[0, 1]
