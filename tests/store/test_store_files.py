"""The side table of music files: what is kept of a path, whatever its name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from songkin.store import Store, writing
from songkin.store.files import FileRow, Files

NAMES = [
    b"/Music/plain.mp3",
    b'/Music/it\'s "quoted" & 100% (50%25).mp3',
    "/Music/海/Ébène 🎵.flac".encode(),
    b"/Music/latin \xe9\xff.mp3",
    b"/Music/new\nline\ttab\\back.ogg",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_path_comes_back_byte_for_byte(tmp_path: Path, name: bytes) -> None:
    row = FileRow(Path(os.fsdecode(name)), "id", "1/2/3")
    with writing(tmp_path, dim=4) as writer:
        Files(writer.tables).keep([row])
    (found,) = Files(Store.open(tmp_path).tables).rows.values()
    assert found == row
    assert os.fsencode(found.path) == name


def test_a_library_without_music_files_has_none(tmp_path: Path) -> None:
    with writing(tmp_path, dim=4) as writer:
        files = Files(writer.tables)
        files.forget([Path("/nobody")])
        files.keep([])
        files.tidy()
        assert files.rows == {}
    assert not (tmp_path / "files.lance").exists()


def test_keeping_replaces_and_forgetting_takes_out(tmp_path: Path) -> None:
    paths = [Path(os.fsdecode(name)) for name in NAMES]
    with writing(tmp_path, dim=4) as writer:
        files = Files(writer.tables)
        files.keep([FileRow(path, "a") for path in paths])
        files.keep([FileRow(paths[0], "a", "stamp"), FileRow(paths[1], "b", "stamp")])
        files.forget([*paths[2:], Path("/nobody")])
        files.tidy()
        kept = dict(files.rows)
    found = Files(Store.open(tmp_path).tables).rows
    assert found == kept
    assert set(found.values()) == {FileRow(paths[0], "a", "stamp"), FileRow(paths[1], "b", "stamp")}
