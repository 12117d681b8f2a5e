"""Correlation: what a third thing explains of both is taken out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from songkin.evaluation.correlation import partial_spearman, ranks, spearman


@given(st.lists(st.integers(0, 9), min_size=3, max_size=40), st.integers(0, 999))
def test_ranks_and_correlations_are_those_of_scipy(values: list[int], seed: int) -> None:
    other = np.random.default_rng(seed).integers(5, size=len(values))
    assert ranks(values).tolist() == stats.rankdata(values).tolist()
    if len(set(values)) > 1 and len(set(other.tolist())) > 1:
        assert spearman(values, other) == pytest.approx(stats.spearmanr(values, other).statistic)


@given(st.integers(5, 40), st.integers(0, 999))
def test_one_control_is_taken_out_as_the_formula_says(n: int, seed: int) -> None:
    x, y, z = np.random.default_rng(seed).normal(size=(3, n)).round(1)
    xy, xz, yz = spearman(x, y), spearman(x, z), spearman(y, z)
    assume(max(abs(xz), abs(yz)) < 0.999)
    by_hand = (xy - xz * yz) / np.sqrt((1 - xz**2) * (1 - yz**2))
    assert partial_spearman(x, y, [z]) == pytest.approx(by_hand, abs=1e-6)


def test_what_only_a_third_thing_joins_is_not_joined_without_it() -> None:
    rng = np.random.default_rng(0)
    fame = rng.normal(size=3000)
    one, other = fame + rng.normal(size=3000), fame + rng.normal(size=3000)
    assert spearman(one, other) > 0.4
    assert abs(partial_spearman(one, other, [fame])) < 0.08


def test_values_that_never_change_or_are_the_control_itself_have_no_correlation() -> None:
    assert np.isnan(spearman([1, 1, 1], [1, 2, 3]))
    assert np.isnan(partial_spearman([1, 2, 3, 4], [2, 1, 4, 3], [[10, 20, 30, 40]]))
    assert np.isnan(spearman([], []))
    assert np.isnan(spearman([1], [2]))
