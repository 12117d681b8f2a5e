"""Neighbours and outliers: exact, as scikit-learn has them, and defined for few songs and equal ones."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import LocalOutlierFactor

from songkin.atlas.outliers import local_outlier_factor, neighbours


def scattered(n: int, *, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, 6))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_the_factor_is_that_of_scikit_learn() -> None:
    vectors = scattered(80)
    theirs = -LocalOutlierFactor(n_neighbors=15, metric="cosine").fit(vectors).negative_outlier_factor_
    np.testing.assert_allclose(local_outlier_factor(neighbours(vectors)), theirs, rtol=1e-3)


def test_a_song_far_from_a_dense_crowd_stands_out() -> None:
    crowd = np.array([1, 0, 0], np.float32) + 0.01 * np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    vectors = np.vstack([crowd, [[0, 1, 0]]]).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert local_outlier_factor(neighbours(vectors)).argmax() == 40


def test_neighbours_come_nearest_first_and_never_oneself() -> None:
    vectors = np.array([[1, 0], [0.8, 0.6], [0, 1], [0.6, 0.8]], np.float32)
    found = neighbours(vectors, near=2)
    np.testing.assert_array_equal(found.places, [[1, 3], [3, 0], [3, 1], [1, 2]])
    np.testing.assert_allclose(found.cosines[0], [0.8, 0.6], atol=1e-6)


def test_neighbours_are_sought_among_some_for_some() -> None:
    vectors = scattered(30)
    among, rows = np.array([3, 4, 9, 20]), np.array([9, 25])
    found = neighbours(vectors, near=2, among=among, rows=rows)
    assert found.places.shape == (2, 2)
    assert set(found.places[0].tolist()) <= {3, 4, 20}
    assert set(found.places[1].tolist()) <= set(among.tolist())
    assert found.cosines[1, 0] == pytest.approx(float((vectors[among] @ vectors[25]).max()), abs=1e-6)


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_songs_have_as_many_neighbours_as_there_are(n: int) -> None:
    found = neighbours(scattered(n), near=15)
    assert found.places.shape == (n, max(0, n - 1))
    assert local_outlier_factor(found).shape == (n,)


def test_equal_songs_are_no_outliers() -> None:
    np.testing.assert_allclose(local_outlier_factor(neighbours(np.tile(scattered(1), (20, 1)))), 1.0)


@pytest.mark.parametrize("among", [None, np.arange(0, 60, 2), np.array([5, 3, 40])])
def test_neighbours_are_the_same_however_few_rows_are_compared_at_once(
    monkeypatch: pytest.MonkeyPatch, among: np.ndarray | None
) -> None:
    vectors = scattered(60)
    whole = neighbours(vectors, near=2, among=among)
    monkeypatch.setattr("songkin.atlas.outliers.AT_ONCE", 1)
    by_one = neighbours(vectors, near=2, among=among)
    np.testing.assert_array_equal(by_one.places, whole.places)
    np.testing.assert_allclose(by_one.cosines, whole.cosines, atol=1e-6)
