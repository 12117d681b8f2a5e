"""The `words` channel: BM25 of stems over lyrics and descriptions."""

from __future__ import annotations

import pytest
from search_songs import Shelf

from songkin.filters import Has, Not
from songkin.search import Words
from songkin.testing import ChannelContract
from songkin.types import Query

POOL = 300


class TestWords(ChannelContract):
    queries = (
        Query("rain and everyday"),
        Query("everyday", where=Has("genre", ("jazz", "hip hop"))),
        Query("everyday", where=Not(Has("genre", ("jazz",)))),
        Query(like=("rain", "no such song")),
    )

    @pytest.fixture(autouse=True)
    def library(self, shelf: Shelf) -> None:
        self.channel, self.songs = shelf.channels["words"], shelf.songs


def found(shelf: Shelf, text: str, part: str = "all") -> list[str | None]:
    return shelf.ids(shelf.channels["words"](Query(text, part=part), POOL))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("drums", "rain"),  # "drumming"
        ("the ferries", "storm"),
        ("melancholic acoustic guitar", "rain"),
        ("a pebble", "bag"),  # from a bag of words
        ("夜の海", "eki"),
        ("снежинка", "poezd"),
        ("songs with a synthesizer", "disco"),
    ],
)
def test_words_meet_their_stems_in_lyrics_and_descriptions(shelf: Shelf, text: str, wanted: str) -> None:
    assert found(shelf, text)[0] == wanted


def test_a_part_is_searched_alone(shelf: Shelf) -> None:
    assert set(found(shelf, "rain", "lyrics")) == {"rain", "storm"}
    assert set(found(shelf, "rain", "description")) == {"walk"}
    assert set(found(shelf, "rain")) == {"rain", "storm", "walk"}


@pytest.mark.parametrize("text", ["kettle", "Pavement", "Cy Dell", "Harbour"])
def test_a_description_holds_neither_lyrics_nor_names(shelf: Shelf, text: str) -> None:
    assert found(shelf, text, "description") == []


@pytest.mark.parametrize("text", ["", "the of and", "🎵🎵", "-- ?!", "zyzzyva"])
def test_a_request_that_says_nothing_here_finds_nothing(shelf: Shelf, text: str) -> None:
    assert found(shelf, text) == []


def test_the_first_two_hundred_words_of_an_endless_request_count(shelf: Shelf) -> None:
    filling = " ".join(f"nothing{number}" for number in range(10_000))
    assert found(shelf, f"kettle {filling}") == ["rain"]
    assert found(shelf, f"{filling} kettle") == []


def test_a_seed_finds_songs_made_of_the_same_words(shelf: Shelf) -> None:
    ids = shelf.ids(shelf.channels["words"](Query(like=("storm",)), POOL))
    assert ids[0] == "storm"
    assert "rain" in ids


def test_requests_are_stemmed_in_english_and_the_languages_of_the_library(shelf: Shelf, empty: Shelf) -> None:
    assert Words(shelf.store).languages() == ("en", "de", "ja", "ru")
    assert Words(empty.store).languages() == ("en",)
