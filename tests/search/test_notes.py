"""What an answer says besides its hits."""

from __future__ import annotations

import pytest
from search_songs import Shelf

from songkin.filters import parse
from songkin.search.notes import notes
from songkin.types import Query, Ranking


@pytest.mark.parametrize(("parts", "said"), [({"meaning": [0.5]}, 1), ({"meaning": [0.5], "words": [0.5]}, 0)])
def test_songs_found_by_meaning_alone_are_said_to_be(shelf: Shelf, parts: dict[str, list[float]], said: int) -> None:
    ranking = Ranking.of(shelf.keys("rain"), [0.5], parts)
    told = notes(shelf.store, Query("zyzzyva"), ranking, ())
    assert len(told) == said
    assert all("no song holds a word of this request" in note for note in told)


def test_where_several_conditions_leave_too_little_each_is_counted(shelf: Shelf) -> None:
    where = parse("year:1700..1800 duration_s:..240")
    told = notes(shelf.store, Query("rain", where=where), Ranking.of([], [], {}), ())
    assert any("songs meet the conditions: year from 1700 to 1800 (0); length up to 4:00 (" in note for note in told)
