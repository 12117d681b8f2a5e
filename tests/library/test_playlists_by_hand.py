"""Playlists that are chosen by hand: kept as they are, and pinned as the hand says."""

from __future__ import annotations

from pathlib import Path

import pytest
from library_songs import LOAD, add, load_toys, song

from songkin.errors import QueryError
from songkin.library import Library
from songkin.library.playlists import Wish


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setattr(*LOAD, load_toys)
    add(tmp_path / "L", [song(n) for n in range(8)])
    return Library.open(tmp_path / "L")


def test_chosen_songs_are_kept_in_their_order_and_stay_when_refreshed(library: Library) -> None:
    kept = library.playlists.keep("Mine", ["s3", "s1", "s2"])
    assert kept.ids == kept.pinned == ("s3", "s1", "s2")
    assert kept.wish == Wish()
    add(Path(library.store.tables.place), [song(9)])
    library.refresh()
    assert library.playlists.open("Mine").ids == ("s3", "s1", "s2")
    assert library.playlists.refresh("Mine")[0].playlist.notes == ()


@pytest.mark.parametrize("ids", [["s1", "s1"], ["s1", "nowhere"]])
def test_a_song_twice_or_one_that_is_not_here_is_refused(library: Library, ids: list[str]) -> None:
    with pytest.raises(QueryError):
        library.playlists.keep("Mine", ids)
    assert library.playlists.all() == []


def test_pins_are_those_that_are_named_whatever_moved(library: Library) -> None:
    library.playlists.keep("Mine", ["s1", "s2", "s3"])
    assert library.playlists.edit("Mine", ["s3", "s1", "s2"], pinned=["s2"]).pinned == ("s2",)
    assert library.playlists.edit("Mine", ["s1", "s3", "s2"], pinned=[]).pinned == ()
    assert library.playlists.edit("Mine", ["s1", "s2", "s3"]).pinned != ()


def test_a_name_that_is_taken_gets_a_number(library: Library) -> None:
    assert library.playlists.free_name("  For the\nroad ") == "For the road"
    for expected in ("For the road", "For the road 2", "For the road 3"):
        name = library.playlists.free_name("For the road")
        assert name == expected
        library.playlists.keep(name, ["s1"])
    assert library.playlists.free_name("") == "Playlist"


def test_a_name_as_long_as_names_may_be_has_room_for_its_number(library: Library) -> None:
    for _ in range(2):
        library.playlists.keep(library.playlists.free_name("x" * 300), ["s1"])
    assert len({one.name for one in library.playlists.all()}) == 2
