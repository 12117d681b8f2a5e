"""Stages that keep the answers from being all alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from search_songs import Shelf

from songkin.search import ArtistCap, Variety
from songkin.search.diversify import mmr
from songkin.testing import StageContract
from songkin.types import Query, Ranking

ALIKE = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
SCORES = np.array([1.0, 0.9, 0.5], np.float32)


class TestArtistCap(StageContract):
    queries = (Query(per_artist=1), Query(per_artist=2), Query())

    @pytest.fixture(autouse=True)
    def library(self, shelf: Shelf) -> None:
        self.stage = ArtistCap(shelf.store)
        self.rankings = (shelf.ranking(rain=0.9, storm=0.8, bare=0.7), Ranking.of([404], [1.0]))


class TestVariety(StageContract):
    queries = (Query(variety=0.5), Query(variety=1.0, k=2), Query())

    @pytest.fixture(autouse=True)
    def library(self, steps: Shelf) -> None:
        self.stage = Variety(steps.store)
        self.rankings = (steps.ranking(t93=0.9, t107=0.8, t101=0.3, blank=0.1), Ranking.of([404], [1.0]))


def test_each_artist_keeps_their_best_songs_and_songs_without_artists_are_never_capped(shelf: Shelf) -> None:
    ranking = shelf.ranking(storm=0.9, f0=0.8, rain=0.7, f4=0.6, walk=0.5, bag=0.4, bare=0.3, disco=0.2)
    capped = ArtistCap(shelf.store)(ranking, Query(per_artist=1))
    assert shelf.ids(capped) == ["storm", "f0", "f4", "walk", "bare", "disco"]  # disco is Bo Lux's with Ada Moss
    assert shelf.ids(ArtistCap(shelf.store)(ranking, Query(per_artist=2))) == shelf.ids(ranking)


def test_no_cap_is_no_change(shelf: Shelf) -> None:
    ranking = shelf.ranking(rain=0.9, storm=0.8)
    assert ArtistCap(shelf.store)(ranking, Query()) is ranking


@pytest.mark.parametrize(
    ("variety", "order"),
    [
        (0.0, [0, 1, 2]),
        (0.1, [0, 1, 2]),  # 0.9 * 0.9 - 0.1 * 1 = 0.71 against 0.9 * 0.5 = 0.45
        (0.5, [0, 2, 1]),  # 0.5 * 0.9 - 0.5 * 1 = -0.05 against 0.5 * 0.5 = 0.25
        (1.0, [0, 2, 1]),
    ],
)
def test_the_next_hit_is_good_and_unlike_those_before(variety: float, order: list[int]) -> None:
    assert mmr(SCORES, ALIKE, variety=variety, k=3).tolist() == order
    assert mmr(SCORES, ALIKE, variety=variety, k=1).tolist() == [0]


def test_songs_without_vectors_are_like_nothing() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 0]], np.float32)
    assert mmr(SCORES, vectors, variety=0.5, k=3).tolist() == [0, 2, 1]


@given(some.lists(some.floats(0, 1, width=32), min_size=1, max_size=9), some.floats(0, 1), some.integers(1, 9))
def test_every_place_is_chosen_once(values: list[float], variety: float, k: int) -> None:
    scores = np.sort(np.array(values, np.float32))[::-1]
    vectors = np.eye(3, dtype=np.float32)[np.arange(len(scores)) % 3]
    chosen = mmr(scores, vectors, variety=variety, k=min(k, len(scores))).tolist()
    assert len(chosen) == len(set(chosen)) == min(k, len(scores))
    assert chosen[0] == 0 or scores[chosen[0]] == scores[0] or variety == 1


def test_variety_moves_a_song_that_is_the_same_again_behind_another(steps: Shelf) -> None:
    ranking = steps.ranking(t93=0.9, t107=0.8, t101=0.5)  # "rain sun", "rain sun", "glass"
    varied = Variety(steps.store)(ranking, Query(variety=0.5, k=3))
    assert steps.ids(varied) == ["t93", "t101", "t107"]
    assert varied.scores.tolist() == pytest.approx([0.9, 0.5, 0.5])  # scores never rise


def test_no_variety_is_no_change(steps: Shelf) -> None:
    ranking = steps.ranking(t93=0.9, t107=0.8, t101=0.5)
    assert Variety(steps.store)(ranking, Query(variety=0.0, k=3)) is ranking
