"""Requests that recall a song: which of their words tell something, and the lines they quote."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_songs import Shelf

from songkin.filters import Has
from songkin.search import wholes
from songkin.search.recalling import plainly_written, quoted, recalled, word_weights
from songkin.search.wholes import Wholes
from songkin.types import Query

TOLD = (
    "Please help me find this song. I heard it on the radio years ago, there was a music video and a woman sings "
    '"a pebble in my pocket" or something like that. Thanks!'
)


@pytest.mark.parametrize(
    "query",
    [
        Query("sad piano"),
        Query("songs about the rain for a long drive through the hills at night with friends"),
        Query("I heard this song"),  # too short to tell a story
        Query(TOLD, part="lyrics"),
        Query(TOLD, part="description"),
        Query(TOLD, like=("rain",)),
    ],
)
def test_wishes_and_short_requests_recall_nothing(query: Query) -> None:
    assert recalled(query) is None


def test_what_every_such_request_says_weighs_little_and_what_is_quoted_much() -> None:
    told = recalled(Query(TOLD))
    assert told is not None
    assert told.lines == ("a pebble in my pocket",)
    assert told.words["song"] < 0.2
    assert told.words["video"] < 0.5
    assert told.words["pebbl"] == 5.0


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("it goes “back hoooome” and ‘nothing’", ("back home", "nothing")),
        ("lyrics: > and I never knew your name", ("and I never knew your name",)),
        ("*get down get down* then a solo", ("get down get down",)),
        ("it's a song that isn't mine", ()),
        ("", ()),
    ],
)
def test_quotes_are_read_however_they_are_written(text: str, lines: tuple[str, ...]) -> None:
    assert quoted(plainly_written(text)) == lines


def test_addresses_tell_nothing() -> None:
    assert plainly_written("here: https://voca.ro/abc and www.example.org/x").split() == ["here:", "and"]


def test_words_tell_from_nothing_to_all() -> None:
    weights = word_weights()
    assert min(weights.values()) < 0.1 < 0.7 < max(weights.values()) <= 1.0


@settings(deadline=None)  # the first request reads the counts of words
@given(st.text(max_size=400))
def test_any_text_is_read_and_weights_are_never_negative(text: str) -> None:
    told = recalled(Query(f"I heard this song on the radio and cannot remember its name at all: {text}"))
    assert told is not None
    assert all(weight >= 0 for weight in told.words.values())


def test_the_song_whose_line_is_quoted_among_talk_comes_first(shelf: Shelf) -> None:
    told = Query(
        "Can anyone help me find this song? I only heard it once, in a shop, and I remember nothing of the singer "
        'except that the chorus says "everyday I watch the rain" or so'
    )
    ranking = shelf.channels["words"](told, 300)
    assert len(ranking)
    assert ranking.scores[0] == 1.0


def test_a_quoted_line_is_looked_for_as_a_line(shelf: Shelf) -> None:
    told = 'Can anyone help me find this song? I only heard it once, in a shop, and the chorus says "{}" or so'
    line = shelf.channels["line"]
    assert shelf.ids(line(Query(told.format("I left the kettle on for you")), 300))[0] == "rain"
    assert not len(line(Query(told.format("xyzzy plugh frotz gnusto")), 300))


def test_candidates_of_a_large_library_score_as_all_songs_do(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    own, told = Wholes(shelf.store), {"rain": 1.0, "window": 0.6, "harbour": 0.4}
    whole = own.find(told, None, 10)
    monkeypatch.setattr(wholes, "HELD_PASSAGES", 1)
    some = own.find(told, None, 10)
    assert some.keys.tolist() == whole.keys.tolist()
    np.testing.assert_allclose(some.scores, whole.scores, rtol=1e-5)
    named = own.find(told, Has("artist", ("Ada Moss",)), 10)
    assert 0 < len(named.keys) < len(whole.keys)
