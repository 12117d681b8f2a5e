"""Where the time of a request went is told to who asks, and to nobody else."""

from __future__ import annotations

import pytest
from search_songs import Shelf, shelved

from songkin.library import Library, timed
from songkin.search.at_once import at_once
from songkin.search.timing import step
from songkin.types import Lyrics, Song

SONGS = (
    Song("ferry", "Late Ferry", ("Grey Hulls",), lyrics=Lyrics("The last ferry leaves at nine", language="en")),
    Song("gulls", "Gulls", ("Ada Moss",), lyrics=Lyrics("Gulls over chimneys, a bakery door", language="en")),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    shelf: Shelf = shelved(tmp_path_factory.mktemp("timing") / "library", SONGS)
    opened = Library(shelf.store, encoder=shelf.encoder)
    opened.__dict__["encoder"] = shelf.encoder
    return opened


def test_every_step_of_a_request_is_told_in_order(library: Library) -> None:
    with timed() as timing:
        assert library.search("a song about a ferry").hits
    steps = list(timing.steps_ms)
    assert steps[0] == "understand"
    assert {"meaning", "words", "line", "title", "fuse", "versions", "songs", "explain", "notes"} <= set(steps)
    assert steps.index("fuse") > max(steps.index(name) for name in ("meaning", "words", "line"))
    assert 0 < timing.steps_ms["explain"] <= timing.total_ms


def test_reading_the_encoder_is_a_step_of_the_first_request(library: Library) -> None:
    fresh = Library(library.store, encoder=library.encoder)
    with timed() as first:
        fresh.search("a song about a ferry")
    with timed() as second:
        fresh.search("a song about gulls")
    assert "encoder" in first.steps_ms
    assert "encoder" not in second.steps_ms


def test_what_the_store_was_asked_is_counted_also_from_other_threads(library: Library) -> None:
    with timed() as first:
        library.search("gulls over chimneys")
    assert first.fetches_ms
    with timed() as nothing:
        pass
    assert nothing.fetches_ms == []
    assert nothing.steps_ms == {}


def test_what_is_asked_outside_is_not_told(library: Library) -> None:
    with timed() as timing:
        pass
    library.search("a ferry")
    with step("later"):
        pass
    assert timing.steps_ms == {}


def test_a_step_that_is_taken_twice_adds_up_and_one_that_fails_is_told_too() -> None:
    with timed() as timing:
        with step("look"):
            pass
        once = timing.steps_ms["look"]
        with pytest.raises(KeyError), step("look"):
            raise KeyError
    assert timing.steps_ms["look"] > once


def test_works_of_other_threads_come_in_their_order_and_their_errors_are_raised() -> None:
    assert list(at_once({"meaning": lambda: 1, "words": lambda: 2, "line": lambda: 3}).items()) == [
        ("meaning", 1),
        ("words", 2),
        ("line", 3),
    ]
    assert at_once({"meaning": lambda: 1}) == {"meaning": 1}
    with pytest.raises(ZeroDivisionError):
        at_once({"meaning": lambda: 1 // 0, "words": lambda: 2})
