"""The `title` channel: requests that name a song."""

from __future__ import annotations

import pytest
from search_songs import Shelf

from songkin.filters import Is, Not
from songkin.search.title import likeness
from songkin.testing import ChannelContract
from songkin.types import Query

POOL = 300


class TestTitle(ChannelContract):
    queries = (
        Query("Harbour"),
        Query("Number 7"),
        Query("Number 7", where=Is("language", ("de",))),
        Query("Number 7", where=Not(Is("language", ("de",)))),
    )

    @pytest.fixture(autouse=True)
    def library(self, shelf: Shelf) -> None:
        self.channel, self.songs = shelf.channels["title"], shelf.songs


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Harbour", "storm"),
        ("harbour!", "storm"),
        ("Ada Moss - Harbour", "storm"),
        ("harbour ada moss", "storm"),
        ("play song Harbour", "storm"),
        ("Music", "music"),  # a title made of words that requests are made of
        ("雨の駅", "eki"),
        ("поезд", "poezd"),
    ],
)
def test_a_title_is_found_however_it_is_written(shelf: Shelf, text: str, wanted: str) -> None:
    ranking = shelf.channels["title"](Query(text), POOL)
    assert shelf.ids(ranking)[0] == wanted
    assert ranking.scores[0] > 0.8


def test_an_artist_finds_their_songs_below_what_a_title_finds(shelf: Shelf) -> None:
    ranking = shelf.channels["title"](Query("Ada Moss"), POOL)
    assert set(shelf.ids(ranking)[:2]) == {"rain", "storm"}
    assert shelf.ids(ranking)[2:] == ["disco"]  # one she sings with another
    assert ranking.scores[0] == pytest.approx((0.85 - 0.6) / 0.4)


@pytest.mark.parametrize(
    "text", ["", "🎵", "a hushed waltz in the rain", "harbour lights of every northern town at dawn"]
)
def test_a_request_that_names_no_song_finds_none(shelf: Shelf, text: str) -> None:
    assert len(shelf.channels["title"](Query(text), POOL)) == 0


@pytest.mark.parametrize("part", ["lyrics", "description"])
def test_titles_are_no_part_of_lyrics_or_description(shelf: Shelf, part: str) -> None:
    assert len(shelf.channels["title"](Query("Harbour", part=part), POOL)) == 0


def test_a_small_pool_holds_the_best_named_songs(shelf: Shelf) -> None:
    assert shelf.ids(shelf.channels["title"](Query("Number 7"), 1)) == ["f7"]


def test_likeness_is_one_for_the_title_alone_or_with_its_artist_in_any_order() -> None:
    title, artists = ["tin", "roof"], ["ada", "moss"]
    for asked in ("tin roof", "tin roof ada moss", "ada moss tin roof"):
        assert likeness(asked.split(), title, artists) == 1
    assert likeness(["ada", "moss"], title, artists) == 0.85
    assert likeness(["tin", "roofs"], title, artists) == pytest.approx(2 * 8 / 17)  # eight letters of 8 and of 9 agree
    assert likeness(["zyx"], title, []) == 0
    assert likeness([], [], []) == 1


@pytest.mark.parametrize(
    ("asked", "title", "least"), [("champions", "we are the champions", 0.65), ("night", "all night long", 0.65)]
)
def test_words_that_stand_in_a_title_name_it_partly(asked: str, title: str, least: float) -> None:
    assert least < likeness(asked.split(), title.split(), []) < 1
