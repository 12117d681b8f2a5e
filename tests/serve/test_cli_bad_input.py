"""Bad input through the command line: one clear line, a code that is not 0, and a library that opens afterwards."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from command_line import ROWS, InProcess, fails_plainly, write_rows

import songkin.store.migrations as migrations
from songkin.library import Library
from songkin.library.adding import Adding
from songkin.store import writing
from songkin.store.lock import writer_lock

FILES: list[tuple[str, bytes, str]] = [
    ("songs.xyz", b"id,title\n1,A\n", "'.xyz' is no format songkin knows"),
    ("songs.csv", b"foo,bar\n1,2\n", "no id and no title column among 'foo', 'bar'"),
    ("songs.csv", b"", "the file is empty; the first line names the columns"),
    ("songs.json", b"", "the file is empty; it should hold an array of JSON objects"),
    ("songs.csv", b"id,title\n", "no song arrived; there is no record in it"),
    ("songs.jsonl", b"\n \n", "the file is empty; it should hold one JSON object a line"),
    ("songs.jsonl", b"{broken\n", "no song arrived; the losses are named above"),
    ("songs.json", b"[]", "no song arrived"),
    ("songs.parquet", b"PAR1 is not enough", "songs.parquet: "),
    ("song.mp3", b"ID3", "no song arrived; the losses are named above"),
    ("song.FLAC", b"", "no song arrived; the losses are named above"),
    ("song.lrc", b"words", "lyrics come in with the music file beside them"),
]


@pytest.mark.parametrize("options", [(), ("--json",)])
@pytest.mark.parametrize(("name", "held", "expected"), FILES)
def test_a_file_that_brings_no_song_is_told_and_makes_no_library(
    songkin: InProcess, tmp_path: Path, name: str, held: bytes, expected: str, options: tuple[str, ...]
) -> None:
    (tmp_path / name).write_bytes(held)
    assert expected in fails_plainly(songkin("add", name, "-L", "L", *options))
    assert not (tmp_path / "L").exists()


def test_places_without_catalogues_are_told(songkin: InProcess, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "a.ogg").write_bytes(b"Og")
    assert "no music and no catalogue file in this folder" in fails_plainly(songkin("add", "empty", "-L", "L"))
    assert "no such file or folder" in fails_plainly(songkin("add", "nowhere.csv", "-L", "L"))
    assert "music: no song arrived; the losses are named above" in fails_plainly(songkin("add", "music", "-L", "L"))


def test_one_bad_file_among_good_ones_is_a_loss(songkin: InProcess, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("foo,bar\n1,2\n", encoding="utf-8")
    write_rows(tmp_path / "good.jsonl", ROWS)
    said = songkin("add", "bad.csv", "good.jsonl", "-L", "L", "--json")
    assert said.code == 0
    assert (said.document["added"], said.document["lost"]) == (len(ROWS), 1)
    assert said.err.startswith("lost: bad.csv: no id and no title column")


RECORDS: list[tuple[str, bytes, set[str], str]] = [
    ("latin.csv", "id,title\n1,Café\n2,ok\n".encode("latin-1"), {"1", "2"}, "read as Windows-1252"),
    ("bytes.jsonl", b'{"id":"1","title":"\xff\xfe"}\n{"id":"2","title":"ok"}\n', {"1", "2"}, "not UTF-8 text"),
    ("nul.csv", b"id,title\n1,a\x00b\n2,ok\n", {"1", "2"}, ""),
    ("nul.jsonl", b'{"id":"1","title":"N\\u0000","lyrics":"rain\\u0000 falls"}\n', {"1"}, ""),
    ("half.jsonl", b'{"id":"\\ud800x","title":"s"}\n{"id":"2","title":"ok"}\n', {"2"}, "lost: half.jsonl:1: the id"),
    ("twice.csv", b"id,title\n1,a\n1,b\n2,c\n", {"1", "2"}, "lost: twice.csv:3: id '1' was read already at line 2"),
    ("negative.csv", b"id,title,year\n1,a,-5\n2,b,1999\n", {"1", "2"}, "year -5 is not a year"),
    ("list.jsonl", b'{"id":"1","title":"a"}\n[1,2]\n', {"1"}, "lost: list.jsonl:2: "),
    ("deep.jsonl", b'{"id":"1","title":"a"}\n' + b"[" * 200_000 + b"\n", {"1"}, "lost: deep.jsonl:2: "),
]


@pytest.mark.parametrize(("name", "held", "arrived", "told"), RECORDS, ids=[row[0] for row in RECORDS])
def test_damage_to_a_record_is_told_and_the_rest_arrives(
    songkin: InProcess, tmp_path: Path, name: str, held: bytes, arrived: set[str], told: str
) -> None:
    (tmp_path / name).write_bytes(held)
    said = songkin("add", name, "-L", "L", "--json")
    assert said.code == 0
    assert told in said.err
    assert "Traceback" not in said.err
    assert said.document["added"] == len(arrived)
    assert said.document["lost"] == said.err.count("lost: ")
    assert set(Library.open("L").store.read(["id"])["id"].to_pylist()) == arrived


def test_a_megabyte_of_lyrics_and_ten_thousand_tags_arrive(songkin: InProcess, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"id": "long", "title": "Long", "lyrics": "rain on the roof again\n" * 45_000}]
    rows += [{"id": "word", "title": "Word", "lyrics": "x" * 1_000_000}]
    rows += [{"id": "tags", "title": "Tags", "tags": [f"tag{n}" for n in range(10_000)]}]
    rows += [{"id": "many", "title": "Many", "features": {f"feature_{n}": 1.0 for n in range(400)}}]
    write_rows(tmp_path / "songs.jsonl", rows)
    said = songkin("add", "songs.jsonl", "-L", "L", "--json")
    assert (said.code, said.document["added"]) == (0, 4)
    assert "10,000 tags" in said.err
    assert songkin("search", "rain on the roof", "-L", "L", "--json").document["hits"][0]["id"] == "long"
    assert songkin("line", "rain on the roof again", "-L", "L", "--json").document["hits"][0]["id"] == "long"


def test_requests_of_any_length_and_letters_are_answered(songkin: InProcess, place: Path) -> None:
    for text in ("rain " * 5_000, "\udce9 rain", "a\0b rain", "🌧 rain", "(rain) AND 'x\" OR *", "%_;--", "雨"):
        for command in ("search", "line"):
            said = songkin(command, text, "--json")
            assert said.code == 0
            assert "hits" in said.document
    assert songkin("search", "rain", "-k", "100000000", "--json").code == 0


# -- the library's place -----------------------------------------------------------------------------------------------


@pytest.fixture
def library(tmp_path: Path, songkin: InProcess) -> Path:
    """A library of this test's own, with the songs' file beside it."""
    write_rows(tmp_path / "songs.jsonl", ROWS)
    assert songkin("add", "songs.jsonl", "-L", "L").code == 0
    return tmp_path / "L"


def test_a_library_of_a_newer_songkin_is_refused_by_every_command(songkin: InProcess, library: Path) -> None:
    with writing(library, dim=64) as writer:
        writer.tell("schema", "99")
    for command in (
        ("add", "songs.jsonl"),
        ("search", "rain"),
        ("line", "rain"),
        ("similar", "rain-1"),
        ("explain", "rain-1", "--against", "rain"),
        ("remove", "rain-1"),
        ("info",),
    ):
        told = fails_plainly(songkin(*command, "-L", "L"))
        assert f"made by a newer songkin (schema 99, this one reads up to {migrations.SCHEMA})" in told
    assert songkin("doctor", "--quick", "-L", "L").code == 1


def test_a_file_in_the_librarys_place_is_told(songkin: InProcess, tmp_path: Path) -> None:
    write_rows(tmp_path / "songs.jsonl", ROWS)
    for command in (("add", "songs.jsonl"), ("search", "rain"), ("info",), ("remove", "x")):
        told = fails_plainly(songkin(*command, "-L", "songs.jsonl"))
        assert "songs.jsonl: is a file, and a library is a folder" in told
    assert len((tmp_path / "songs.jsonl").read_text(encoding="utf-8").splitlines()) == len(ROWS)


def test_a_second_writer_is_told_to_wait_and_readers_go_on(songkin: InProcess, library: Path) -> None:
    with writer_lock(library):
        for command in (("add", "songs.jsonl"), ("remove", "rain-1")):
            told = fails_plainly(songkin(*command, "-L", "L"))
            assert "another songkin is writing to this library; wait for it to end" in told
        assert songkin("search", "rain", "-L", "L", "--json").document["hits"]
        assert "another songkin is writing" in songkin("doctor", "--quick", "-L", "L").out
    assert songkin("add", "songs.jsonl", "-L", "L").code == 0


def test_a_folder_that_may_not_be_written_is_told(songkin: InProcess, tmp_path: Path) -> None:
    write_rows(tmp_path / "songs.jsonl", ROWS)
    (tmp_path / "mine").mkdir(mode=0o500)
    if os.access(tmp_path / "mine", os.W_OK):
        pytest.skip("this user may write everywhere, so no folder is read-only")
    told = fails_plainly(songkin("add", "songs.jsonl", "-L", "mine/L"))
    assert "may not read or write there" in told


def test_the_library_comes_from_the_environment(
    songkin: InProcess, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONGKIN_LIBRARY", str(library))
    assert songkin("info", "--json").document["songs"] == len(ROWS)
    assert "no library here" in fails_plainly(songkin("info", "-L", "elsewhere"))


def test_an_unknown_encoder_and_another_one_are_told(
    songkin: InProcess, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the real loader, which knows no toys
    os.chdir(library.parent)
    assert "there is no encoder or folder 'nosuch'" in fails_plainly(
        songkin("add", "songs.jsonl", "-L", "L", "--encoder", "nosuch")
    )
    assert Library.open(library).info()["songs"] == len(ROWS)


def test_a_damaged_library_is_told(songkin: InProcess, library: Path) -> None:
    for path in (library / "songs.lance").rglob("*.lance"):
        path.write_bytes(b"damaged")
    assert "L: " in fails_plainly(songkin("search", "rain", "-L", "L"))


def test_ctrl_c_is_one_line_and_the_next_run_goes_on(
    songkin: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_rows(tmp_path / "songs.jsonl", ROWS)
    monkeypatch.setattr("songkin.library.adding.CHUNK", 2)
    wrote = Adding._write
    calls: list[int] = []

    def stopped(self: Any, rows: Any, done: Any) -> None:
        calls.append(len(rows))
        if len(calls) == 3:
            raise KeyboardInterrupt
        wrote(self, rows, done)

    with monkeypatch.context() as patch:
        patch.setattr("songkin.library.adding.Adding._write", stopped)
        told = fails_plainly(songkin("add", "songs.jsonl", "-L", "L"))
    assert told == "stopped; what was done is kept, and the same command goes on from there"
    assert Library.open("L").info()["songs"] == 4
    after = json.loads(songkin("add", "songs.jsonl", "-L", "L", "--json").out)
    assert (after["added"], after["unchanged"]) == (2, 4)
