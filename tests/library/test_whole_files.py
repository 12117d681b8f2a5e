"""A file that is whole or not there, and an older one that outlives what goes wrong."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from songkin.errors import SourceError
from songkin.library.whole_files import check_place, whole


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


def test_an_error_of_arrow_names_the_place_too_and_what_the_system_says(tmp_path: Path) -> None:
    place = tmp_path / "none" / "map.parquet"
    with (
        pytest.raises(SourceError, match=r"none/map\.parquet: cannot be written \(No such file"),
        whole(place) as draft,
    ):
        pq.write_table(pa.table({"id": ["a"]}), draft)


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


def test_the_drafts_of_killed_processes_go_and_those_of_live_ones_stay(tmp_path: Path) -> None:
    code = "import sys, time, songkin.library.whole_files as w, pathlib\n"
    code += "with w.whole(pathlib.Path('labels.csv')) as draft: draft.write_text('half'); print(draft); time.sleep(60)"
    writers = [
        subprocess.Popen([sys.executable, "-uc", code], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    killed, live = writers
    try:
        drafts = [Path(writer.stdout.readline().strip()) for writer in writers if writer.stdout]
        killed.kill()
        killed.wait()
        others = [tmp_path / name for name in (".labels.csv-notes", ".other.csv-999999999", "labels.csv-999999999")]
        for path in others:
            path.write_text("mine")
        assert all(draft.read_text() == "half" for draft in drafts)
        with whole(tmp_path / "labels.csv") as draft:
            draft.write_text("new")
        assert [draft.exists() for draft in drafts] == [False, True]
        assert sorted(tmp_path.iterdir()) == sorted([*others, drafts[1], tmp_path / "labels.csv"])
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    assert live.returncode == -signal.SIGKILL


def test_a_folder_and_a_missing_folder_are_refused_beforehand(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder; name a file in it with --parquet"):
        check_place(tmp_path, "--parquet")
    with pytest.raises(SourceError, match=r"there is no folder .*none; make it"):
        check_place(tmp_path / "none" / "map.html")
    check_place(tmp_path / "map.html")
