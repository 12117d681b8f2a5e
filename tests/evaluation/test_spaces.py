"""Spaces: collapsed ones are told from wide ones; clusters, layouts and pairs are judged as others judge them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import manifold, metrics

from songkin.evaluation.spaces import (
    calinski_harabasz,
    davies_bouldin,
    effective_rank,
    mean_cosine,
    separation,
    shared_neighbours,
    silhouette,
    spread,
    trustworthiness,
)


def drawn(n: int, dim: int, seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=(n, dim))


def clustered(n: int, k: int, seed: int) -> NDArray[np.int64]:
    """Labels of n rows that name each of k clusters at least once."""
    rng = np.random.default_rng(seed)
    return rng.permutation(np.concatenate([np.arange(k), rng.integers(k, size=n - k)]))


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


# -- clusters ----------------------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(st.integers(4, 30), st.integers(2, 6), st.integers(1, 5), st.integers(0, 999))
def test_clusters_are_judged_as_scikit_learn_judges_them(n: int, k: int, dim: int, seed: int) -> None:
    k = min(k, n - 1)
    vectors, labels = drawn(n, dim, seed), clustered(n, k, seed)
    assert calinski_harabasz(vectors, labels) == pytest.approx(metrics.calinski_harabasz_score(vectors, labels))
    assert davies_bouldin(vectors, labels) == pytest.approx(metrics.davies_bouldin_score(vectors, labels))
    theirs = metrics.silhouette_score(vectors, labels, metric="cosine")
    assert silhouette(vectors, labels) == pytest.approx(theirs, abs=1e-9)


def test_rows_of_zeros_are_judged_as_scikit_learn_judges_them() -> None:
    vectors = drawn(12, 3, 1)
    vectors[[0, 3, 4]] = 0.0
    labels = clustered(12, 3, 1)
    assert silhouette(vectors, labels) == pytest.approx(metrics.silhouette_score(vectors, labels, metric="cosine"))


def test_the_silhouette_by_hand() -> None:
    vectors = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])  # the pair is as near as can be; one stands alone: 0
    assert silhouette(vectors, ["near", "near", "far"]) == pytest.approx(2 / 3)


def test_clusters_without_width_have_defined_values() -> None:
    vectors = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    assert calinski_harabasz(vectors, [0, 0, 1, 1]) == 1.0
    assert davies_bouldin(vectors, [0, 0, 1, 1]) == 0.0
    assert silhouette(vectors, [0, 0, 1, 1]) == 1.0
    same = np.ones((4, 2))
    assert davies_bouldin(same, [0, 0, 1, 1]) == 0.0
    assert silhouette(same, [0, 0, 1, 1]) == 0.0


@pytest.mark.parametrize("judge", [calinski_harabasz, davies_bouldin, silhouette])
@pytest.mark.parametrize(("n", "labels"), [(0, []), (1, [0]), (3, [0, 0, 0]), (3, [0, 1, 2])])
def test_too_few_clusters_or_rows_give_nan(judge, n: int, labels: list[int]) -> None:  # type: ignore[no-untyped-def]
    assert np.isnan(judge(drawn(n, 2, 0), labels))


def test_labels_that_are_not_one_a_row_are_refused() -> None:
    with pytest.raises(ValueError, match="2 labels for 3 rows"):
        silhouette(drawn(3, 2, 0), [0, 1])


# -- layouts -----------------------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(st.integers(5, 40), st.integers(1, 15), st.integers(0, 999))
def test_a_layout_is_judged_as_scikit_learn_judges_it(n: int, near: int, seed: int) -> None:
    high, low = drawn(n, 6, seed), drawn(n, 2, seed + 1)
    near = min(near, (n - 1) // 2)
    theirs = manifold.trustworthiness(high, low, n_neighbors=near, metric="cosine")
    assert trustworthiness(high, low, near=near) == pytest.approx(theirs)


def test_a_layout_that_is_the_space_itself_is_wholly_true_and_one_by_chance_is_not() -> None:
    angles = np.random.default_rng(0).uniform(0, 2 * np.pi, 60)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    assert trustworthiness(circle, 7 * circle + 1e4) == pytest.approx(1.0)
    assert trustworthiness(circle, circle[::-1]) < 0.8


def test_the_trust_in_a_layout_of_equal_songs_by_hand() -> None:
    high = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [-1.0, 0.0]])
    low = np.array([[0.0, 0.0], [9.0, 0.0], [1.0, 0.0], [9.0, 1.0], [2.0, 0.0]])
    ranks = [2, 3, 2, 3, 1]  # in `high`, of the one shown nearest; of equally near ones the earlier ranks first
    assert trustworthiness(high, low, near=1) == pytest.approx(1 - 2 * (sum(ranks) - 5) / (5 * 1 * (10 - 3 - 1)))


def test_a_sample_of_rows_comes_near_the_whole_and_is_the_same_each_time() -> None:
    high = drawn(300, 8, 3)
    low = high[:, :2]
    whole = trustworthiness(high, low)
    assert trustworthiness(high, low, sample=150) == pytest.approx(whole, abs=0.05)
    assert trustworthiness(high, low, sample=150) == trustworthiness(high, low, sample=150)
    assert trustworthiness(high, low, sample=300) == whole


def test_a_layout_of_few_points_is_judged_by_fewer_neighbours_and_of_two_not_at_all() -> None:
    high = drawn(6, 4, 0)
    assert trustworthiness(high, high[:, :2]) == trustworthiness(high, high[:, :2], near=2)
    assert np.isnan(trustworthiness(high[:2], high[:2]))
    assert np.isnan(trustworthiness(high[:0], high[:0]))


# -- two songs against two parts of one --------------------------------------------------------------------------------


def test_the_separation_by_hand() -> None:
    a, b = np.array([[3.0, 0.0]]), np.array([[0.0, 1.0]])  # |A - B| = (3, 1)
    a1, a2 = np.array([[2.0, 0.0]]), np.array([[0.0, 2.0]])  # |A1 - A2| = (2, 2)
    found = separation(a, b, a1, a2)
    assert (found.s, found.signed) == (2.0, 0.0)
    assert (found.s_unit, found.signed_unit) == (0.0, 0.0)
    assert found.auc == 0.5


@settings(max_examples=30)
@given(st.integers(1, 12), st.floats(0.1, 100), st.integers(0, 999))
def test_s_grows_with_the_vectors_and_its_unit_form_does_not(n: int, scale: float, seed: int) -> None:
    draws = drawn(4 * n, 5, seed).reshape(4, n, 5)
    one, other = separation(*draws), separation(*(scale * draws))
    assert other.s == pytest.approx(scale * one.s)
    assert other.s_unit == pytest.approx(one.s_unit)
    assert abs(one.signed) <= one.s + 1e-9
    cosines = [
        (x * y).sum(1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1) for x, y in (draws[2:], draws[:2])
    ]
    truth = [1] * n + [0] * n
    assert one.auc == pytest.approx(metrics.roc_auc_score(truth, np.concatenate(cosines)))


def test_parts_of_one_song_that_are_alike_give_the_highest_auc_and_no_draws_nan() -> None:
    songs = drawn(20, 6, 0)
    assert separation(songs, songs[::-1], songs, 2 * songs).auc == 1.0
    assert all(np.isnan(value) for value in separation(songs[:0], songs[:0], songs[:0], songs[:0]))
