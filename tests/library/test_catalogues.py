"""A catalogue that has not changed is not read again, as long as all its songs are here as it has them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from library_songs import LOAD, load_toys

from songkin import sources
from songkin.library import Added, Library, Reading
from songkin.store import Writer

ROWS = [{"id": f"s{n}", "title": f"Song {n}", "lyrics": f"word{n} goes by\nand by"} for n in range(5)]


@pytest.fixture(autouse=True)
def _toys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*LOAD, load_toys)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read."""
    names: list[str] = []
    whole = sources.read

    def noting(path: Any, **more: Any) -> Any:
        names.append(Path(path).name)
        return whole(path, **more)

    monkeypatch.setattr(sources, "read", noting)
    return names


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def add(place: Path, *files: Path) -> Added:
    return Library.add(Reading.of(list(files)), place)


def counts(done: Added) -> tuple[int, int, int, int]:
    return done.read, done.added, done.changed, done.unchanged


def test_a_file_that_did_not_change_is_not_read_again(tmp_path: Path, read: list[str]) -> None:
    file = write(tmp_path / "a.jsonl", ROWS)
    assert counts(add(tmp_path / "L", file)) == (5, 5, 0, 0)
    read.clear()
    assert counts(add(tmp_path / "L", file)) == (5, 0, 0, 5)
    assert counts(add(tmp_path / "L", file)) == (5, 0, 0, 5)
    assert read == []


def test_a_file_that_changed_is_read_though_its_size_is_the_same(tmp_path: Path, read: list[str]) -> None:
    file = write(tmp_path / "a.jsonl", ROWS)
    add(tmp_path / "L", file)
    stamp = file.stat()
    write(file, [{**ROWS[0], "title": "Gnos 0"}, *ROWS[1:]])
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    if os.name == "nt":
        pytest.skip("this system keeps no time of a file's last change besides the one that can be set")
    assert counts(add(tmp_path / "L", file)) == (5, 0, 1, 4)


def test_a_song_that_was_taken_out_comes_back(tmp_path: Path, read: list[str]) -> None:
    file = write(tmp_path / "a.jsonl", ROWS)
    add(tmp_path / "L", file)
    Library.remove(["s3"], tmp_path / "L")
    assert counts(add(tmp_path / "L", file)) == (5, 1, 0, 4)
    read.clear()
    assert counts(add(tmp_path / "L", file)) == (5, 0, 0, 5)
    assert read == []


def test_a_song_that_another_file_changed_is_changed_back(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", ROWS)
    other = write(tmp_path / "b.jsonl", [{**ROWS[2], "title": "Another title"}])
    add(tmp_path / "L", file)
    assert counts(add(tmp_path / "L", other)) == (1, 0, 1, 0)
    assert counts(add(tmp_path / "L", file)) == (5, 0, 1, 4)
    assert Library.open(tmp_path / "L").song("s2").song.title == "Song 2"


def test_a_correction_by_hand_does_not_make_it_read_again(tmp_path: Path, read: list[str]) -> None:
    file = write(tmp_path / "a.jsonl", ROWS)
    add(tmp_path / "L", file)
    Library.open(tmp_path / "L").edit("s1", lyrics="put right by hand")
    read.clear()
    assert counts(add(tmp_path / "L", file)) == (5, 0, 0, 5)
    assert read == []


def test_what_is_lost_is_told_every_time(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", ROWS)
    file.write_text(file.read_text(encoding="utf-8") + "{half\n", encoding="utf-8")
    for _ in range(2):
        reading = Reading.of([file])
        assert Library.add(reading, tmp_path / "L").read == 5
        assert len(reading.lost) == 1


def test_files_that_share_a_song_say_so_every_time(tmp_path: Path) -> None:
    files = write(tmp_path / "a.jsonl", ROWS), write(tmp_path / "b.jsonl", [ROWS[4], {"id": "new", "title": "New"}])
    for added in (6, 0):
        done = add(tmp_path / "L", *files)
        assert (done.read, done.added, len(done.lost)) == (6, added, 1)


def test_a_damaged_note_is_no_harm(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", ROWS)
    add(tmp_path / "L", file)
    note = tmp_path / "L" / "catalogues.npz"
    for content in (note.read_bytes()[:200], b"", b"nothing"):
        note.write_bytes(content)
        assert counts(add(tmp_path / "L", file)) == (5, 0, 0, 5)


def test_only_the_latest_files_are_known(tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.library.catalogues.MOST", 2)
    files = [write(tmp_path / f"{n}.jsonl", [ROWS[n]]) for n in range(3)]
    add(tmp_path / "L", *files)
    read.clear()
    assert counts(add(tmp_path / "L", *files)) == (3, 0, 0, 3)
    assert read == ["0.jsonl"]


def test_an_add_that_was_stopped_before_its_indexes_is_finished_by_the_same_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish, finished = Writer.finish, []

    def stopped(writer: Writer, **more: Any) -> None:
        finished.append(writer.is_behind())
        if len(finished) == 1:
            raise KeyboardInterrupt
        finish(writer, **more)

    monkeypatch.setattr(Writer, "finish", stopped)
    file = write(tmp_path / "songs.jsonl", ROWS)
    with pytest.raises(KeyboardInterrupt):
        add(tmp_path / "L", file)
    assert counts(add(tmp_path / "L", file)) == (5, 0, 0, 5)
    assert finished == [True, True]
    assert counts(add(tmp_path / "L", file)) == (5, 0, 0, 5)
    assert len(finished) == 2, "there was nothing left to finish"
