"""Golden-section search finds the peak of a curve that has one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from songkin.training.irvine.golden import RATIO, golden


@given(some.floats(-5, 5), some.floats(0.01, 10))
def test_the_peak_of_a_parabola_is_found(top: float, width: float) -> None:
    found = golden(lambda at: -(((at - top) / width) ** 2), -6, 6, tolerance=1e-3)
    assert found.at == pytest.approx(top, abs=2e-3)


@pytest.mark.parametrize("top", [0.0, 1.0])
def test_a_peak_at_the_end_is_found(top: float) -> None:
    assert golden(lambda at: -abs(at - top), 0, 1, tolerance=1e-3).at == pytest.approx(top, abs=1e-3)


def test_the_first_points_are_the_golden_sections_and_each_step_asks_one() -> None:
    path = golden(lambda at: -((at - 0.3) ** 2), 0, 1, tolerance=0.01).path
    assert [at for at, _ in path[:3]] == pytest.approx([0.381966, 0.618034, 0.236068], abs=1e-6)
    assert len(path) == 2 + math.ceil(math.log(0.01) / math.log(RATIO))


def test_each_point_asked_is_new() -> None:
    asked: list[float] = []
    golden(lambda at: asked.append(at) or -((at - 0.7) ** 2), 0, 1)  # type: ignore[func-returns-value]
    assert len(asked) == len(set(asked))


def test_a_flat_curve_is_high_everywhere() -> None:
    found = golden(lambda at: 1.0, 0, 1)
    assert found.value == 1.0
    assert 0 <= found.at <= 1


def test_an_interval_that_is_narrow_already_is_asked_once() -> None:
    assert golden(lambda at: at, 0.5, 0.5).path == ((0.5, 0.5),)


@pytest.mark.parametrize(("low", "high", "tolerance"), [(1, 0, 0.1), (0, math.inf, 0.1), (math.nan, 1, 0.1), (0, 1, 0)])
def test_what_is_no_interval_is_an_error(low: float, high: float, tolerance: float) -> None:
    with pytest.raises(ValueError, match="no interval"):
        golden(lambda at: at, low, high, tolerance=tolerance)
