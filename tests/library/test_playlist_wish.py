"""A wish as JSON: read strictly, written shortly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.errors import QueryError
from songkin.library.playlists import Wish

NAMES = st.lists(st.text(max_size=8), max_size=3).map(tuple)
FIELDS = {
    **dict.fromkeys(("text", "start", "end", "arc", "where", "language", "user"), st.text(max_size=12)),
    **dict.fromkeys(("like", "unlike", "via"), NAMES),
    "minutes": st.one_of(st.none(), st.floats(1, 600)),
    "songs": st.one_of(st.none(), st.integers(1, 500)),
    "floor": st.one_of(st.none(), st.floats(0, 1)),
    "artist_gap": st.one_of(st.none(), st.integers(0, 9)),
    "variety": st.floats(0, 1),
}


@given(st.builds(Wish, **FIELDS))
def test_a_wish_comes_back_as_it_was_written(wish: Wish) -> None:
    assert Wish.of_json(wish.json()) == wish


def test_what_is_not_asked_for_is_not_written() -> None:
    assert Wish(text="rain", like=("a",)).json() == {"text": "rain", "like": ["a"]}
    assert Wish.of_json({"like": "a", "minutes": None}) == Wish(like=("a",))


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ([], "is an object such as"),
        ({"mood": "blue"}, "no field 'mood'; it takes album_gap"),
        ({"text": 3}, "'text' is a text, not 3"),
        ({"text": "x" * 10_001}, "write at most 10,000"),
        ({"like": 3}, "'like' is a list of names"),
        ({"like": [3]}, "'like' is a list of names"),
        ({"like": ["a"] * 501}, "name at most 500"),
        ({"minutes": 0}, "'minutes' is a number of minutes"),
        ({"minutes": float("nan")}, "'minutes' is a number of minutes"),
        ({"minutes": True}, "'minutes' is a number of minutes"),
        ({"songs": 2.5}, "'songs' is a whole number from 1 to 2,000"),
        ({"songs": 0}, "'songs' is a whole number"),
        ({"floor": 1.5}, "'floor' is a number from 0 to 1"),
        ({"artist_gap": -1}, "'artist_gap' is a whole number from 0"),
        ({"more": ["energy"], "less": ["energy"]}, "wished both more and less"),
    ],
)
def test_a_wish_that_means_nothing_names_its_field(said: Any, error: str) -> None:
    with pytest.raises(QueryError, match=error):
        Wish.of_json(said)
