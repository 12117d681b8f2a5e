"""Bad folders, a full disk, no rights: one clear line, and the library opens afterwards with what was committed."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from store_rows import DIM, row, unit

from songkin.errors import SongkinError, StoreError
from songkin.store import Store, engine, writing


@pytest.fixture
def library(tmp_path: Path) -> Path:
    place = tmp_path / "library"
    with writing(place, dim=DIM) as writer:
        writer.upsert([row(number) for number in range(20)])
        writer.finish()
    return place


def mounted(place: Path, *options: str) -> Iterator[Path]:
    """A file system of its own at `place`, where this user may mount one."""
    place.mkdir(exist_ok=True)
    mount = shutil.which("mount")
    made = mount and subprocess.run([mount, *options, str(place)], capture_output=True, check=False).returncode == 0
    if not made:
        pytest.skip("needs the right to mount a file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], capture_output=True, check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    yield from mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=1536k", "tmpfs")


@pytest.fixture
def read_only(library: Path) -> Iterator[Path]:
    copy = library.with_name("read_only")
    yield from mounted(copy, "--bind", "-o", "ro", str(library))


def one_line(error: BaseException, place: Path) -> str:
    said = str(error)
    assert isinstance(error, StoreError)
    assert "\n" not in said
    assert str(place) in said
    return said


def refusal(place: Path) -> str:
    with pytest.raises(StoreError) as caught:
        Store.open(place)
    return one_line(caught.value, place)


def test_a_missing_or_empty_folder_is_no_library(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "missing"):
        assert "no library here; make one with: songkin add" in refusal(place)
        assert not Store.exists(place)
    assert not (tmp_path / "missing").exists()


def test_a_file_is_no_library(tmp_path: Path) -> None:
    place = tmp_path / "songs.csv"
    place.write_text("title")
    assert "is a file, and a library is a folder" in refusal(place)
    with pytest.raises(StoreError, match="is a file"), writing(place, dim=DIM):
        pass
    with pytest.raises(StoreError) as caught, writing(place / "below", dim=DIM):
        pass
    one_line(caught.value, place)


@pytest.mark.parametrize("lost", ["songs.lance", "passages.lance", "facts.lance", "songs.lance/_versions"])
def test_a_library_that_lost_a_table_says_so_and_is_not_overwritten(library: Path, lost: str) -> None:
    shutil.rmtree(library / lost)
    refusal(library)
    with pytest.raises(StoreError) as caught, writing(library, dim=DIM):
        pass
    one_line(caught.value, library)


def test_what_a_maker_killed_halfway_left_is_made_anew(library: Path) -> None:
    shutil.rmtree(library / "facts.lance")
    shutil.rmtree(library / "songs.lance")
    shutil.rmtree(library / "passages.lance")
    (library / "songs.lance" / "data").mkdir(parents=True)
    (library / "passages.lance" / "_versions").mkdir(parents=True)
    refusal(library)
    with writing(library, dim=DIM) as writer:
        writer.upsert([row(1)])
    assert Store.open(library).counts() == (1, 2)


def test_truncated_files_give_one_line_and_never_a_crash(library: Path) -> None:
    """Each file in turn is cut in half, or emptied; what cannot be read is told with the place."""
    chance = random.Random(0)
    files = [path for path in sorted(library.rglob("*")) if path.is_file() and path.name != "write.lock"]
    told = 0
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(whole[: chance.choice([0, len(whole) // 2])])
        try:
            store = Store.open(library)
            store.counts()
            store.match("words", ["all"], where=None, limit=5)
            store.nearest("passages", unit(1), where=None, limit=5)
            store.songs(store.keys(["s1"]))
            store.passages(store.keys(["s1"]))
        except SongkinError as error:
            one_line(error, library)
            told += 1
        path.write_bytes(whole)
    assert told >= 3
    assert Store.open(library).counts() == (20, 40)


def test_changed_bytes_give_one_line_and_never_a_crash(library: Path) -> None:
    """A byte in the middle and the last ones of each file in turn; indexes and rows are read all the same, or told."""
    files = [path for path in sorted(library.rglob("*")) if path.is_file() and path.stat().st_size]
    told = 0
    for path in files:
        whole = path.read_bytes()
        changed = bytearray(whole)
        for at in (len(changed) // 2, *range(max(len(changed) - 8, 0), len(changed))):
            changed[at] ^= 0x55
        path.write_bytes(changed)
        engine.session.cache_clear()
        try:
            store = Store.open(library)
            store.counts()
            store.match("words", ["all"], where=None, limit=5)
            store.nearest("passages", unit(1), where=None, limit=5)
            store.passages(store.keys(["s1"]))
        except SongkinError as error:
            one_line(error, library)
            told += 1
        path.write_bytes(whole)
    assert told >= 3  # of rows and indexes, which carry no checksums, not every change is seen
    assert Store.open(library).counts() == (20, 40)


def fill_up(place: Path, acknowledged: list[int]) -> None:
    with writing(place, dim=DIM) as writer:
        for first in range(0, 100_000, 100):
            writer.upsert([row(number, passages=5) for number in range(first, first + 100)])
            acknowledged.append(first + 100)


def fill_with_ballast(path: Path) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(file, bytes(4096))
    finally:
        os.close(file)


def test_a_full_disk_is_told_and_what_was_committed_stays(small_disk: Path) -> None:
    acknowledged: list[int] = []
    with pytest.raises(StoreError, match="the disk is full") as caught:
        fill_up(small_disk, acknowledged)
    one_line(caught.value, small_disk)
    store = Store.open(small_disk)
    done = acknowledged[-1]
    assert store.counts() == (done, 5 * done)
    assert len(store.nearest("passages", unit(1), where=None, limit=done).keys) == done
    assert store.ids(store.match("words", [f"w{done - 1}"], where=None, limit=9).keys) == [f"s{done - 1}"]


def test_a_full_disk_while_tidying_is_told_and_what_was_committed_stays(small_disk: Path) -> None:
    with writing(small_disk, dim=DIM) as writer:
        writer.upsert([row(number) for number in range(100)])
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space left"):
        fill_with_ballast(ballast)
    with pytest.raises(StoreError, match="the disk is full"), writing(small_disk, dim=DIM) as writer:
        writer.finish()
    assert Store.open(small_disk).counts() == (100, 200)
    ballast.unlink()
    with writing(small_disk, dim=DIM) as writer:
        writer.upsert([row(100)])
        writer.finish()
    assert Store.open(small_disk).counts() == (101, 202)


def test_a_folder_that_may_not_be_written_to_is_read_all_the_same(read_only: Path) -> None:
    assert Store.open(read_only).counts() == (20, 40)
    with pytest.raises(StoreError, match="rights") as caught, writing(read_only, dim=DIM):
        pass
    one_line(caught.value, read_only)


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_says_whose_rights_to_check(library: Path) -> None:
    library.chmod(0)
    try:
        refusal(library)
    finally:
        library.chmod(0o755)
