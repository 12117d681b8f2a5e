"""The layout: neighbours stay neighbours, nobody hides another, and who is there does not move when others come."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from songkin.atlas.layout import aside, closed_up, laid_out, layout_trustworthiness, placed, usual_gap
from songkin.errors import MissingExtra


def circle(n: int, dim: int = 6) -> np.ndarray:
    """Songs about a circle, so that true neighbours are known."""
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    rows = np.zeros((n, dim), np.float32)
    rows[:, 0], rows[:, 1] = np.cos(angle), np.sin(angle)
    return rows


def all_apart(places: np.ndarray) -> bool:
    return len(np.unique(places.round(6), axis=0)) == len(places)


def test_few_songs_are_laid_out_along_their_main_directions() -> None:
    places = laid_out(circle(8))
    distances = np.linalg.norm(places, axis=1)
    np.testing.assert_allclose(distances, distances[0], rtol=1e-4)
    assert all_apart(places)


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_the_fewest_songs_have_places(n: int) -> None:
    places = laid_out(np.eye(5, dtype=np.float32)[:n])
    assert places.shape == (n, 2)
    assert np.isfinite(places).all()
    assert all_apart(places)


def test_equal_songs_lie_side_by_side() -> None:
    places = laid_out(np.tile(circle(1), (40, 1)))
    assert all_apart(places)
    assert np.isfinite(places).all()


def test_a_new_song_is_placed_among_its_neighbours_and_no_other_moves() -> None:
    vectors = circle(40)
    places = vectors[:, :2] * np.float32(10)
    gone = places.copy()
    gone[[7, 8, 30]] = np.nan
    found = placed(vectors, gone)
    stayed = np.setdiff1d(np.arange(40), [7, 8, 30])
    np.testing.assert_array_equal(found[stayed], places[stayed])
    assert np.linalg.norm(found[[7, 8, 30]] - places[[7, 8, 30]], axis=1).max() < 3
    assert all_apart(found)


def test_newcomers_that_are_equal_do_not_stack() -> None:
    vectors = np.vstack([circle(20), np.tile(circle(20)[3], (30, 1))])
    places = np.full((50, 2), np.nan, np.float32)
    places[:20] = vectors[:20, :2]
    found = placed(vectors, places)
    assert all_apart(found)
    assert np.linalg.norm(found[20:] - vectors[3, :2], axis=1).max() < 1.5


def test_placing_is_the_same_each_time_and_nothing_where_all_have_places() -> None:
    vectors = circle(20)
    places = vectors[:, :2].copy()
    np.testing.assert_array_equal(placed(vectors, places), places)
    places[5] = np.nan
    np.testing.assert_array_equal(placed(vectors, places), placed(vectors, places))


def test_without_any_place_all_lie_about_the_origin() -> None:
    found = placed(circle(12), np.full((12, 2), np.nan, np.float32))
    assert np.abs(found).max() < 4
    assert all_apart(found)


def test_steps_aside_go_round_as_the_seeds_of_a_sunflower() -> None:
    moved = aside(np.zeros((300, 2), np.float32), step=1.0, cell=1.0)
    np.testing.assert_array_equal(moved[0], [0, 0])
    np.testing.assert_allclose(np.linalg.norm(moved, axis=1), np.sqrt(np.arange(300)), rtol=1e-4)
    assert usual_gap(moved) > 1.0


def test_empty_bands_are_narrowed_and_the_order_along_each_axis_stays() -> None:
    places = np.array([[0, 0], [1, 1], [2, 0], [100, 50], [101, 51]], np.float32)
    closed = closed_up(places)
    np.testing.assert_array_equal(np.argsort(closed[:, 0]), np.argsort(places[:, 0]))
    assert np.diff(np.sort(closed[:, 0])).max() == pytest.approx(101 / 20)


def test_a_faithful_layout_is_trusted_and_a_shuffled_one_is_not() -> None:
    vectors = circle(80)
    places = vectors[:, :2]
    assert layout_trustworthiness(vectors, places) == pytest.approx(1.0, abs=1e-3)
    shuffled = np.random.default_rng(0).permutation(places)
    assert layout_trustworthiness(vectors, shuffled) < 0.6
    assert np.isnan(layout_trustworthiness(vectors[:2], places[:2]))


@pytest.mark.parametrize("noise", [0.0, 1e-7])
def test_a_layout_of_equal_songs_has_no_trustworthiness(noise: float) -> None:
    vectors = np.tile(circle(1), (40, 1)) + np.float32(noise) * np.random.default_rng(0).normal(size=(40, 6))
    assert np.isnan(layout_trustworthiness(vectors.astype(np.float32), laid_out(np.tile(circle(1), (40, 1)))))


def test_a_layout_without_umap_says_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(MissingExtra, match=r"songkin\[map\]"):
        laid_out(circle(30))


@pytest.mark.slow
def test_umap_keeps_neighbours_and_gives_the_same_again() -> None:
    random = np.random.default_rng(0)
    vectors = np.repeat(random.normal(size=(6, 20)), 20, axis=0) + 0.4 * random.normal(size=(120, 20))
    vectors = np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)
    places = laid_out(vectors)
    np.testing.assert_array_equal(places, laid_out(vectors))
    assert layout_trustworthiness(vectors, places) > 0.85
    assert all_apart(places)
    large = laid_out(vectors, limit=80)
    assert large.shape == (120, 2)
    assert layout_trustworthiness(vectors, large) > 0.75
