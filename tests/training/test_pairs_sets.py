"""Pairs of songs: what they hold, each pair once, negatives, balance, and the sure ones first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songkin.errors import TrainingError
from songkin.training.pairs import PairSet, balanced, curriculum, sureness, with_negatives

IDS = tuple("abcdefgh")
SCORES = st.floats(0, 1, width=32)
ROWS = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS), st.just(np.nan) | SCORES), max_size=40)


def pairs(*rows: tuple[str, str, float]) -> PairSet:
    """Pairs as they stand, over all of IDS."""
    left, right, labels = ([row[at] for row in rows] for at in range(3))
    places = ([IDS.index(str(own)) for own in side] for side in (left, right))
    return PairSet(IDS, *(np.array(side, np.int64) for side in places), np.array(labels, np.float32))


def told(own: PairSet) -> list[tuple[str, str, float]]:
    named = zip(own.left.tolist(), own.right.tolist(), own.labels.tolist(), strict=True)
    return [(own.ids[one], own.ids[other], label) for one, other, label in named]


def test_of_two_directions_the_higher_score_stays() -> None:
    own = PairSet.of([("b", "a", 0.25), ("a", "b", 0.75), ("a", "c", np.nan), ("c", "a", 0.5), ("d", "d", 1.0)])
    assert own.ids == ("b", "a", "c")
    assert told(own) == [("b", "a", 0.75), ("a", "c", 0.5)]


def test_no_rows_are_an_empty_set() -> None:
    own = PairSet.of([])
    assert (len(own), own.ids, own.songs.tolist(), len(own.joined()), len(own.take([]))) == (0, (), [], 0, 0)


@given(ROWS)
def test_the_order_and_direction_of_rows_does_not_matter(rows: list[tuple[str, str, float]]) -> None:
    def as_set(given: Sequence[tuple[str, str, float]]) -> set[tuple[frozenset[str], float]]:
        named = told(PairSet.of(given))
        assert len({frozenset(row[:2]) for row in named}) == len(named)
        return {(frozenset(row[:2]), -1.0 if np.isnan(row[2]) else row[2]) for row in named}

    assert as_set(rows) == as_set([(b, a, label) for a, b, label in reversed(rows)]) == as_set([*rows, *rows])


@pytest.mark.parametrize(
    ("left", "right", "labels", "fault"),
    [
        ([0], [1, 2], [0.5], r"are not \(n,\) each"),
        ([0], [8], [0.5], "places run from 0 to 8; there are 8 songs"),
        ([-1], [1], [0.5], "places run from -1"),
        ([2], [2], [0.5], "a song stands beside itself: 'c'"),
        ([0], [1], [1.5], r"a label is 1.5; labels lie in \[0, 1\]"),
    ],
)
def test_what_is_no_pair_is_an_error(left: list[int], right: list[int], labels: list[float], fault: str) -> None:
    with pytest.raises(TrainingError, match=fault):
        PairSet(IDS, np.array(left), np.array(right), np.array(labels, np.float32))


def test_pairs_cannot_be_written_and_the_callers_array_can() -> None:
    left = np.array([0])
    own = PairSet(IDS, left, np.array([1]), np.array([0.5], np.float32))
    with pytest.raises(ValueError, match="read-only"):
        own.left[0] = 2
    left[0] = 3


def test_rows_are_taken_by_number_and_by_mask() -> None:
    own = pairs(("a", "b", 0.1), ("c", "d", 0.9), ("e", "f", np.nan))
    assert told(own.take([1, 0])) == [("c", "d", np.float32(0.9)), ("a", "b", np.float32(0.1))]
    assert told(own.take(own.alike())) == [("c", "d", np.float32(0.9))]
    assert own.filled(0.1).labels.tolist() == [np.float32(0.1), np.float32(0.9), np.float32(0.1)]
    assert own.take([1]).compact().ids == ("c", "d")


def test_half_is_alike_and_unlabelled_is_not() -> None:
    own = pairs(("a", "b", 0.5), ("c", "d", 0.499), ("e", "f", np.nan))
    assert own.alike().tolist() == [True, False, False]
    assert own.alike(threshold=0.2).tolist() == [True, True, False]


@given(ROWS, st.integers(0, 3))
def test_balanced_holds_as_many_alike_as_not(rows: list[tuple[str, str, float]], seed: int) -> None:
    whole = PairSet.of(rows)
    own = balanced(whole, seed=seed)
    alike = int(whole.alike().sum())
    assert int(own.alike().sum()) * 2 == len(own) == 2 * min(alike, len(whole) - alike)
    assert set(own.keys.tolist()) <= set(whole.keys.tolist())
    assert len(set(own.keys.tolist())) == len(own)
    assert own.keys.tolist() == balanced(whole, seed=seed).keys.tolist()


@given(ROWS, st.floats(0, 0.9), st.integers(0, 3), st.booleans())
@settings(max_examples=50)
def test_negatives_are_new_pairs_of_the_sets_own_songs(
    rows: list[tuple[str, str, float]], share: float, seed: int, hard: bool
) -> None:
    whole = PairSet.of(rows)
    alike = (lambda left, right: left - right) if hard else None
    own = with_negatives(whole, share=share, label=0.1, hard=alike, seed=seed)
    drawn = own.take(np.arange(len(whole), len(own)))
    assert own.keys[: len(whole)].tolist() == whole.keys.tolist()
    assert np.array_equal(own.labels[: len(whole)], whole.labels, equal_nan=True)
    assert len(set(own.keys.tolist())) == len(own)
    assert set(drawn.songs.tolist()) <= set(whole.songs.tolist())
    assert (drawn.labels == np.float32(0.1)).all()
    assert (drawn.left < drawn.right).all()
    songs = len(whole.songs)
    assert len(drawn) == min(round(len(whole) * share / (1 - share)), songs * (songs - 1) // 2 - len(whole))


def test_pairs_of_another_side_are_not_drawn() -> None:
    side, other = pairs(("a", "b", 1.0), ("c", "d", 1.0)), pairs(("a", "c", 1.0), ("b", "d", 1.0), ("a", "d", 0.7))
    drawn = with_negatives(side, share=0.9, avoid=other)
    assert told(drawn)[2:] == [("b", "c", 0.0)]


def test_hard_negatives_are_more_alike_than_random_ones() -> None:
    rng = np.random.default_rng(0)
    ids = tuple(f"s{at}" for at in range(200))
    two = rng.permuted(np.tile(np.arange(200), (150, 1)), axis=1)[:, :2]
    whole = PairSet(ids, two[:, 0], two[:, 1], np.ones(150, np.float32)).joined()
    place = rng.normal(size=200)

    def alike(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return -np.abs(place[left] - place[right])

    means = []
    for hard in (None, alike):
        drawn = with_negatives(whole, share=0.5, hard=hard, seed=1).take(np.arange(len(whole), 2 * len(whole)))
        means.append(float(alike(drawn.left, drawn.right).mean()))
    assert means[1] > means[0] / 3


def test_among_very_many_songs_negatives_are_drawn_without_writing_all_pairs_out() -> None:
    count = 20_000
    own = PairSet(tuple(map(str, range(count))), np.arange(0, count, 2), np.arange(1, count, 2), np.ones(count // 2))
    drawn = with_negatives(own, share=0.5, seed=3)
    assert len(drawn) == 2 * len(own)
    assert len(np.unique(drawn.keys)) == len(drawn)
    assert with_negatives(own, share=0.5, seed=3).keys.tolist() == drawn.keys.tolist()
    assert with_negatives(own, share=0.5, seed=4).keys.tolist() != drawn.keys.tolist()


@pytest.mark.parametrize("share", [-0.1, 1.0, 2.0])
def test_a_share_that_cannot_be_is_an_error(share: float) -> None:
    with pytest.raises(TrainingError, match="share of negatives"):
        with_negatives(pairs(("a", "b", 1.0)), share=share)


def test_sure_labels_come_first() -> None:
    labels = np.array([0.5, 0.9, 0.0, np.nan, 0.1, 1.0], np.float32)
    assert sureness(labels).tolist() == pytest.approx([0.0, 0.8, 1.0, 0.0, 0.8, 1.0])
    assert curriculum(labels, epoch=0, epochs=3).tolist() == [2, 5]
    assert curriculum(labels, epoch=1, epochs=3).tolist() == [2, 5, 1, 4]
    assert curriculum(labels, epoch=2, epochs=3).tolist() == [2, 5, 1, 4, 0, 3]
    assert len(curriculum(labels, epoch=0, epochs=1)) == 6
    assert curriculum(labels[:0], epoch=0, epochs=2).tolist() == []


@given(st.lists(SCORES, max_size=50), st.integers(1, 6))
def test_each_epoch_holds_the_one_before_and_the_last_holds_all(labels: list[float], epochs: int) -> None:
    own = np.array(labels, np.float32)
    taken = [set(curriculum(own, epoch=at, epochs=epochs).tolist()) for at in range(epochs)]
    assert all(before <= after for before, after in pairwise(taken))
    assert taken[-1] == set(range(len(labels)))
    sure = sureness(own)
    for rows in taken:
        left = set(range(len(labels))) - rows
        assert not rows or not left or min(sure[at] for at in rows) > max(sure[at] for at in left)


def test_an_epoch_that_is_none_is_an_error() -> None:
    for epoch, epochs, first in ((3, 3, 0.3), (-1, 2, 0.3), (0, 2, 0.0)):
        with pytest.raises(TrainingError, match="epochs count from 0"):
            curriculum(np.zeros(3, np.float32), epoch=epoch, epochs=epochs, first=first)
