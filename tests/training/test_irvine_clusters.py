"""Clusters of toy songs: k-means by k, density methods, and what few, equal or unknown songs give."""

from __future__ import annotations

import math

import numpy as np
import pytest

from songkin.errors import TrainingError
from songkin.training.irvine.grouping import Sweep, best_k, by_density, flattened, kmeans, sweep


def heaps(count: int = 3, each: int = 12) -> np.ndarray:
    """Heaps of songs far from each other."""
    rng = np.random.default_rng(0)
    return np.concatenate([rng.normal(10.0 * at, 0.5, (each, 3)) for at in range(count)])


def test_the_highest_silhouette_is_at_the_number_of_heaps() -> None:
    found = sweep(heaps(), (1, 2, 3, 4, 6))
    assert best_k(found) == 3
    assert list(found.distortion) == sorted(found.distortion, reverse=True)
    assert math.isnan(found.silhouette[0])
    assert found.silhouette[2] > 0.8


def test_distortion_is_the_sum_of_squares_to_the_centre() -> None:
    rows = np.array([[0.0], [2.0], [10.0], [12.0]])
    assert sweep(rows, (1, 2)).distortion == pytest.approx((104.0, 4.0))
    assert sweep(rows, (2,)).silhouette == pytest.approx((((11 - 2) / 11 + (9 - 2) / 9) / 2,))


def test_more_clusters_than_different_songs_are_left_out() -> None:
    rows = np.array([[0.0], [0.0], [1.0], [2.0]])
    assert sweep(rows, (2, 3, 4, 50)).ks == (2, 3)
    assert sweep(np.zeros((5, 2)), (1, 2)).ks == (1,)
    assert best_k(sweep(np.zeros((5, 2)), (1, 2))) == 1
    assert best_k(Sweep((), (), ())) == 1


def test_the_smallest_of_equal_ks_is_taken() -> None:
    assert best_k(Sweep((2, 3, 4), (3.0, 2.0, 1.0), (0.5, math.nan, 0.5))) == 2


def test_density_methods_find_the_heaps() -> None:
    found = {one.method: one for one in by_density(heaps())}
    assert found["HDBSCAN"].clusters == 3
    assert found["DBSCAN"].clusters == 3
    assert all(0 <= one.outside < 0.5 for one in found.values())
    assert found["HDBSCAN"].largest <= 1 / 3 + 1e-9


def test_few_songs_and_songs_that_are_all_the_same() -> None:
    assert all((one.clusters, one.outside) == (0, 1.0) for one in by_density(heaps(1, 5)))
    assert all(one.largest in (0.0, 1.0) for one in by_density(np.zeros((20, 2))))


def test_the_same_seed_gives_the_same_clusters() -> None:
    np.testing.assert_array_equal(kmeans(heaps(), 4, seed=1).labels, kmeans(heaps(), 4, seed=1).labels)


@pytest.mark.parametrize("rows", [np.empty((0, 3)), np.zeros((3, 3))])
def test_too_few_songs_cannot_be_laid_out(rows: np.ndarray) -> None:
    with pytest.raises(TrainingError, match="clusters need at least 4"):
        flattened(rows, dims=2)


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(TrainingError, match="NaN or infinite"):
        flattened(np.full((5, 2), np.nan), dims=2)


@pytest.mark.slow
@pytest.mark.parametrize(("songs", "dims", "width"), [(4, 10, 2), (36, 10, 10), (36, 2, 2)])
def test_umap_lays_songs_out_and_keeps_heaps_apart(songs: int, dims: int, width: int) -> None:
    pytest.importorskip("umap")
    rows = heaps()[:songs] if songs < 36 else heaps()
    flat = flattened(rows, dims=dims)
    assert flat.shape == (songs, width)
    assert np.isfinite(flat).all()
    if songs == 36:
        assert best_k(sweep(flat, (2, 3, 4, 5))) == 3
