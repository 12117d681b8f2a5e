"""The arc of a playlist as a picture: places in the box, what is missing, and the sentence for those who do not see."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.serve.page.arc_picture import ArcPoint, arc_picture

values = st.none() | st.floats(-1e6, 1e6)


def test_shares_are_seen_against_all_of_zero_to_one() -> None:
    picture = arc_picture([ArcPoint("a", 0.0), ArcPoint("b", 0.5), ArcPoint("c", 1.0)], feature="energy")
    assert picture is not None
    assert picture.line == "20,92 500,50 980,8"
    assert picture.ticks == ("1", "0.5", "0")
    assert picture.wished == ""


def test_other_units_reach_from_the_least_to_the_most() -> None:
    picture = arc_picture([ArcPoint("a", 90.0, wished=80.0), ArcPoint("b", 120.0, wished=130.0)], feature="tempo_bpm")
    assert picture is not None
    assert picture.ticks == ("130", "105", "80")
    assert picture.wished == "20,92 980,8"


def test_the_line_passes_over_a_song_that_lacks_the_feature() -> None:
    picture = arc_picture([ArcPoint("a", 0.1), ArcPoint("b", None), ArcPoint("c", 0.9)], feature="valence")
    assert picture is not None
    assert [dot.words for dot in picture.dots] == ["1. a: 0.1", "3. c: 0.9"]
    assert len(picture.line.split()) == 2
    assert picture.words == "valence of 2 of 3 songs, from 0.1 to 0.9, lowest 0.1, highest 0.9."


def test_what_is_predicted_and_what_was_wished_is_said() -> None:
    picture = arc_picture([ArcPoint("a", 0.25, True, 0.5)], feature="energy")
    assert picture is not None
    assert picture.dots[0].words == "1. a: 0.25 (predicted), wished 0.5"
    assert picture.dots[0].predicted
    assert picture.words.endswith("0.25 from the wished arc on average.")


@pytest.mark.parametrize("points", [[], [ArcPoint("a", None, wished=0.5)], [ArcPoint("a", math.nan)]])
def test_there_is_no_picture_where_no_song_has_the_feature(points: list[ArcPoint]) -> None:
    assert arc_picture(points, feature="energy") is None


def test_equal_values_lie_in_the_middle() -> None:
    picture = arc_picture([ArcPoint("a", 120.0), ArcPoint("b", 120.0)], feature="tempo_bpm")
    assert picture is not None
    assert {dot.y for dot in picture.dots} == {50.0}


@given(st.lists(st.tuples(values, values), max_size=40))
def test_every_place_lies_in_the_box(pairs: list[tuple[float | None, float | None]]) -> None:
    picture = arc_picture([ArcPoint("x", value, wished=wished) for value, wished in pairs], feature="f")
    places = "" if picture is None else f"{picture.line} {picture.wished}"
    for place in places.split():
        x, y = map(float, place.split(","))
        assert 0 <= x <= 1000
        assert 0 <= y <= 100
