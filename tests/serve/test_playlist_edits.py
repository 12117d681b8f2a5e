"""What the buttons of the playlist editor do to an order, and the orders that forms may send."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.errors import QueryError
from songkin.serve.page.playlist_edits import MOST, Order, edited, ids_of

ABC = Order(("a", "b", "c"))
PRESSED = {
    "up": ({"up": "2"}, Order(("b", "a", "c"), ("b",), 1)),
    "down": ({"down": "2"}, Order(("a", "c", "b"), ("b",), 3)),
    "up from the top": ({"up": "1"}, Order(("a", "b", "c"), ("a",), 1)),
    "down from the end": ({"down": "3"}, Order(("a", "b", "c"), ("c",), 3)),
    "out": ({"remove": "1"}, Order(("b", "c"), (), 1)),
    "the last out": ({"remove": "3"}, Order(("a", "b"), (), 2)),
    "pin": ({"pin": "3"}, Order(("a", "b", "c"), ("c",), 3)),
    "nothing": ({"name": "mix"}, ABC),
}


@pytest.mark.parametrize("said", PRESSED)
def test_a_button_does_what_it_says(said: str) -> None:
    form, after = PRESSED[said]
    assert edited(ABC, form) == after


def test_a_pin_is_taken_off_again_and_goes_with_its_song() -> None:
    pinned = edited(ABC, {"pin": "2"})
    assert edited(pinned, {"unpin": "2"}).pins == ()
    assert edited(pinned, {"remove": "2"}).pins == ()


@pytest.mark.parametrize("place", ["0", "4", "-1", "x", "1e9", "9" * 30, "²"])
def test_a_place_that_is_not_there_is_refused(place: str) -> None:
    with pytest.raises(QueryError, match="there is no song at place"):
        edited(ABC, {"up": place})


@given(st.lists(st.text(max_size=5), max_size=20, unique=True), st.sampled_from(["up", "down", "pin"]), st.data())
def test_moving_loses_no_song(ids: list[str], does: str, data: st.DataObject) -> None:
    if not ids:
        return
    place = data.draw(st.integers(1, len(ids)))
    after = edited(Order(tuple(ids)), {does: str(place)})
    assert sorted(after.ids) == sorted(ids)
    assert after.ids[after.at - 1] == ids[place - 1]


@given(st.lists(st.text(max_size=20), max_size=20))
def test_ids_come_back_each_once(ids: list[str]) -> None:
    assert ids_of(json.dumps(ids)) == tuple(dict.fromkeys(ids))


@pytest.mark.parametrize("text", ["[", '{"a": 1}', "[1]", '"a"', "[" * 100_000])
def test_ids_that_are_no_list_of_texts_are_refused(text: str) -> None:
    with pytest.raises(QueryError, match="JSON list of song ids"):
        ids_of(text)


def test_nothing_sent_is_no_songs_and_too_many_are_refused() -> None:
    assert ids_of("  ") == ()
    with pytest.raises(QueryError, match="at most"):
        ids_of(json.dumps(["a"] * (MOST + 1)))
