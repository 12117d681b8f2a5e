"""Stability: songs of groups that are there stay, songs of groups that are not there do not."""

from __future__ import annotations

import numpy as np
import pytest

from songkin.atlas.grains import grains
from songkin.atlas.stability import staying, stays


def clumps(each: int) -> np.ndarray:
    random = np.random.default_rng(0)
    rows = np.repeat(np.eye(4), each, axis=0) + 0.02 * random.normal(size=(4 * each, 4))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_groups_one_can_see_keep_all_their_songs() -> None:
    vectors = clumps(15)
    (stable,) = staying(vectors, grains(vectors, (4,)).labels, (4,))
    assert stable.overall == 1.0
    np.testing.assert_array_equal(stable.groups, [1.0] * 4)


def test_groups_cut_at_random_do_not() -> None:
    vectors = np.random.default_rng(1).normal(size=(120, 20)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    (stable,) = staying(vectors, grains(vectors, (10,)).labels, (10,))
    assert stable.overall < 0.7


def test_groups_are_matched_one_to_one_the_largest_overlap_first() -> None:
    old = np.array([0, 0, 0, 1, 1, 2], np.int32)
    new = np.array([1, 1, 0, 0, 0, 0], np.int32)  # 1 with 0 shares two, 0 with 1 two; 2 is left without
    np.testing.assert_array_equal(stays(old, new), [True, True, False, True, True, False])


def test_no_songs_and_one_song_are_defined() -> None:
    (nothing,) = staying(np.empty((0, 3), np.float32), np.empty((1, 0), np.int32), (1,))
    assert np.isnan(nothing.overall)
    assert nothing.groups.shape == (0,)
    (one,) = staying(np.ones((1, 3), np.float32), np.zeros((1, 1), np.int32), (1,))
    assert np.isnan(one.overall)


@pytest.mark.parametrize(("n", "said"), [(2, False), (4, False), (5, True)])
def test_of_fewer_than_five_songs_a_fifth_is_none_and_nothing_is_said(n: int, said: bool) -> None:
    vectors = np.ones((n, 3), np.float32)
    (stable,) = staying(vectors, np.zeros((1, n), np.int32), (1,))
    assert [np.isnan(stable.overall), *np.isnan(stable.groups)] == [not said] * 2


def test_groups_of_one_song_each_stay_by_themselves_which_says_nothing() -> None:
    vectors = np.eye(8, dtype=np.float32)
    coarse, fine = staying(vectors, grains(vectors, (2, 8)).labels, (2, 8))
    assert not np.isnan(coarse.overall)
    assert np.isnan(fine.overall)
    assert np.isnan(fine.groups).tolist() == [True] * 8


def test_a_group_of_one_song_does_not_count() -> None:
    vectors = np.vstack([clumps(15), -clumps(1)])  # four lone ones far from all others and from each other
    labels = grains(vectors, (8,)).labels
    (stable,) = staying(vectors, labels, (8,))
    lone = np.bincount(labels[0]) == 1
    assert lone.sum() == 4
    assert np.isnan(stable.groups).tolist() == lone.tolist()
    assert np.nanmin(stable.groups) <= stable.overall <= np.nanmax(stable.groups)
