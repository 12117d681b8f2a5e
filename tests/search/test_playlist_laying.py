"""Songs laid in order: rules are kept where they can be, whatever the costs, and lengths are met."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songkin.search.playlists.arc import Arc, targets
from songkin.search.playlists.fitting import Fitted, fitted, tolerance
from songkin.search.playlists.laying import Flow, Gap, Rules, broken, lay, total
from songkin.search.playlists.path import Place, places_of
from songkin.search.playlists.settling import settle
from songkin.search.playlists.table import Rows

ALONE = np.full(6, -1, np.int64)


def rules(artists: list[int], gap: int = 0, **more: Any) -> Rules:
    own = np.array(artists, np.int64)
    return Rules(np.full(len(own), -1, np.int64), own, (Gap(own, gap),) if gap else (), **more)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_song_and_no_version_comes_twice_and_fixed_songs_stand(data: st.DataObject) -> None:
    songs = data.draw(st.integers(2, 9))
    places = data.draw(st.integers(1, songs))
    seed = np.random.default_rng(data.draw(st.integers(0, 999)))
    versions = seed.integers(-1, 4, songs)
    held = Rules(versions, seed.integers(-1, 3, songs), (Gap(seed.integers(-1, 3, songs), 1),), fixed={0: songs - 1})
    costs = seed.random((places, songs))
    flow = Flow(seed.random((songs, 3)).astype(np.float32), 0.5) if data.draw(st.booleans()) else None
    order = lay(costs, held, flow)
    settled = settle(order, costs, held, flow)
    assert sorted(settled) == sorted(order)
    assert len(set(order)) == len(order)
    known = [int(version) for version in versions[order] if version >= 0]
    assert len(set(known)) == len(known)
    assert settled[0] == order[0] == songs - 1
    assert total(settled, costs, held, flow) <= total(order, costs, held, flow) + 1e-9


@settings(max_examples=60, deadline=None)
@given(counts=st.lists(st.integers(1, 5), min_size=2, max_size=5), gap=st.integers(1, 3), seed=st.integers(0, 99))
def test_a_gap_is_kept_whenever_it_can_be(counts: list[int], gap: int, seed: int) -> None:
    """It can be where (most - 1) * (gap + 1), and a song of each artist that is as common, are not too many."""
    artists = [artist for artist, count in enumerate(counts) for _ in range(count)]
    most = max(counts)
    can_be = (most - 1) * (gap + 1) + counts.count(most) <= len(artists)
    costs = np.random.default_rng(seed).random((len(artists), len(artists)))
    held = rules(artists, gap)
    order = settle(lay(costs, held), costs, held)
    assert sorted(order) == list(range(len(artists)))
    if can_be:
        assert broken(order, held.gaps[0]) == 0


def test_artists_a_a_a_b_b_are_dealt_out_by_turns() -> None:
    held = rules([0, 0, 0, 1, 1], 1)
    costs = np.tile(np.arange(5.0)[::-1], (5, 1))  # what is laid first are the two of artist 1
    order = settle(lay(costs, held), costs, held)
    assert [int(held.artists[song]) for song in order] == [0, 1, 0, 1, 0]


def test_the_cheapest_is_laid_first_and_of_an_artist_no_more_than_may_be() -> None:
    costs = np.tile(np.array([0.3, 0.1, 0.2, 0.9]), (3, 1))
    assert lay(costs, rules([0, 0, 0, 1])) == [1, 2, 0]
    assert lay(costs, rules([0, 0, 0, 1], per_artist=1)) == [1, 3], "and it ends where no song is left"
    assert lay(costs, rules([-1, -1, -1, -1], per_artist=1)) == [1, 2, 0], "unknown artists are never capped"


def test_neighbours_count_where_they_are_asked_to() -> None:
    points = np.array([[0.0], [1.0], [2.0], [3.0]], np.float32)
    held = rules([-1] * 4, fixed={0: 0})
    assert lay(np.zeros((4, 4)), held, Flow(points, 1.0)) == [0, 1, 2, 3]


def test_counting_what_a_gap_breaks() -> None:
    gap = Gap(np.array([0, 0, 1, -1, -1]), 1)
    assert broken([0, 1, 2], gap) == 1
    assert broken([0, 2, 1], gap) == 0
    assert broken([3, 4], gap) == 0, "the unknown is like no other"


# -- lengths -----------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 999), minutes=st.integers(10, 60))
def test_a_length_is_met_where_songs_are_many(seed: int, minutes: int) -> None:
    lengths = np.random.default_rng(seed).uniform(120, 320, 80)
    held = rules([-1] * 80)

    def laid(songs: int) -> Fitted:
        costs = np.random.default_rng(seed).random((songs, 80))
        order = lay(costs, held)
        return Fitted(order, Rows(costs, costs, held), float(lengths[order].sum()))

    found = fitted(laid, lengths, 60.0 * minutes, songs=None, least=1)
    assert abs(found.length_s - 60 * minutes) <= tolerance(60.0 * minutes)
    assert found.length_s == pytest.approx(float(lengths[found.order].sum()))
    assert len(set(found.order)) == len(found.order)


def test_the_tolerance_is_a_minute_or_two_in_a_hundred() -> None:
    assert (tolerance(600.0), tolerance(36_000.0)) == (60.0, 720.0)


# -- arcs and places ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("energy:rise", [0.1, 0.3, 0.5, 0.7, 0.9]),
        ("energy:fall", [0.9, 0.7, 0.5, 0.3, 0.1]),
        ("energy:peak", [0.1, 0.5, 0.9, 0.5, 0.1]),
        ("energy:dip", [0.9, 0.5, 0.1, 0.5, 0.9]),
        ("ENERGY: 0.2..0.6", [0.2, 0.3, 0.4, 0.5, 0.6]),
        ("energy:0..1..0.5", [0.0, 0.5, 1.0, 0.75, 0.5]),
        ("energy:0.5", [0.5] * 5),
        ("loudness_db:-20..-10", [-20, -17.5, -15, -12.5, -10]),
    ],
)
def test_an_arc_wants(text: str, wanted: list[float]) -> None:
    arc = Arc.of(text, ["energy", "loudness_db"]).between(np.linspace(0, 1, 101))
    assert targets(arc, np.linspace(0, 1, 5)).tolist() == pytest.approx(wanted)


def test_longer_legs_get_more_places() -> None:
    places = places_of(np.array([0.5, 1.5]), 7)
    assert places == [
        Place(0, 0.0), Place(0, 0.5), Place(1, 0.0), Place(1, 0.25), Place(1, 0.5), Place(1, 0.75), Place(1, 1.0),
    ]  # fmt: skip
    assert places_of(np.array([1.0]), 1) == [Place(0, 0.0), Place(0, 1.0)], "both ends stand in any case"
