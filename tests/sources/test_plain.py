"""No field of a song but its id holds signs that steer a terminal, whatever it came in."""

from __future__ import annotations

import csv
import json
import re
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
import tagged

from songkin.sources import read
from songkin.sources.plain import line, plain, text
from songkin.types import Lyrics, Song

RED, BELL, PLAIN = "\x1b[31m", "\x07", "\x1b[0m"
STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
ROW: dict[str, Any] = {
    "id": "s1",
    "title": f"{RED}Rain{PLAIN}\tand{BELL} Snow",
    "artist": f"Ada{BELL} Moss",
    "album": "\x1b]0;owned\x07Tin\x9b1mRoof",
    "genre": f"folk{BELL}",
    "tags": f"quiet{RED}; night",
    "description": f"A song{BELL}\nof rain.",
    "lyrics": f"{RED}Rain is falling{PLAIN}\nand{BELL} falling\n\tdown",
    "isrc": f"DE{BELL}123",
}


def written(folder: Path, ending: str) -> Path:
    """The row in a file of its kind."""
    path = folder / f"songs.{ending}"
    if ending == "csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(ROW))
            writer.writeheader()
            writer.writerow(ROW)
    elif ending == "parquet":
        pq.write_table(pa.Table.from_pylist([ROW]), path)
    else:
        path.write_text(json.dumps(ROW if ending == "jsonl" else [ROW]), encoding="utf-8")
    return path


@pytest.mark.parametrize("ending", ["jsonl", "json", "csv", "parquet"])
def test_every_format_brings_songs_without_control_characters(tmp_path: Path, ending: str) -> None:
    (song,) = read(written(tmp_path, ending), lost=pytest.fail)
    assert (song.title, song.artists, song.album) == ("Rain and Snow", ("Ada Moss",), "TinRoof")
    assert (song.genres, list(song.tags)) == (("folk",), ["quiet", "night"])
    assert (song.description, song.links) == ("A song\nof rain.", {"isrc": "DE123"})
    assert song.lyrics
    assert song.lyrics.text == "Rain is falling\nand falling\n\tdown"


def test_the_tags_of_music_files_are_cleaned_too(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(tagged.flac(("title", f"{RED}Rain"), ("artist", f"Ada{BELL}")))
    (song,) = read(tmp_path / "a.flac", lost=pytest.fail)
    assert (song.title, song.artists) == ("Rain", ("Ada",))


def test_a_corpus_in_its_own_layout_is_cleaned_too(tmp_path: Path) -> None:
    own = {"track_id": "TRAAAAA128F0000001", "title": f"Rain{BELL}", "artist": "Ada", "tags": [[f"{RED}sad", "100"]]}
    (tmp_path / "TRAAAAA128F0000001.json").write_text(json.dumps(own), encoding="utf-8")
    (song,) = read(tmp_path / "TRAAAAA128F0000001.json", lost=pytest.fail)
    assert (song.title, song.tags) == ("Rain", {"sad": 1.0})


def test_an_id_stays_the_sources_own(tmp_path: Path) -> None:
    path = tmp_path / "songs.jsonl"
    path.write_text("".join(json.dumps({"id": own, "title": "A"}) + "\n" for own in ("a", f"a{BELL}")))
    assert [song.id for song in read(path, lost=pytest.fail)] == ["a", f"a{BELL}"]


def test_names_that_become_one_are_one_and_names_of_nothing_else_are_none() -> None:
    song = plain(
        Song(
            "a",
            artists=("Ada", f"Ada{BELL}", BELL),
            tags={"sad": 0.2, f"sad{BELL}": 0.7},
            lyrics=Lyrics(bag={"rain": 2, f"rain{BELL}": 3}),
        )
    )
    assert (song.artists, song.tags) == (("Ada",), {"sad": 0.7})
    assert song.lyrics
    assert song.lyrics.bag == {"rain": 5}


def test_a_clean_song_is_the_same_song() -> None:
    song = Song("a", title="Привет 雨 🌧 é", lyrics=Lyrics("one\n\ntwo\r\n\tthree"), description="a\nb")
    assert plain(song) is song


@given(st.text(st.characters(max_codepoint=0x2FF)))
def test_no_sign_is_left_whatever_the_text(spelt: str) -> None:
    assert not STEERS.search(text(spelt).replace("\r", ""))
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", line(spelt))
    assert line(line(spelt)) == line(spelt)
    if not STEERS.search(spelt.replace("\r", "")):
        assert text(spelt) == spelt
