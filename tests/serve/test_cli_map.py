"""`songkin map`: a page and a Parquet file, and plain words where they cannot be made."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from command_line import ROWS, InProcess, fails_plainly, write_rows

MANY = [{"id": f"n{at}", "title": f"Song {at}", "lyrics": f"word{at} word{at % 4} in the rain"} for at in range(14)]


def test_the_page_goes_where_one_is(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    said = songkin("map")
    assert said.code == 0, said.err
    assert f"{len(ROWS)} songs on the map" in said.out
    assert "written: map.html" in said.out
    assert "Rain on Tin" in (tmp_path / "map.html").read_text(encoding="utf-8")


def test_parquet_alone_writes_no_page(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    assert songkin("map", "--parquet", "places.parquet").code == 0
    table = pq.read_table(tmp_path / "places.parquet")
    assert table.column_names[:3] == ["id", "x", "y"]
    assert set(table["id"].to_pylist()) == {row["id"] for row in ROWS}
    assert not (tmp_path / "map.html").exists()


def test_json_says_what_was_written(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    document = songkin("map", "--out", "own.html", "--parquet", "own.parquet", "--fresh", "--json").document
    assert document["songs"] == len(ROWS)
    assert (document["page"], document["parquet"]) == ("own.html", "own.parquet")
    assert 0 <= document["trustworthiness"] <= 1
    assert document["notes"] == []
    assert (tmp_path / "own.html").stat().st_size > 1000


def test_songs_that_are_all_alike_have_no_trustworthiness(songkin: InProcess, tmp_path: Path) -> None:
    rows = [{"id": f"i{at}", "title": f"Tune {at}", "instrumental": True} for at in range(10)]
    songkin("add", write_rows(tmp_path / "songs.jsonl", rows), "-L", "silent")
    assert "10 songs on the map; all songs are alike here" in songkin("map", "-L", "silent").out
    assert songkin("map", "-L", "silent", "--json").document["trustworthiness"] is None


def test_the_same_library_gives_the_same_page(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    songkin("map", "--out", "a.html")
    songkin("map", "--out", "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_library_that_is_not_encoded_gives_a_page_without_songs(songkin: InProcess, tmp_path: Path) -> None:
    songkin("add", write_rows(tmp_path / "songs.jsonl", ROWS), "-L", "bare", "--no-encode")
    said = songkin("map", "-L", "bare")
    assert said.code == 0, said.err
    assert "0 songs on the map" in said.out
    assert "no vector, and no place" in said.err


def test_without_umap_the_cure_is_one_line(songkin: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    songkin("add", write_rows(tmp_path / "songs.jsonl", MANY), "-L", "many")
    monkeypatch.setitem(sys.modules, "umap", None)
    assert "pip install 'songkin[map]'" in fails_plainly(songkin("map", "-L", "many"))
    assert not (tmp_path / "map.html").exists()


@pytest.mark.parametrize("option", ["--out", "--parquet"])
def test_a_folder_that_is_not_there_is_said(songkin: InProcess, place: Path, option: str) -> None:
    said = fails_plainly(songkin("map", option, "nowhere/map"))
    assert "nowhere/map: there is no folder nowhere; make it" in said
    assert option in said


def test_a_page_and_a_table_of_the_same_name_are_refused(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    said = songkin("map", "--out", "both", "--parquet", "./both")
    assert said.code == 2
    assert "name the same file" in " ".join(said.err.split())
    assert not (tmp_path / "both").exists()
