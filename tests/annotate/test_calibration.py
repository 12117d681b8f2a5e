"""What scores mean: probabilities that rise, intervals around their values, choices that sum to 1."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.annotate.calibration import Choice, Curve, Logistic

SHARES = st.floats(0, 1)
SCORES = st.floats(-50, 50)


def curves() -> st.SearchStrategy[Curve]:
    """Curves whose places and levels rise, lows below values below highs, as they are fitted."""

    def made(rows: list[tuple[float, float, float, float]]) -> Curve:
        places, *levels = np.array([(place, *sorted(level)) for place, *level in rows]).T
        lows, values, highs = (tuple(np.maximum.accumulate(level).tolist()) for level in levels)
        return Curve(tuple(sorted(places.tolist())), values, lows, highs)

    return st.lists(st.tuples(SCORES, SHARES, SHARES, SHARES), min_size=1, max_size=9).map(made)


@given(curves(), SCORES, SCORES)
def test_a_value_lies_in_its_interval_and_never_falls(curve: Curve, one: float, other: float) -> None:
    less, more = curve(min(one, other)), curve(max(one, other))
    for own in (less, more):
        assert 0 <= own.low <= own.value + 1e-12
        assert own.value <= own.high + 1e-12
        assert own.high <= 1
    assert all(a <= b + 1e-9 for a, b in zip(less, more, strict=True))


def test_between_its_places_a_curve_is_straight_and_beyond_them_level() -> None:
    curve = Curve((0.0, 1.0), (0.2, 0.6), (0.1, 0.3), (0.3, 1.0))
    assert curve(0.5) == pytest.approx((0.4, 0.2, 0.65))
    assert curve(-9.0) == pytest.approx((0.2, 0.1, 0.3))
    assert curve(9.0) == pytest.approx((0.6, 0.3, 1.0))


@given(st.floats(0, 50), SCORES, st.lists(SCORES, min_size=2, max_size=9))
def test_a_probability_rises_with_its_score(slope: float, shift: float, scores: list[float]) -> None:
    p = Logistic(slope, shift)(np.sort(np.array(scores)))
    assert ((p >= 0) & (p <= 1)).all()
    assert (np.diff(p) >= 0).all()


def test_a_probability_is_platts() -> None:
    np.testing.assert_allclose(Logistic(2.0, -1.0)(np.array([0.5, 1.0])), [0.5, 1 / (1 + np.exp(-1))])


WEIGHTS = st.lists(st.tuples(st.floats(-20, 20), st.floats(-20, 20)), min_size=3, max_size=3)


@given(st.lists(st.lists(SCORES, min_size=2, max_size=2), max_size=6), WEIGHTS)
def test_rows_of_a_choice_sum_to_1(scores: list[list[float]], weights: list[tuple[float, float]]) -> None:
    choice = Choice(("a", "b", "c"), ("x", "y"), tuple(weights), (0.0, 1.0, -1.0), (0.8, 0.1, 0.1))
    p = choice(np.array(scores).reshape(-1, 2))
    np.testing.assert_allclose(p.sum(1), 1)
    assert (p >= 0).all()
    assert len(choice.said(p)) == len(scores)


def two(lift: float = 0.0) -> Choice:
    return Choice(("rock", "jazz"), ("x",), ((1.0,), (-1.0,)), (0.0, 0.0), (0.9, 0.1), lift)


def test_a_choice_is_the_softmax_of_weighed_scores() -> None:
    np.testing.assert_allclose(two()(np.array([[0.0], [0.5]])), [[0.5, 0.5], [np.e / (np.e + 1), 1 / (np.e + 1)]])


def test_without_lift_the_likeliest_name_is_said_and_with_it_a_rare_one_that_stands_out() -> None:
    p = np.array([[0.6, 0.4]])
    assert two().said(p) == [0]
    assert two(lift=0.5).said(p) == [1]


def test_a_choice_of_no_scores_or_no_names_is_none() -> None:
    assert two()(np.zeros((0, 1))).shape == (0, 2)
    assert two().said(np.zeros((0, 2))) == []
    assert Choice((), ("x",), (), (), ())(np.ones((3, 1))).shape == (3, 0)
