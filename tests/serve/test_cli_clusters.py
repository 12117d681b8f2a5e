"""`songkin clusters`: a table a person reads, a document a program reads, and plain words where it cannot be done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from command_line import ROWS, InProcess, fails_plainly, write_rows

SONGS: list[dict[str, Any]] = [
    {
        "id": f"{theme}-{at}",
        "title": f"{theme.title()} Song {at}",
        "artist": f"Singer {at}",
        "tags": [mood],
        "lyrics": f"The {theme} goes by in verse{at}\nAnd the {theme} comes home\nI love the {theme} and the {theme}",
    }
    for theme, mood in (("harbour", "calm"), ("engine", "loud"), ("winter", "cold"))
    for at in range(12)
]


@pytest.fixture
def library(songkin: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert songkin("add", write_rows(tmp_path / "songs.jsonl", SONGS), "-L", tmp_path / "T").code == 0
    monkeypatch.setenv("SONGKIN_LIBRARY", str(tmp_path / "T"))
    return tmp_path / "T"


def test_the_table_names_themes_with_songs_and_quality(songkin: InProcess, library: Path) -> None:
    said = songkin("clusters", "-k", 3)
    assert said.code == 0, said.err
    for word in ("harbour", "engine", "winter", "calm >×20", "Harbour Song", "100%"):
        assert word in said.out
    assert "36 songs in 3 themes (chosen); silhouette 0." in said.out
    assert "100% of the songs keep their theme when a fifth of the library is left out." in said.out


def test_json_is_one_document_with_everything(songkin: InProcess, library: Path) -> None:
    document = songkin("clusters", "-k", 3, "--json").document
    assert list(document) == ["grain", "songs", "quality", "themes", "lone", "outliers", "notes"]
    assert document["quality"]["stays"] == 1.0
    theme = document["themes"][0]
    assert theme["number"] == 1
    assert theme["songs"] == 12
    assert theme["within"] is None
    assert set(theme["words"][0]) == {"name", "share", "lift"}
    assert set(theme["examples"][0]) == {"id", "name", "nearness"}
    fine = songkin("clusters", "--grain", "fine", "--json").document
    assert {theme["within"] for theme in fine["themes"]} <= {
        theme["name"] for theme in songkin("clusters", "--json").document["themes"]
    }


def test_the_songs_of_a_theme_are_listed(songkin: InProcess, library: Path) -> None:
    said = songkin("clusters", "-k", 3, "--songs", "winter")
    assert "winter" in said.out
    assert said.out.count("Winter Song") == 12
    assert "excluded" not in said.err
    document = songkin("clusters", "-k", 3, "--songs", "2", "--json").document
    assert document["theme"]["number"] == 2
    assert len({song["id"].split("-")[0] for song in document["songs"]}) == 1


def test_songs_of_a_theme_that_are_excluded_are_counted_in_a_note(songkin: InProcess, library: Path) -> None:
    assert songkin("exclude", 'artist:"Singer 3"', 'artist:"Singer 4"').code == 0
    said = songkin("clusters", "-k", 3, "--songs", "winter")
    assert "12 songs" in said.out
    assert said.out.count("Winter Song") == 10
    assert "2 of its songs are excluded, and not shown" in said.err


def test_numbers_that_cannot_be_said_are_null(songkin: InProcess, place: Path) -> None:
    document = songkin("clusters", "-k", 1, "--json").document
    assert document["quality"]["silhouette"] is None
    assert document["songs"] == len(ROWS)
    assert {mark["lift"] for theme in document["themes"] for mark in theme["words"]} <= {1.0}
    assert "one theme holds all songs: its words are the commonest" in " ".join(document["notes"])


def test_themes_of_one_song_each_are_not_called_stable(songkin: InProcess, tmp_path: Path) -> None:
    songkin("add", write_rows(tmp_path / "few.jsonl", SONGS[::12]), "-L", "few")
    said = songkin("clusters", "-k", 50, "-L", "few")
    assert "3 songs in 3 themes" in said.out
    assert "%" not in said.out
    document = songkin("clusters", "-k", 50, "-L", "few", "--json").document
    assert document["quality"]["stays"] is None
    assert [theme["stays"] for theme in document["themes"]] == [None] * 3


def test_a_descriptor_that_hardly_comes_elsewhere_has_no_figure_of_its_own(songkin: InProcess, library: Path) -> None:
    themes = songkin("clusters", "-k", 3, "--json").document["themes"]
    assert min(mark["lift"] for theme in themes for mark in theme["descriptors"]) > 20
    assert "calm >×20" in songkin("clusters", "-k", 3).out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--grain", "corse"), 1, "did you mean 'coarse'?"),
        (("--songs", "volcano"), 1, "no theme at grain medium is called 'volcano'"),
        (("--grain", "fine", "-k", "3"), 2, "give one of them"),
        (("-k", "0"), 2, "-k"),
        (("-k", "1001"), 1, "ask for 1 to 1,000"),
        (("-L", "nowhere"), 1, "no library here"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    songkin: InProcess, place: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    told = songkin("clusters", *arguments)
    assert told.code == code
    assert said in (fails_plainly(told) if code == 1 else told.err)
    assert told.out == ""


def test_more_themes_than_songs_is_a_note(songkin: InProcess, place: Path) -> None:
    said = songkin("clusters", "-k", 100)
    assert said.code == 0
    assert "themes instead of 100" in said.err
