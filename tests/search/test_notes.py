"""What an answer says besides its hits."""

from __future__ import annotations

import pytest
from search_songs import Shelf

from songkin.search.notes import notes
from songkin.types import Query, Ranking


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rain without drums", "'without drums'"),
        ("sad, but not about a break", "'not about a break'"),
        ("No guitars please", "'No guitars'"),
    ],
)
def test_a_denial_is_said_to_be_read_as_words(shelf: Shelf, text: str, said: str) -> None:
    assert any(said in note and "--where" in note for note in shelf.engine.answer(Query(text)).notes)


@pytest.mark.parametrize("text", ["notable rain", "a nose for rain", "rain"])
def test_words_that_only_begin_alike_deny_nothing(shelf: Shelf, text: str) -> None:
    assert not any("read as words" in note for note in shelf.engine.answer(Query(text)).notes)


@pytest.mark.parametrize(("parts", "said"), [({"meaning": [0.5]}, 1), ({"meaning": [0.5], "words": [0.5]}, 0)])
def test_songs_found_by_meaning_alone_are_said_to_be(shelf: Shelf, parts: dict[str, list[float]], said: int) -> None:
    ranking = Ranking.of(shelf.keys("rain"), [0.5], parts)
    told = notes(shelf.store, Query("zyzzyva"), ranking, ())
    assert len(told) == said
    assert all("no song holds a word of this request" in note for note in told)
