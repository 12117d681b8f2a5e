"""Calibration: a chance that comes true as often as it says is well calibrated, and the numbers are the field's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from songkin.evaluation.calibration import brier, expected_calibration_error, reliability


def test_the_error_by_hand() -> None:
    chances, truths = [0.25, 0.25, 0.85, 0.95], [0, 1, 1, 1]  # bins .2: |.25 - .5| twice; .8: .15; .9: .05
    assert expected_calibration_error(chances, truths) == pytest.approx((2 * 0.25 + 0.15 + 0.05) / 4)
    assert brier(chances, truths) == pytest.approx((0.0625 + 0.5625 + 0.0225 + 0.0025) / 4)


def test_borders_count_above_and_one_in_the_last_bin() -> None:
    counts = [one.n for one in reliability([0.0, 0.5, 1.0], [0, 1, 1], bins=2)]
    assert counts == [1, 2]


def test_rows_of_which_nothing_was_said_are_left_out() -> None:
    assert expected_calibration_error([0.5, np.nan, 0.3], [1, 1, np.nan]) == 0.5
    assert brier([0.5, np.nan], [1, 1]) == 0.25


def test_no_rows_have_no_error_and_empty_bins() -> None:
    assert np.isnan(expected_calibration_error([], []))
    assert np.isnan(brier([], []))
    found = reliability([], [])
    assert [one.n for one in found] == [0] * 10
    assert np.isnan(found[0].mean)


@given(st.integers(1, 60), st.integers(2, 12), st.integers(0, 999))
def test_bins_are_those_of_scikit_learn(n: int, bins: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    chances, truths = rng.uniform(size=n), rng.integers(2, size=n)
    shares, means = calibration_curve(truths, chances, n_bins=bins)
    found = [one for one in reliability(chances, truths, bins=bins) if one.n]
    assert [one.share for one in found] == pytest.approx(shares.tolist())
    assert [one.mean for one in found] == pytest.approx(means.tolist())
    assert brier(chances, truths) == pytest.approx(brier_score_loss(truths, chances, pos_label=1))
    assert 0 <= expected_calibration_error(chances, truths, bins=bins) <= 1


@given(st.integers(1, 9), st.integers(1, 40))
def test_what_comes_true_as_often_as_it_says_has_no_error(tenths: int, times: int) -> None:
    chances = np.full(10 * times, tenths / 10)
    truths = np.tile(np.arange(10) < tenths, times)
    assert expected_calibration_error(chances, truths) == pytest.approx(0, abs=1e-9)
