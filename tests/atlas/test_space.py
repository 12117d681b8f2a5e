"""The space of themes: each kind about its own middle, in a few directions."""

from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA

from songkin.atlas.space import centred_by_kind, principal_components, units


def test_two_kinds_that_lie_apart_meet() -> None:
    random = np.random.default_rng(0)
    meanings = random.normal(size=(20, 6)).astype(np.float32)
    sung = units(meanings + np.array([9, 0, 0, 0, 0, 0], np.float32))
    told = units(meanings + np.array([0, 9, 0, 0, 0, 0], np.float32))
    about = centred_by_kind(np.vstack([sung, told]), np.repeat([0, 1], 20))
    own = (about[:20] * about[20:]).sum(1)
    assert own.mean() > 0.5 > abs((sung * told).sum(1).mean())


def test_a_few_of_a_kind_take_the_middle_of_all() -> None:
    random = np.random.default_rng(1)
    vectors = units(random.normal(size=(30, 4)).astype(np.float32))
    kinds = np.array([0] * 29 + [1])
    np.testing.assert_allclose(centred_by_kind(vectors, kinds)[29], units(vectors - vectors.mean(0))[29], atol=1e-6)


def test_the_directions_are_principal_components() -> None:
    vectors = np.random.default_rng(2).normal(size=(60, 9)).astype(np.float32) * np.arange(1, 10, dtype=np.float32)
    theirs = units(PCA(3).fit_transform(vectors).astype(np.float32))
    ours = principal_components(vectors, directions=3)
    np.testing.assert_allclose(np.abs(ours @ ours.T), np.abs(theirs @ theirs.T), atol=1e-4)


def test_equal_vectors_lie_at_the_middle_and_few_dimensions_stay() -> None:
    vectors = np.tile(np.array([[0.6, 0.8]], np.float32), (12, 1))
    assert not centred_by_kind(vectors, np.zeros(12, int)).any()
    np.testing.assert_array_equal(principal_components(vectors), vectors)


def test_no_vectors_give_none() -> None:
    empty = np.empty((0, 384), np.float32)
    assert centred_by_kind(empty, np.empty(0, int)).shape == (0, 384)
    assert len(principal_components(empty)) == 0
