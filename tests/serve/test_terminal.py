"""What a terminal is given: no title, tag, id, column or place of a loss can steer it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_line import InProcess, write_rows

STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
RED, BELL = "\x1b[31m", "\x07"
ROWS = [
    {
        "id": f"s{BELL}1",
        "title": f"{RED}Rain on Tin\x1b[0m",
        "artist": f"Ada{BELL} Moss",
        "album": "\x9b31mRoof",
        "tags": [f"quiet{BELL}", "night"],
        "genre": f"folk{RED}",
        "year": f"{RED}later",
        "lyrics": f"{RED}Rain is falling\nfalling{BELL} on the tin",
        f"col{RED}umn": "x",
    },
    {"id": f"{RED}no title", "lyrics": "Snow is falling\nover the harbour"},
]


@pytest.fixture
def library(songkin: InProcess, tmp_path: Path) -> InProcess:
    said = songkin("add", write_rows(tmp_path / "songs.jsonl", ROWS), "-L", "L")
    assert said.code == 0, said.err
    assert "is not a year" in said.err
    assert not STEERS.search(said.out + said.err)
    return songkin


@pytest.mark.parametrize(
    "asked",
    [
        ("search", "rain falling on tin"),
        ("search", "quiet night folk"),
        ("line", "snow is falling"),
        ("similar", "Rain on Tin"),
        ("explain", "Rain on Tin", "--against", "rain"),
        ("clusters",),
        ("clusters", "--songs", "1"),
        ("info",),
    ],
)
def test_what_is_printed_holds_no_control_characters(library: InProcess, asked: tuple[str, ...]) -> None:
    said = library(*asked, "-L", "L")
    assert said.code == 0, said.err
    assert not STEERS.search(said.out + said.err)
    if asked == ("search", "rain falling on tin"):
        assert "Rain on Tin" in said.out


def test_json_gives_clean_text_and_ids_verbatim(library: InProcess) -> None:
    hits = library("search", "rain falling on tin", "-L", "L", "--json").document["hits"]
    first = next(hit for hit in hits if hit["id"] == f"s{BELL}1")
    assert (first["title"], first["artists"]) == ("Rain on Tin", ["Ada Moss"])
    quoted = [reason["line"] for reason in first["reasons"] if reason.get("line")]
    assert quoted
    assert not any(STEERS.search(line) for line in quoted)


def test_an_error_names_a_hostile_file_without_obeying_it(songkin: InProcess) -> None:
    said = songkin("add", f"{RED}none.csv", "-L", "L")
    assert said.code == 1
    assert "none.csv: no such file" in said.err
    assert not STEERS.search(said.err)
