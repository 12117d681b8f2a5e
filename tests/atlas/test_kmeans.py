"""K-means: right on groups one can see, as tight as scikit-learn's, defined where there is little to group."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from sklearn.cluster import KMeans

from songkin.atlas.kmeans import closest, kmeans


def blobs(sizes: tuple[int, ...], *, dim: int = 8, seed: int = 0) -> np.ndarray:
    """Groups of so many vectors, each about a centre of its own, in order."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(len(sizes), dim))
    rows = np.concatenate([centres[at] + 0.05 * random.normal(size=(size, dim)) for at, size in enumerate(sizes)])
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_groups_one_can_see_are_found_and_numbered_by_size() -> None:
    found = kmeans(blobs((20, 40, 30)), 3)
    np.testing.assert_array_equal(found.labels, [2] * 20 + [0] * 40 + [1] * 30)


def test_it_is_as_tight_as_scikit_learn() -> None:
    vectors = np.random.default_rng(3).normal(size=(400, 10)).astype(np.float32)
    theirs = KMeans(12, n_init=8, random_state=0).fit(vectors).inertia_
    assert kmeans(vectors, 12).scatter <= theirs * 1.03


def test_the_scatter_is_the_summed_squared_distance_to_the_means() -> None:
    found = kmeans(np.array([[0, 0], [2, 0], [10, 0], [10, 4]], np.float32), 2)
    assert found.scatter == pytest.approx(2 + 8)
    np.testing.assert_allclose(found.centres, [[1, 0], [10, 2]])


def test_the_same_seed_gives_the_same_groups() -> None:
    vectors = np.random.default_rng(5).normal(size=(200, 6)).astype(np.float32)
    np.testing.assert_array_equal(kmeans(vectors, 9, seed=4).labels, kmeans(vectors, 9, seed=4).labels)


def test_there_are_no_more_groups_than_different_vectors() -> None:
    vectors = np.repeat(np.eye(3, dtype=np.float32), 5, axis=0)
    assert set(kmeans(vectors, 10).labels.tolist()) == {0, 1, 2}
    assert set(kmeans(np.ones((7, 4), np.float32), 3).labels.tolist()) == {0}


def test_no_vectors_give_no_group() -> None:
    found = kmeans(np.empty((0, 4), np.float32), 3)
    assert found.labels.shape == (0,)
    assert found.centres.shape == (0, 4)
    assert closest(np.empty((0, 4), np.float32), np.ones((2, 4), np.float32)).shape == (0,)


@given(some.integers(1, 25), some.integers(1, 30), some.integers(0, 5))
def test_every_vector_is_nearest_to_the_mean_of_its_own_group(n: int, k: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(n, 3)).astype(np.float32)
    found = kmeans(vectors, k, seed=seed, starts=2)
    np.testing.assert_array_equal(closest(vectors, found.centres), found.labels)
    assert len(found.centres) <= min(n, k)
    sizes = np.bincount(found.labels)
    assert (np.diff(sizes) <= 0).all()
