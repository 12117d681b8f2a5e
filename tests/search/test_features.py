"""The `features` channel: how near songs are in what is measured of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_songs import Shelf

from songkin.filters import Between, Not
from songkin.search.features import aim, closeness, deltas, feature_values, foremost, of_keys, spread
from songkin.testing import ChannelContract
from songkin.types import Query, Ranking

POOL = 300


class TestFeatures(ChannelContract):
    queries = (
        Query(like=("f7",)),
        Query(targets={"energy": 1.0}),
        Query(like=("rain",), where=Between("valence", 0.5, None)),
        Query(like=("rain",), where=Not(Between("year", 1990, 1999))),
        Query(like=("no such song",)),
    )

    @pytest.fixture(autouse=True)
    def library(self, shelf: Shelf) -> None:
        self.channel, self.songs = shelf.channels["features"], shelf.songs


def test_closeness_falls_with_the_mean_squared_distance_in_deviations() -> None:
    values = np.array([[0.5, 100], [0.7, 100], [0.7, 110], [np.nan, 100], [np.nan, np.nan]])
    found = closeness(values, np.array([0.5, 100.0]), np.array([0.2, 10.0]))
    # one deviation away in one of two features: exp(-0.5 / 2); in both: exp(-1 / 2); one unknown: half; all unknown: 0
    np.testing.assert_allclose(found, [1, math.exp(-0.25), math.exp(-0.5), 0.5, 0])


@given(st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.9]), max_size=30), st.integers(0, 12))
def test_a_channel_sorts_no_more_than_its_pool_and_leaves_nothing_out(scores: list[float], pool: int) -> None:
    own, keys = np.array(scores, np.float32), np.arange(len(scores))
    best = foremost(own, pool)
    assert Ranking.of(keys[best], own[best]).top(pool).keys.tolist() == Ranking.of(keys, own).top(pool).keys.tolist()


def test_a_feature_that_never_differs_counts_in_its_own_unit() -> None:
    np.testing.assert_allclose(closeness(np.array([[3.0]]), np.array([2.0]), np.array([0.0])), [math.exp(-0.5)])


def test_a_wish_without_a_seed_starts_at_the_median_and_aims_one_deviation_beyond(steps: Shelf) -> None:
    assert aim(steps.store, Query(targets={"tempo_bpm": 1.0})) == pytest.approx({"tempo_bpm": 105})
    assert aim(steps.store, Query(targets={"tempo_bpm": -2.0})) == pytest.approx({"tempo_bpm": 90})


def test_seeds_aim_at_their_mean_and_wishes_move_it(steps: Shelf) -> None:
    assert aim(steps.store, Query(like=("t93", "t99"))) == pytest.approx({"tempo_bpm": 96, "valence": 0.4})
    moved = aim(steps.store, Query(like=("t93", "t99"), targets={"tempo_bpm": 1.0}))
    assert moved == pytest.approx({"tempo_bpm": 101, "valence": 0.4})


def test_songs_come_in_the_order_of_their_distance(steps: Shelf) -> None:
    ranking = steps.channels["features"](Query(targets={"tempo_bpm": 1.0}), POOL)  # aims at 105
    assert steps.ids(ranking) == ["t107", "t101", "t99", "t93"]
    wanted = [math.exp(-((apart / 5) ** 2) / 2) for apart in (2, 4, 6, 12)]
    np.testing.assert_allclose(ranking.scores, wanted, rtol=1e-5)


def test_a_song_that_lacks_a_feature_of_the_seed_is_held_to_the_rest_at_a_discount(steps: Shelf) -> None:
    ranking = steps.channels["features"](Query(like=("t93",)), POOL)
    scores = dict(zip(steps.ids(ranking), ranking.scores.tolist(), strict=True))
    assert scores["t93"] == pytest.approx(1)
    assert scores["t107"] == pytest.approx(math.exp(-(((14 / 5) ** 2 + 0) / 2) / 2), rel=1e-5)
    assert scores["t99"] == pytest.approx(math.exp(-((6 / 5) ** 2) / 2) / 2, rel=1e-5)
    assert "unmeasured" not in scores


@pytest.mark.parametrize("query", [Query(), Query("fast songs"), Query(like=("blank",)), Query(like=("nobody",))])
def test_without_a_seed_that_is_measured_or_a_wish_the_channel_is_silent(steps: Shelf, query: Query) -> None:
    assert len(steps.channels["features"](query, POOL)) == 0


def test_spread_is_of_the_songs_that_have_the_feature(steps: Shelf) -> None:
    assert spread(steps.store, "tempo_bpm") == pytest.approx((100, 5, 4))
    assert spread(steps.store, "valence") == pytest.approx((0.4, 0, 2))


def test_an_empty_library_has_no_values(empty: Shelf) -> None:
    keys, values = feature_values(empty.store, [])
    assert (keys.shape, values.shape) == ((0,), (0, 0))
    assert of_keys(empty.store, np.array([1, 2]), []).shape == (2, 0)


def test_features_are_looked_up_by_key_and_missing_where_unknown(steps: Shelf) -> None:
    values = of_keys(steps.store, np.array([*steps.keys("t107", "unmeasured"), -1, 999]), ["tempo_bpm", "valence"])
    np.testing.assert_allclose(values, [[107, 0.4], *[[np.nan, np.nan]] * 3])


def test_deltas_are_to_the_mean_of_the_seeds_that_know() -> None:
    own = {"valence": 0.5, "energy": 0.9, "loudness_db": -7.0, "year_of_label": 1.0}
    apart = deltas(own, [{"valence": 0.2, "energy": 0.4}, {"valence": 0.4}, {"year_of_label": 2.0}])
    assert apart == pytest.approx({"valence": 0.2, "energy": 0.5})
    assert deltas(own, []) == {}
