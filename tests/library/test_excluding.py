"""Exclusions: kept, listed, taken back, and applied to everything that is asked, for the one who excludes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from library_songs import LOAD, add, load_toys, song

from songkin.errors import FilterError, QueryError
from songkin.library import Library
from songkin.store import writing
from songkin.store.state import Decision, State
from songkin.types import Lyrics, Query, Song

SPARSE = Song("bare", "Rain Without a Year", lyrics=Lyrics("the rain goes by and nobody knows when"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight songs of each theme, 1960 to 2023, and one of which little is known."""
    place = tmp_path_factory.mktemp("excluding") / "L"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*LOAD, load_toys)
        add(place, [*(song(n) for n in range(64)), SPARSE])
    return place


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Library:
    return Library.open(shutil.copytree(made, tmp_path / "L"))


def ids(answer: object) -> set[str]:
    return {hit.song.id for hit in answer.hits}  # type: ignore[attr-defined]


def test_an_excluded_song_is_found_by_nothing(library: Library) -> None:
    before = ids(library.search("rain", k=20))
    library.exclude('artist:"Artist 0"')
    hidden = {name for name in before if name != "bare" and int(name[1:]) % 3 == 0}
    assert hidden
    assert not hidden & ids(library.search("rain", k=20))
    assert not hidden & ids(library.search("rain", k=20, where="year:1960.."))
    assert not hidden & ids(library.similar("s8", k=20))
    assert not hidden & ids(library.line("all night the rain goes by", k=20))
    for lines in (False, True):
        (hits,) = library.batch([Query("all night the rain goes by", k=20)], lines=lines)
        assert isinstance(hits, list)
        assert hits
        assert not hidden & {hit.id for hit in hits}


def test_a_song_that_does_not_say_stays_where_a_negated_condition_would_drop_it(library: Library) -> None:
    library.exclude("year:1960..2023")
    assert ids(library.search("rain", k=20)) == {"bare"}
    assert ids(library.search("rain", where="-year:1960..2023", k=20)) == set()


def test_what_is_excluded_comes_back_when_it_is_taken_back(library: Library) -> None:
    before = library.search("rain", k=20)
    library.exclude("genre:folk", "genre:pop")
    assert ids(library.search("rain", k=20)) == {"bare"}
    assert library.include(1).where == "genre:folk"
    assert library.include("genre:pop").where == "genre:pop"
    assert library.search("rain", k=20) == before
    assert library.exclusions() == []


def test_the_asker_is_told_once_and_the_query_stays_the_askers_own(library: Library) -> None:
    library.exclude("genre:folk", "year:1960")
    answer = library.search("rain", where="year:1960..1990", k=3)
    assert answer.query.where is not None
    assert answer.query.where.words() == "year from 1960 to 1990"
    assert [note for note in answer.notes if "excluded" in note] == [
        "33 of 65 songs are excluded by 2 exclusions (songkin exclude --list)"
    ]
    assert "excluded" in library.line("all night the rain").notes[-1]
    narrow = library.search("rain", where="year:1968", k=3)
    assert "1 of 65 songs meet the condition: year is 1968" in narrow.notes


def test_an_exclusion_that_hides_nothing_needs_no_note(library: Library) -> None:
    (excluded,) = library.exclude("season:christmas")
    assert excluded.songs == 0
    assert not [note for note in library.search("rain").notes if "excluded" in note]


def test_a_named_users_exclusions_hold_for_that_user_and_the_librarys_own_for_everybody(library: Library) -> None:
    library.exclude("genre:folk", user="anna")
    library.exclude("year:1960")
    found = {user: ids(library.search("rain", k=20, user=user)) for user in ("", "anna", "ben")}
    assert found[""] == found["ben"]
    assert not any(int(name[1:]) % 2 for name in found["anna"] - {"bare"})
    assert any(int(name[1:]) % 2 for name in found["ben"] - {"bare"})
    assert "s0" not in found["ben"]
    assert [(one.number, one.where, one.exclusion.user) for one in library.exclusions(user="anna")] == [
        (1, "year:1960", ""),
        (2, "genre:folk", "anna"),
    ]
    with pytest.raises(QueryError, match="excluded for everybody"):
        library.include(1, user="anna")
    of_anna = Library.open(library.store.tables.place, user="anna")
    assert ids(of_anna.search("rain", k=20)) == found["anna"]
    (hits,) = of_anna.batch([Query("rain", k=20)])
    assert isinstance(hits, list)
    assert {hit.id for hit in hits} == found["anna"]
    assert "--list --user anna" in of_anna.search("rain").notes[-1]


def test_explain_says_what_excludes_a_song_and_still_gives_its_reasons(library: Library) -> None:
    library.exclude("year:1960", "genre:folk")
    standing = library.explain("s0", "rain")
    assert standing.rank is None
    assert standing.hits
    assert standing.notes == ("excluded by year:1960 (songkin exclude --undo 1)",)
    assert library.explain("s8", "rain").rank is not None


def test_an_exclusion_outlives_the_process_and_holds_for_songs_that_come_later(library: Library) -> None:
    library.exclude("year:2024")
    place = Path(library.store.tables.place)
    add(place, [song(64, year=2024, title="Rain Rain Rain")])
    again = Library.open(place)
    assert "s64" not in ids(again.search("rain", k=70))
    again.include("year:2024")
    assert "s64" in ids(again.search("rain", k=70))


def test_another_process_is_heard_after_a_refresh(library: Library) -> None:
    other = Library.open(library.store.tables.place)
    library.search("rain")
    other.exclude("genre:folk", "genre:pop")
    library.refresh()
    assert ids(library.search("rain", k=20)) == {"bare"}


def test_the_same_exclusion_twice_is_one(library: Library) -> None:
    library.exclude("genre:folk")
    library.exclude(" genre:folk ")
    assert [one.where for one in library.exclusions()] == ["genre:folk"]


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_exclusion_is_refused(library: Library, text: str) -> None:
    with pytest.raises(FilterError, match="empty"):
        library.exclude(text)


def test_of_several_of_which_one_cannot_be_read_none_is_kept(library: Library) -> None:
    with pytest.raises(FilterError, match="did you mean 'genre'"):
        library.exclude("genre:folk", "gener:pop")
    assert library.exclusions() == []


@pytest.mark.parametrize("named", [0, 2, "2", "genre:pop"])
def test_taking_back_what_is_not_there_is_an_error(library: Library, named: int | str) -> None:
    library.exclude("genre:folk")
    with pytest.raises(QueryError, match="no exclusion is"):
        library.include(named)


def test_an_exclusion_that_cannot_be_read_any_more_is_said_not_dropped_and_can_be_taken_back(library: Library) -> None:
    State(library.store.tables).keep(Decision("", "exclusion", "sparkle:0.5.."))
    library.refresh()
    with pytest.raises(QueryError, match="exclude --undo"):
        library.search("rain")
    assert library.exclusions()[0].words == "cannot be read"
    assert library.left() == 65
    (said,) = library.batch([Query("rain")])
    assert isinstance(said, QueryError)
    library.include(1)
    assert library.search("rain").hits


def test_excluding_needs_no_writers_lock(library: Library) -> None:
    with writing(library.store.tables.place, dim=64):
        library.exclude("genre:folk")
        assert len(library.exclusions()) == 1
