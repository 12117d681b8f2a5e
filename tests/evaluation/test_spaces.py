"""Spaces: collapsed ones are told from wide ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.evaluation.spaces import effective_rank, mean_cosine, shared_neighbours, spread


def test_the_mean_cosine_of_pairs_by_hand() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 0.0]])  # cosines 0, 1, 0
    assert mean_cosine(vectors) == pytest.approx(1 / 3)


def test_the_effective_rank_by_hand() -> None:
    assert effective_rank(np.eye(4)) == pytest.approx(4.0)
    assert effective_rank(np.diag([3.0, 1.0])) == pytest.approx((4 / 3) ** 0.75 * 4**0.25)
    assert effective_rank(np.ones((5, 3))) == pytest.approx(1.0)


def test_a_space_of_little_or_nothing_has_a_defined_spread() -> None:
    assert spread(np.zeros((0, 3))) == (0.0, 0.0)
    assert spread(np.zeros((4, 3))) == (0.0, 0.0)
    assert spread(np.array([[0.0, 5.0]])) == (0.0, pytest.approx(1.0))


@given(st.integers(2, 12), st.integers(2, 8), st.integers(0, 999))
def test_the_mean_cosine_is_that_of_all_pairs_and_the_rank_lies_in_its_range(n: int, dim: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(n, dim))
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    pairs = (units @ units.T)[np.triu_indices(n, 1)]
    assert mean_cosine(vectors) == pytest.approx(pairs.mean(), abs=1e-9)
    assert 1 - 1e-9 <= effective_rank(vectors) <= min(n, dim) + 1e-9


def test_neighbours_are_kept_however_wide_a_space_is_and_lost_where_it_is_another() -> None:
    own = np.random.default_rng(1).normal(size=(40, 6)).astype(np.float32)
    own /= np.linalg.norm(own, axis=1, keepdims=True)
    wider = np.pad(own, ((0, 0), (2, 3)))
    assert shared_neighbours(own, wider) == 1.0
    assert shared_neighbours(own, own[::-1], near=5) < 0.4
    assert shared_neighbours(own[:1], own[:1]) == 0.0
