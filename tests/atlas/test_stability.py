"""Stability: songs of groups that are there stay, songs of groups that are not there do not."""

from __future__ import annotations

import numpy as np

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
    assert one.overall == 1.0
