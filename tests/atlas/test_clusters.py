"""Clusters: the same as those of scikit-learn and scipy, worked out by hand where that is possible."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from songkin.atlas import clusters, complete_linkage, cut
from songkin.atlas.clusters import nearest
from songkin.types import Vectors


def unit(rows: Any) -> Vectors:
    """Return rows at unit length."""
    rows = np.asarray(rows, np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def drawn(n: int, *, dim: int = 24, seed: int = 0) -> Vectors:
    """Return vectors drawn at random around a few directions."""
    rng = np.random.default_rng(seed)
    return unit(rng.normal(size=(6, dim))[rng.integers(0, 6, n)] + rng.normal(size=(n, dim)) * 1.5)


def together(labels: Any) -> Any:
    """Say which vectors share a cluster (n, n), however clusters are numbered."""
    return np.asarray(labels)[:, None] == np.asarray(labels)[None]


@pytest.mark.parametrize("k", [1, 2, 4, 5, 15, 299, 300])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_clusters_are_those_of_scikit_learn(k: int, seed: int) -> None:
    from sklearn.cluster import AgglomerativeClustering

    vectors = drawn(300, seed=seed)
    theirs = AgglomerativeClustering(n_clusters=k, metric="cosine", linkage="complete").fit_predict(vectors)
    np.testing.assert_array_equal(together(clusters(vectors, k=k).labels), together(theirs))


@pytest.mark.parametrize("seed", [3, 4])
def test_the_tree_is_that_of_scipy(seed: int) -> None:
    from scipy.cluster.hierarchy import fcluster, linkage

    vectors = drawn(200, seed=seed)
    theirs = linkage(vectors.astype(np.float64), "complete", "cosine")
    tree = complete_linkage(vectors)
    np.testing.assert_allclose(tree.heights, theirs[:, 2], atol=1e-5)
    for k in range(2, 16):
        np.testing.assert_array_equal(together(cut(tree, 200, k=k)), together(fcluster(theirs, k, "maxclust")))


def test_clusters_worked_out_by_hand() -> None:
    angles = np.radians([0, 10, 20, 90, 100, 180])  # 0-10 and 90-100 merge first, then 20 joins 0-10: at most 20 apart
    found = clusters(unit(np.stack([np.cos(angles), np.sin(angles)], 1)), k=3)
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 2]
    assert found.sizes.tolist() == [3, 2, 1]
    np.testing.assert_allclose(found.centroids[1], [np.cos(angles[3:5]).mean(), np.sin(angles[3:5]).mean()], atol=1e-6)
    assert found.sampled is None


@pytest.mark.parametrize("n", [0, 1, 2, 4])
def test_there_are_never_more_clusters_than_vectors(n: int) -> None:
    found = clusters(drawn(9)[:n], k=5)
    assert len(found.labels) == n
    assert found.sizes.tolist() == [1] * n
    assert found.centroids.shape == (n, 24)


def test_equal_vectors_share_a_cluster() -> None:
    vectors = np.repeat(unit(np.eye(3)), 20, axis=0)
    assert clusters(vectors, k=3).labels.tolist() == [0] * 20 + [1] * 20 + [2] * 20


def test_above_the_limit_a_sample_is_clustered_and_the_rest_goes_to_the_nearest_centroid() -> None:
    rng = np.random.default_rng(5)
    vectors = unit(np.repeat(np.eye(4, 8), 60, axis=0) + rng.normal(size=(240, 8)) * 0.05)
    found, whole = clusters(vectors, k=4, limit=40), clusters(vectors, k=4)
    assert found.sampled == 40
    np.testing.assert_array_equal(together(found.labels), together(whole.labels))
    np.testing.assert_array_equal(np.sort(found.centroids, 0), np.sort(whole.centroids, 0))
    assert found.sizes.sum() == 240


def test_the_same_vectors_give_the_same_sample() -> None:
    vectors = drawn(200)
    np.testing.assert_array_equal(clusters(vectors, limit=50).labels, clusters(vectors, limit=50).labels)


@given(some.integers(1, 40), some.integers(1, 8), some.integers(0, 10_000))
def test_every_vector_has_a_cluster_and_larger_clusters_come_first(n: int, k: int, seed: int) -> None:
    vectors = drawn(n, dim=4, seed=seed)
    found = clusters(vectors, k=k)
    assert found.sizes.tolist() == np.bincount(found.labels).tolist()
    assert len(found.sizes) == min(n, k)
    assert (np.diff(found.sizes) <= 0).all()


def test_a_vector_goes_to_the_centroid_of_least_angle_however_long_that_is() -> None:
    centroids = np.array([[0.1, 0.0], [0.0, 5.0]], np.float32)
    assert nearest(unit([[2, 1], [1, 2]]), centroids).tolist() == [0, 1]
