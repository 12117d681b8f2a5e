"""Intervals and comparisons of systems."""

from __future__ import annotations

import math

import numpy as np
import pytest

from songkin.evaluation import compare, interval


def test_values_that_are_all_equal_leave_no_doubt() -> None:
    assert interval([0.5] * 9) == (0.5, 0.5, 0.5)


def test_no_values_give_nan() -> None:
    assert all(math.isnan(bound) for bound in interval([]))
    assert compare([], []).p == 1.0


def test_the_interval_of_a_coin_is_that_of_the_normal_law() -> None:
    found = interval([0.0, 1.0] * 200)
    assert found.mean == 0.5
    assert found.low == pytest.approx(0.5 - 1.96 * 0.5 / 20, abs=0.005)
    assert found.high == pytest.approx(0.5 + 1.96 * 0.5 / 20, abs=0.005)
    assert interval([0.0, 1.0] * 200, level=0.5).low > found.low


def test_equal_seeds_give_equal_answers() -> None:
    values = np.arange(30.0)
    assert interval(values, seed=3) == interval(values, seed=3) != interval(values, seed=4)
    assert compare(values, values[::-1], seed=3) == compare(values, values[::-1], seed=3)


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        ([1, 1, 1], [0, 0, 0], 2 / 8),  # only all swaps and no swap are as extreme
        ([1, 1, 0], [0, 0, 1], 1.0),  # a mean of 1/3, and no swap comes nearer to 0
        ([2, 1], [0, 0], 2 / 4),
        ([1, 0], [1, 0], 1.0),
    ],
)
def test_few_queries_are_counted_out(first: list[float], second: list[float], p: float) -> None:
    found = compare(first, second)
    assert found.p == p
    assert found.mean == pytest.approx(np.mean(first) - np.mean(second))


def test_the_test_of_many_queries_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(0)
    first, second = rng.random(60) + 0.08, rng.random(60)
    theirs = stats.permutation_test(
        (first, second),
        lambda a, b, axis: np.mean(a - b, axis=axis),
        permutation_type="samples",
        n_resamples=9999,
        vectorized=True,
        rng=1,
    )
    assert compare(first, second).p == pytest.approx(theirs.pvalue, abs=0.02)


def test_a_clear_difference_is_significant_and_its_bounds_leave_out_zero() -> None:
    rng = np.random.default_rng(0)
    second = rng.random(100)
    found = compare(second + 0.3 + 0.1 * rng.random(100), second)
    assert found.p < 0.001
    assert 0.3 < found.low < found.mean < found.high < 0.4


def test_systems_must_answer_the_same_queries() -> None:
    with pytest.raises(ValueError, match="same queries"):
        compare([1.0], [1.0, 2.0])
