"""Themes found in vectors: several grains, quality, and songs that fit nowhere."""

from __future__ import annotations

import numpy as np
import pytest

from songkin.atlas.space import centred_by_kind
from songkin.atlas.themes import discover, outliers


def library(*, each: int = 30, groups: int = 4, dim: int = 12, seed: int = 0) -> np.ndarray:
    """Songs in a few clear groups, in order."""
    random = np.random.default_rng(seed)
    rows = np.repeat(np.eye(dim)[:groups], each, axis=0) + 0.08 * random.normal(size=(groups * each, dim))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_clear_groups_become_themes_that_stay() -> None:
    vectors = library()
    (grain,) = discover(vectors, np.zeros(len(vectors), int), (4,)).grains
    assert [len(set(grain.labels[at : at + 30].tolist())) for at in range(0, 120, 30)] == [1] * 4
    assert grain.stability.overall == 1.0
    assert grain.silhouette > 0.6
    assert grain.cohesion.min() > 0.8


def test_nearness_is_the_cosine_to_the_centre_of_the_songs_own_theme() -> None:
    vectors = library()
    (grain,) = discover(vectors, np.zeros(len(vectors), int), (3,)).grains
    about = centred_by_kind(vectors, np.zeros(len(vectors), int))
    own = about[grain.labels == 1].mean(0)
    expected = about[grain.labels == 1] @ (own / np.linalg.norm(own))
    np.testing.assert_allclose(grain.nearness[grain.labels == 1], expected, atol=1e-5)
    assert grain.cohesion[1] == pytest.approx(expected.mean(), abs=1e-5)


def test_a_song_like_no_other_fits_nowhere() -> None:
    lonely = np.eye(12, dtype=np.float32)[[11]]
    vectors = np.vstack([library(), lonely])
    found = outliers(centred_by_kind(vectors, np.zeros(len(vectors), int)))
    assert np.flatnonzero(found.alone).tolist() == [120]


def test_a_description_joins_the_songs_it_is_like() -> None:
    sung = library()
    told = library(each=10, seed=1) + np.float32(0.5)  # the cone of descriptions lies elsewhere
    told /= np.linalg.norm(told, axis=1, keepdims=True)
    kinds = np.repeat([0, 1], [len(sung), len(told)])
    (grain,) = discover(np.vstack([sung, told]), kinds, (4,)).grains
    for group in range(4):
        mine = grain.labels[120 + 10 * group : 130 + 10 * group]
        assert set(mine.tolist()) == set(grain.labels[30 * group : 30 * group + 30].tolist())


def test_the_same_seed_finds_the_same() -> None:
    vectors = np.random.default_rng(4).normal(size=(90, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    one, other = (discover(vectors, np.zeros(90, int), (2, 5, 9)) for _ in range(2))
    for a, b in zip(one.grains, other.grains, strict=True):
        np.testing.assert_array_equal(a.labels, b.labels)
        np.testing.assert_array_equal(a.stability.groups, b.stability.groups)


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_songs_are_defined(n: int) -> None:
    vectors = np.eye(6, dtype=np.float32)[:n]
    found = discover(vectors, np.zeros(n, int), (1, 1, 2))
    assert [grain.labels.shape for grain in found.grains] == [(n,)] * 3
    assert all(np.isfinite(grain.nearness).all() for grain in found.grains)
    assert not found.outliers.alone.any()


def test_equal_songs_are_one_theme_at_its_own_centre() -> None:
    vectors = np.tile(np.eye(6, dtype=np.float32)[:1], (25, 1))
    found = discover(vectors, np.zeros(25, int), (2, 4))
    for grain in found.grains:
        assert grain.cohesion.tolist() == [1.0]
        assert np.isnan(grain.silhouette)
    assert not found.outliers.alone.any()


def test_in_a_large_library_neighbours_are_sought_among_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.atlas.themes.REFERENCE", 60)
    vectors = np.vstack([library(), np.eye(12, dtype=np.float32)[[11]]])
    found = outliers(centred_by_kind(vectors, np.zeros(len(vectors), int)))
    assert found.alone[120]
    assert found.alone.sum() < 5
    assert len(set(found.nearest.tolist())) <= 60
