"""songkin feedback and songkin lyrics, from the command line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import InProcess, fails_plainly

from little_lrclib import LrclibServer, serving, track
from songkin.library import Library
from songkin.types import Song


@pytest.fixture(autouse=True)
def own(shared_place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library that may be changed, and that commands without -L use."""
    shutil.copytree(shared_place, tmp_path / "own")
    monkeypatch.setenv("SONGKIN_LIBRARY", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "own"


# -- feedback ----------------------------------------------------------------------------------------------------------


def test_what_is_liked_is_listed_shown_in_the_reasons_and_undone(songkin: InProcess) -> None:
    assert songkin("feedback", "--list").out == "Nothing was told.\n"
    before = songkin("search", "rain at night", "--json").document
    assert songkin("feedback", "Rain on Tin", "--like").out == "liked: Ada Moss - Rain on Tin\n"
    listed = songkin("feedback", "--list").out
    assert "Rain on Tin" in listed
    assert "liked" in listed
    shown = songkin("search", "rain at night").out
    assert "you liked it: raised by 10 %" in shown
    assert songkin("feedback", "--undo", "rain-1").out == "taken back: Ada Moss - Rain on Tin\n"
    assert songkin("search", "rain at night", "--json").document == before


def test_several_songs_at_once_for_one_user_and_nobody_else(songkin: InProcess) -> None:
    said = songkin("feedback", "rain-1", "rain-2", "--never", "--user", "anna", "--json").document
    assert [(one["id"], one["verdict"], one["user"]) for one in said["told"]] == [
        ("rain-1", "never", "anna"),
        ("rain-2", "never", "anna"),
    ]
    hers = songkin("search", "rain", "--user", "anna", "--json").document
    assert not {"rain-1", "rain-2"} & {hit["id"] for hit in hers["hits"]}
    assert "2 songs are hidden as never wanted again (songkin feedback --list --user anna)" in hers["notes"]
    assert {"rain-1", "rain-2"} <= {hit["id"] for hit in songkin("search", "rain", "--json").document["hits"]}
    gone = songkin("feedback", "--clear", "--user", "anna", "--json").document
    assert len(gone["taken_back"]) == 2
    assert songkin("feedback", "--list", "--user", "anna", "--json").document == {"opinions": []}


@pytest.mark.parametrize(
    "wrong",
    [(), ("rain-1",), ("--like",), ("rain-1", "--like", "--skip"), ("--list", "--clear"), ("rain-1", "--list")],
    ids=" ".join,
)
def test_wrong_usage_of_feedback_ends_with_2(songkin: InProcess, wrong: tuple[str, ...]) -> None:
    said = songkin("feedback", *wrong)
    assert (said.code, said.out) == (2, "")


def test_an_unknown_song_is_one_line(songkin: InProcess) -> None:
    assert "no song here is called 'Zzz'" in fails_plainly(songkin("feedback", "Zzz", "--like"))
    assert "no opinion of 'rain-1'" in fails_plainly(songkin("feedback", "--undo", "rain-1"))


# -- lyrics ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def server(own: Path) -> Iterator[LrclibServer]:
    Library.add(
        [Song("bare", "Night Tram", ("Ada Moss",), duration_s=200.0), Song("short", "No Length", ("Ann",))], own
    )
    with serving() as running:
        running.tracks = [track(7, "Night Tram", "Ada Moss", 200)]
        yield running


def test_words_are_found_listed_called_wrong_and_put_right(songkin: InProcess, server: LrclibServer) -> None:
    said = songkin("lyrics", "--find", "--yes", "--server", server.base)
    assert said.code == 0
    assert said.out == "1 song asked for: 1 found, 0 without words to sing, 0 not there\n"
    assert "3 songs without words lack a length, a title or an artist" in said.err
    assert songkin("lyrics", "--list").out == "bare  Ada Moss - Night Tram: LRCLIB #7\n"
    assert songkin("lyrics", "--wrong", "Night Tram").out == "Ada Moss - Night Tram: no words now\n"
    again = songkin("lyrics", "--find", "--yes", "--server", server.base, "--json").document
    assert (again["asked"], again["found"], again["absent"]) == (1, 0, 1)
    assert songkin("lyrics", "--list", "--json").document == {
        "found": [{"id": "bare", "song": "Ada Moss - Night Tram", "source": "", "wrong": ["LRCLIB #7"]}]
    }
    assert songkin("lyrics", "--right", "bare").out == "Ada Moss - Night Tram: LRCLIB #7\n"


def test_nothing_goes_online_without_consent(songkin: InProcess, server: LrclibServer) -> None:
    said = songkin("lyrics", "--find", "--server", server.base)
    assert said.code == 2
    assert "This sends artist, title, album and length of 1 song to 127.0.0.1." in " ".join(said.err.split())
    assert server.asked == []


def test_where_narrows_and_nothing_to_ask_for_asks_nobody(songkin: InProcess, server: LrclibServer) -> None:
    done = songkin("lyrics", "--find", "--where", "genre:jazz", "--server", server.base, "--json").document
    assert (done["wanted"], done["asked"]) == (0, 0)
    assert server.asked == []


def test_a_server_that_fails_is_one_line(songkin: InProcess, server: LrclibServer) -> None:
    assert "no address" in fails_plainly(songkin("lyrics", "--find", "--yes", "--server", "lrclib"))
    assert "were not found online" in fails_plainly(songkin("lyrics", "--wrong", "rain-1"))


@pytest.mark.parametrize(
    "wrong", [(), ("--find", "--list"), ("--list", "--yes"), ("--wrong", "x", "--limit", "3")], ids=" ".join
)
def test_wrong_usage_of_lyrics_ends_with_2(songkin: InProcess, wrong: tuple[str, ...]) -> None:
    said = songkin("lyrics", *wrong)
    assert (said.code, said.out) == (2, "")
