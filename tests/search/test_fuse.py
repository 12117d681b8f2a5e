"""Rankings of several channels become one, and each channel's share stays known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from songkin.search.fuse import WEIGHTS, fuse, shares
from songkin.testing import check_ranking, rankings
from songkin.types import Ranking

EVEN = {"meaning": 1.0, "words": 1.0}


def test_a_song_found_by_two_channels_beats_one_found_by_one() -> None:
    fused = fuse({"meaning": Ranking.of([1, 2], [0.8, 0.8]), "words": Ranking.of([2, 3], [0.8, 0.8])}, EVEN)
    assert fused.keys.tolist() == [2, 1, 3]
    np.testing.assert_allclose(fused.scores, [0.8, 0.4, 0.4])


def test_scores_are_weighted_means() -> None:
    fused = fuse(
        {"meaning": Ranking.of([1], [0.5]), "words": Ranking.of([1, 2], [1.0, 0.4])}, {"meaning": 3.0, "words": 1.0}
    )
    np.testing.assert_allclose(fused.scores, [(3 * 0.5 + 1.0) / 4, 0.4 / 4], rtol=1e-6)


def test_a_channel_that_did_not_name_a_song_is_nan_in_its_parts() -> None:
    fused = fuse({"meaning": Ranking.of([1], [0.5]), "words": Ranking.of([2], [0.9])}, EVEN)
    assert fused.keys.tolist() == [2, 1]
    np.testing.assert_allclose(fused.parts["meaning"], [np.nan, 0.5])
    np.testing.assert_allclose(fused.parts["words"], [0.9, np.nan], rtol=1e-6)


def test_a_channel_that_names_nothing_takes_nothing_from_the_others() -> None:
    fused = fuse({"meaning": Ranking.of([1], [0.5]), "line": Ranking.empty()}, EVEN)
    assert fused.scores.tolist() == [0.5]
    assert list(fused.parts) == ["meaning"]


def test_a_channel_of_weight_zero_is_not_heard() -> None:
    fused = fuse({"meaning": Ranking.of([1], [0.5]), "words": Ranking.of([2], [0.9])}, {"words": 0.0})
    assert fused.keys.tolist() == [1]
    assert list(fused.parts) == ["meaning"]


def test_a_weight_not_given_is_the_default_one_and_an_unknown_channel_weighs_one() -> None:
    fused = fuse({"line": Ranking.of([1], [1.0]), "novel": Ranking.of([2], [1.0])}, {})
    np.testing.assert_allclose(fused.scores, [WEIGHTS["line"] / (WEIGHTS["line"] + 1), 1 / (WEIGHTS["line"] + 1)])


def test_nothing_fused_is_nothing() -> None:
    assert len(fuse({}, {})) == 0
    assert len(fuse({"words": Ranking.empty()}, {})) == 0


@given(some.dictionaries(some.sampled_from(["meaning", "words", "line"]), rankings()))
def test_every_song_that_was_named_is_there_once(found: dict[str, Ranking]) -> None:
    fused = fuse(found, {})
    check_ranking(fused)
    assert set(fused.keys.tolist()) == {key for ranking in found.values() for key in ranking.keys.tolist()}


def test_shares_add_up_to_one_the_largest_first() -> None:
    told = shares({"words": 0.5, "meaning": 1.0, "title": 0.0}, {"meaning": 1.0, "words": 1.0})
    assert list(told.items()) == [("meaning", pytest.approx(2 / 3)), ("words", pytest.approx(1 / 3))]


def test_a_song_that_no_channel_scored_has_no_shares() -> None:
    assert shares({"words": 0.0}, {}) == {}
    assert shares({}, {}) == {}
