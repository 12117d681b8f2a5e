"""Tallies: measures are those of scikit-learn, and songs of one artist are drawn together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from songkin.evaluation.calibration import expected_calibration_error
from songkin.evaluation.tallies import accuracy, averaged, calibration, compare_by, interval_by, macro_f1, mean


@settings(max_examples=30)
@given(st.integers(1, 50), st.integers(1, 5), st.integers(0, 999))
def test_values_are_those_of_scikit_learn(n: int, classes: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    said, true = rng.integers(classes, size=(2, n))
    assert accuracy(said, true).value == pytest.approx(accuracy_score(true, said))
    assert macro_f1(said, true, classes).value == pytest.approx(f1_score(true, said, average="macro"))
    chances = rng.uniform(size=n)
    assert calibration(chances, true > 0).value == pytest.approx(expected_calibration_error(chances, true > 0))


def test_a_song_that_is_not_labelled_counts_against_its_class() -> None:
    assert macro_f1([0, -1, 1], [0, 0, 1], 2).value == pytest.approx((2 / 3 + 1) / 2)


def test_the_mean_of_measures_leaves_out_those_that_are_not_there() -> None:
    assert averaged([mean([1.0, 0.0]), mean([1.0, 1.0]), mean([np.nan, np.nan])]).value == 0.75


def test_songs_of_one_artist_are_drawn_together() -> None:
    right = np.repeat([1.0, 0.0, 1.0, 0.0, 1.0, 1.0], 50)
    alone, together = np.arange(300), np.repeat(np.arange(6), 50)
    narrow, wide = interval_by(mean(right), alone), interval_by(mean(right), together)
    assert narrow.mean == wide.mean == pytest.approx(4 / 6)
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)
    assert wide == interval_by(mean(right), together)


def test_the_better_system_is_told_and_equal_ones_are_not() -> None:
    rng = np.random.default_rng(1)
    true = rng.integers(2, size=400)
    good = np.where(rng.uniform(size=400) < 0.9, true, 1 - true)
    poor = np.where(rng.uniform(size=400) < 0.6, true, 1 - true)
    groups = np.arange(400) // 2
    found = compare_by(accuracy(good, true), accuracy(poor, true), groups)
    assert found.low > 0.1
    assert found.p < 0.001
    assert compare_by(accuracy(good, true), accuracy(good, true), groups).p == 1.0


def test_no_songs_have_no_value() -> None:
    nothing = mean([])
    assert np.isnan(nothing.value)
    assert np.isnan(interval_by(nothing, np.array([], np.int64)).low)
    assert compare_by(nothing, nothing, np.array([], np.int64)).p == 1.0
