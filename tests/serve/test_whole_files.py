"""A file that is whole or not there, and an older one that outlives what goes wrong."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from songkin.errors import SourceError
from songkin.serve.whole_files import check_place, whole


def write_until_full(place: Path) -> None:
    """Write half of a file, as on a disk that is full then."""
    with whole(place) as draft:
        draft.write_text("ne")
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_whole_draft_takes_the_place(tmp_path: Path) -> None:
    with whole(tmp_path / "map.html") as draft:
        draft.write_text("new")
        assert not (tmp_path / "map.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]
    assert (tmp_path / "map.html").read_text() == "new"


def test_a_full_disk_names_place_and_cure_and_leaves_the_older_file(tmp_path: Path) -> None:
    place = tmp_path / "map.html"
    place.write_text("old")
    with pytest.raises(SourceError, match=r"/map\.html: cannot be written \(No space left.*--out, or make room"):
        write_until_full(place)
    assert place.read_text() == "old"
    assert list(tmp_path.iterdir()) == [place]


def test_a_place_without_a_folder_is_named_not_its_draft(tmp_path: Path) -> None:
    place = tmp_path / "none" / "map.html"
    with pytest.raises(SourceError, match=r"none/map\.html: cannot be written"), whole(place) as draft:
        draft.write_text("new")


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "map.html")
    with whole(tmp_path / "link") as draft:
        draft.write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "map.html").read_text() == "new"


def test_what_is_no_file_is_written_to_and_never_replaced() -> None:
    with whole(Path(os.devnull)) as draft:
        draft.write_text("new")
    assert draft == Path(os.devnull)
    assert not Path(os.devnull).is_file()


def test_what_is_wrong_with_another_file_is_said_of_that_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"songs\.csv"), whole(tmp_path / "labels.csv"):
        (tmp_path / "songs.csv").read_text()


def test_a_folder_and_a_missing_folder_are_refused_beforehand(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder; name a file in it with --parquet"):
        check_place(tmp_path, "--parquet")
    with pytest.raises(SourceError, match=r"there is no folder .*none; make it"):
        check_place(tmp_path / "none" / "map.html")
    check_place(tmp_path / "map.html")
