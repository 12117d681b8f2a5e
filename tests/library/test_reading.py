"""Reading files for an add: which there are, and what was lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from songkin.errors import ColumnError, SourceError
from songkin.library import Reading


def write(folder: Path, **files: str) -> list[Path]:
    paths = []
    for name, text in files.items():
        paths.append(folder / name.replace("_", "."))
        paths[-1].write_text(text, encoding="utf-8")
    return paths


def test_what_did_not_arrive_is_lost_and_what_arrived_in_part_is_kept(tmp_path: Path) -> None:
    reading = Reading.of(write(tmp_path, a_csv="id,title,year\n1,A,-5\n1,again,1999\n2,B,1999\n"))
    assert [song.id for song in reading.songs()] == ["1", "2"]
    assert len(reading.lost) == len(reading.kept) == 1
    assert reading.lost[0].startswith("a.csv:3: ")
    assert reading.kept[0].startswith("a.csv:2: ")


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    (path,) = write(tmp_path, a_csv="id,title\n1,A\n")
    reading = Reading.of([path, tmp_path, str(path)])
    assert reading.files == (path,)
    assert reading.expected() == 1


def test_a_file_that_cannot_be_read_is_an_error_alone_and_a_loss_among_others(tmp_path: Path) -> None:
    bad, good = write(tmp_path, bad_csv="foo,bar\n1,2\n", good_csv="id,title\n1,A\n")
    with pytest.raises(ColumnError):
        list(Reading.of([bad]).songs())
    reading = Reading.of([tmp_path])
    assert [song.id for song in reading.songs()] == ["1"]
    assert "no id and no title column" in reading.lost[0]
    assert len(reading.guesses()) == 2
    assert Reading.of([good]).guesses()[0].startswith(f"{good}: csv (")


def test_an_empty_file_is_a_loss_among_others_whatever_is_asked_first(tmp_path: Path) -> None:
    write(tmp_path, empty_csv="", good_csv="id,title\n1,A\n")
    reading = Reading.of([tmp_path])
    assert len(reading.guesses()) == 1
    assert reading.expected() is None
    assert len(list(reading.songs())) == 1
    assert len(reading.lost) == 1


def test_music_files_are_files_to_be_read_and_lyrics_beside_them_are_not(tmp_path: Path) -> None:
    music, beside, good = write(tmp_path, song_mp3="ID3", song_lrc="words", good_csv="id,title\n1,A\n")
    assert Reading.of([tmp_path]).files == (good, music)
    reading = Reading.of([music, beside, good])
    assert len(reading.lost) == 1
    assert [song.id for song in reading.songs()] == ["1"]
    assert reading.lost[1] == f"{music}: there is no music in it; it begins with b'ID3'"
    with pytest.raises(SourceError, match=r"song\.lrc: lyrics come in with the music file"):
        Reading.of([beside])
