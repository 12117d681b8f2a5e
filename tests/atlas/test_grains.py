"""Grains: as many groups as asked, each within one of the coarser, and the same again for the same seed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from songkin.atlas.grains import grains, how_many, seats


def scattered(n: int, *, dim: int = 5, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, dim))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def lies_within(finer: np.ndarray, coarser: np.ndarray) -> bool:
    """Say whether each finer group has all its vectors in one coarser group."""
    return all(len(set(coarser[finer == label].tolist())) == 1 for label in set(finer.tolist()))


@pytest.mark.parametrize(
    ("songs", "counts"),
    [(0, ()), (1, (1, 1, 1)), (3, (1, 1, 2)), (150, (4, 9, 15)), (4112, (8, 24, 72)), (100_000, (8, 24, 72))],
)
def test_how_many_themes_there_are_grows_with_the_library(songs: int, counts: tuple[int, ...]) -> None:
    assert how_many(songs) == counts


@settings(max_examples=30, deadline=None)
@given(some.integers(1, 40), some.lists(some.integers(1, 20), min_size=1, max_size=3).map(sorted), some.integers(0, 3))
def test_each_grain_lies_within_the_coarser_one(n: int, counts: list[int], seed: int) -> None:
    labels = grains(scattered(n, seed=seed), counts, seed=seed).labels
    assert labels.shape == (len(counts), n)
    for coarser, finer in pairwise(labels):
        assert lies_within(finer, coarser)
    for row, count in zip(labels, counts, strict=True):
        assert len(set(row.tolist())) == min(n, count)
        assert (np.diff(np.bincount(row)) <= 0).all()


def test_the_others_of_a_large_library_go_to_the_nearest_group() -> None:
    found = grains(scattered(300), (2, 6), limit=120)
    assert found.sampled == 120
    assert found.labels.shape == (2, 300)
    assert lies_within(found.labels[1], found.labels[0])
    np.testing.assert_array_equal(found.labels, grains(scattered(300), (2, 6), limit=120).labels)


def test_equal_vectors_are_one_group_at_every_grain() -> None:
    labels = grains(np.ones((12, 4), np.float32), (1, 3, 5)).labels
    assert not labels.any()


def test_no_vectors_give_no_group() -> None:
    assert grains(np.empty((0, 4), np.float32), (1, 3)).labels.shape == (2, 0)


@given(some.lists(some.tuples(some.floats(0, 100), some.integers(1, 9)), max_size=8), some.integers(0, 40))
def test_every_group_gets_a_share_it_can_fill(groups: list[tuple[float, int]], total: int) -> None:
    most = [size for _, size in groups]
    shares = seats([weight for weight, _ in groups], total, most)
    assert all(1 <= share <= size for share, size in zip(shares, most, strict=True))
    assert sum(shares) == max(min(total, sum(most)), len(groups))
