"""songkin exclude and songkin edit, from the command line."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from command_line import ROWS, InProcess, fails_plainly, write_rows


@pytest.fixture
def own(shared_place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library that may be changed, and that commands without -L use."""
    shutil.copytree(shared_place, tmp_path / "own")
    monkeypatch.setenv("SONGKIN_LIBRARY", str(tmp_path / "own"))
    return tmp_path / "own"


def found(songkin: InProcess, *arguments: Any) -> list[str]:
    return [hit["id"] for hit in songkin(*arguments, "--json").document["hits"]]


def test_what_is_excluded_is_in_no_answer_until_it_is_taken_back(songkin: InProcess, own: Path) -> None:
    assert "rain-1" in found(songkin, "search", "rain at night")
    said = songkin("exclude", 'artist:"Ada Moss"')
    assert (said.code, said.out) == (0, "3 songs are never shown: artist is Ada Moss\n")
    assert "rain-1" not in found(songkin, "search", "rain at night")
    assert "rain-1" not in found(songkin, "line", "rain is drumming on the tin above my bed")
    assert "train-1" not in found(songkin, "similar", "rain-2")
    answer = songkin("search", "rain at night", "--json").document
    assert answer["query"]["text"] == "rain at night"
    assert "where" not in answer["query"]
    assert "3 of 6 songs are excluded by an exclusion (songkin exclude --list)" in answer["notes"]
    assert songkin("exclude", "--undo", "1").out == 'shown again: artist:"Ada Moss"\n'
    assert "rain-1" in found(songkin, "search", "rain at night")


def test_each_argument_is_an_exclusion_and_terms_in_one_must_all_hold(songkin: InProcess, own: Path) -> None:
    assert songkin("exclude", "genre:folk year:2003", "genre:jazz").code == 0
    listed = songkin("exclude", "--list", "--json").document
    assert listed["songs"] == 6
    assert listed["left"] == 5
    assert listed["exclusions"] == [
        {
            "number": 1,
            "where": "genre:folk year:2003",
            "words": "genre is folk and year is 2003",
            "user": "",
            "songs": 0,
        },
        {"number": 2, "where": "genre:jazz", "words": "genre is jazz", "user": "", "songs": 1},
    ]


def test_the_list_is_a_table_and_clear_empties_it(songkin: InProcess, own: Path) -> None:
    assert songkin("exclude", "--list").out == "Nothing is excluded.\n"
    songkin("exclude", "genre:folk", "explicit:true", "length:..60")
    shown = songkin("exclude", "--list").out
    assert "genre:folk" in shown
    assert "everybody" in shown
    assert "5 of 6 songs are left" in shown
    assert songkin("exclude", "--clear", "--json").document == {
        "taken_back": ["genre:folk", "explicit:true", "length:..60"]
    }
    assert songkin("exclude", "--clear").out == "Nothing was excluded.\n"


@pytest.mark.parametrize(
    ("arrives", "kept"),
    [
        ("artist:Ada Moss", 'artist:"Ada Moss"'),
        ("artist:Ada Moss,Bob", 'artist:"Ada Moss",Bob'),
        ("artist:Earth, Wind & Fire", 'artist:"Earth, Wind & Fire"'),
        ("genre:folk year:1990..", "genre:folk year:1990.."),
        ("genre:folk", "genre:folk"),
    ],
)
def test_quotes_that_a_shell_took_off_are_put_back(songkin: InProcess, own: Path, arrives: str, kept: str) -> None:
    songkin("exclude", arrives)
    assert [one["where"] for one in songkin("exclude", "--list", "--json").document["exclusions"]] == [kept]
    assert songkin("exclude", "--undo", arrives).code == 0


def test_several_are_taken_back_by_the_numbers_the_list_showed(songkin: InProcess, own: Path) -> None:
    songkin("exclude", "genre:folk", "genre:pop", "genre:jazz")
    songkin("exclude", "--undo", "1", "--undo", "2")
    left = songkin("exclude", "--list", "--json").document["exclusions"]
    assert [one["where"] for one in left] == ["genre:jazz"]


def test_a_users_exclusions_are_that_users(songkin: InProcess, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    songkin("exclude", "genre:folk", "--user", "anna")
    assert "rain-1" in found(songkin, "search", "rain")
    assert "rain-1" not in found(songkin, "search", "rain", "--user", "anna")
    assert "rain-1" not in found(songkin, "line", "rain is drumming on the tin", "--user", "anna")
    explained = songkin("explain", "rain-1", "--against", "rain", "--user", "anna", "--json").document
    assert "excluded by genre:folk (songkin exclude --undo 1 --user anna)" in explained["notes"]
    asked = write_rows(Path("asked.jsonl"), [{"id": "q", "text": "rain"}])
    for more in ((), ("--no-explain",)):
        (row,) = songkin("search", "--batch", asked, "--user", "anna", *more).rows
        assert "rain-1" not in [hit["id"] for hit in row["hits"]]
    monkeypatch.setenv("SONGKIN_USER", "anna")
    assert "rain-1" not in found(songkin, "search", "rain")
    assert songkin("exclude", "--list", "--json").document["exclusions"][0]["user"] == "anna"


def test_what_hides_nothing_and_what_hides_everything_is_said(songkin: InProcess, own: Path) -> None:
    said = songkin("exclude", "season:christmas")
    assert said.code == 0
    assert "no song meets season:christmas now" in said.err
    said = songkin("exclude", "season:none")
    assert "season:none hides every song; to take it back: songkin exclude --undo 2" in said.err
    said = songkin("search", "rain")
    assert "No song found." in said.out
    assert "6 of 6 songs are excluded" in said.err


def test_a_negative_exclusion_hides_what_is_known_to_be_something_else(songkin: InProcess, own: Path) -> None:
    assert songkin("exclude", "--", "-genre:folk").out == "3 songs are never shown: not genre is folk\n"
    assert set(found(songkin, "search", "rain song mirror", "-k", "10")) <= {"rain-1", "twin-a", "twin-b"}


def test_mistakes_name_place_and_cure(songkin: InProcess, own: Path) -> None:
    assert "did you mean 'genre'" in fails_plainly(songkin("exclude", "gener:jazz"))
    assert "nothing is excluded" in fails_plainly(songkin("exclude", "--undo", "1"))
    songkin("exclude", "genre:folk")
    assert "there are 1; songkin exclude --list" in fails_plainly(songkin("exclude", "--undo", "7"))
    assert "take it back without --user" in fails_plainly(songkin("exclude", "--undo", "1", "--user", "ben"))
    assert songkin("exclude").code == 2
    assert songkin("exclude", "genre:folk", "--list").code == 2


def test_an_edit_is_seen_listed_kept_and_undone(songkin: InProcess, own: Path) -> None:
    Path("words.lrc").write_text("[00:09.00]A walrus waltzes over the marble floor\n", encoding="utf-8")
    said = songkin("edit", "Rain on Tin", "--lyrics", "words.lrc", "--user", "anna")
    assert said.code == 0
    assert said.out.startswith("Ada Moss - Rain on Tin: edited by anna 20")
    songkin("add", write_rows(Path("songs.jsonl"), [ROWS[0]]))
    hit = songkin("line", "a walrus waltzes over the marble floor", "--json").document["hits"][0]
    assert (hit["id"], hit["reasons"][0]["start_ms"]) == ("rain-1", 9000)
    (listed,) = songkin("edit", "--list", "--json").document["edits"]
    assert (listed["id"], listed["song"]) == ("rain-1", "Ada Moss - Rain on Tin")
    assert listed["source"].endswith("from words.lrc")
    assert "rain-1  Ada Moss - Rain on Tin: edited by anna" in songkin("edit", "--list").out
    assert songkin("edit", "rain-1", "--undo").out == "Ada Moss - Rain on Tin: as its source says\n"
    assert songkin("edit", "--list").out == "Nothing was corrected.\n"
    assert found(songkin, "line", "rain is drumming on the tin above my bed")[0] == "rain-1"


def test_a_song_is_marked_instrumental_and_given_a_language(songkin: InProcess, own: Path) -> None:
    document = songkin("edit", "rain-1", "--instrumental", "--json").document
    assert document["source"].endswith("instrumental")
    assert "rain-1" not in found(songkin, "line", "rain is drumming on the tin above my bed")
    songkin("edit", "rain-2", "--language", "es")
    assert found(songkin, "search", "rain", "--where", "language:es") == ["rain-2"]


def test_an_edit_that_cannot_be_is_one_line(songkin: InProcess, own: Path) -> None:
    assert "cannot be read" in fails_plainly(songkin("edit", "rain-1", "--lyrics", "none.lrc"))
    Path("empty.txt").write_text("\n", encoding="utf-8")
    assert "holds no words" in fails_plainly(songkin("edit", "rain-1", "--lyrics", "empty.txt"))
    assert "was not corrected" in fails_plainly(songkin("edit", "rain-1", "--undo"))
    assert songkin("edit", "rain-1").code == 2
    assert songkin("edit", "--instrumental").code == 2
    assert songkin("edit", "rain-1", "--undo", "--language", "en").code == 2
