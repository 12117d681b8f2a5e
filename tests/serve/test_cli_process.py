"""The command line as its users have it: exit codes, pipes, signals, kills, terminals and full disks."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import COMMAND, ROWS, fails_plainly, outside, started, write_rows

from songkin.library import Library
from songkin.store import Store

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals are POSIX's")
MANY = 6000


def many(path: Path, count: int = MANY) -> Path:
    rows = (
        {"id": f"s{n}", "title": f"Song {n}", "lyrics": f"number {n} goes by\nand home again"} for n in range(count)
    )
    return write_rows(path, rows)


def test_a_library_is_made_and_asked_from_outside(tmp_path: Path) -> None:
    write_rows(tmp_path / "songs.jsonl", ROWS)
    added = outside("add", "songs.jsonl", "-L", "L", "--json")
    assert (added.code, added.err) == (0, "")
    assert added.document == {"read": len(ROWS), "added": len(ROWS), "changed": 0, "unchanged": 0, "lost": 0}
    found = outside("search", "quiet rain at night", "-k", "1", "--json", "-L", "L", env={"PYTHONIOENCODING": "ascii"})
    assert (found.code, found.err) == (0, "")
    assert found.document["hits"][0]["id"] == "rain-1"
    assert fails_plainly(outside("search", "rain", "-L", "L", "--where", "nosuch:1"))
    assert outside("search").code == 2


@POSIX
def test_a_reader_who_leaves_early_is_no_error_to_speak_of(tmp_path: Path) -> None:
    write_rows(tmp_path / "songs.jsonl", ROWS)
    assert outside("add", "songs.jsonl", "-L", "L", "--no-encode").code == 0
    write_rows(tmp_path / "in.jsonl", [{"id": f"q{n}", "text": "rain"} for n in range(3000)])
    with started("search", "--batch", "in.jsonl", "--no-explain", "-L", "L") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["id"] == "q0"
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode in (0, 1)


@POSIX
def test_an_output_that_is_full_is_told() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no full device")
    with open("/dev/full", "w") as full:
        said = outside("--version", stdout=full)
    assert "No space left" in fails_plainly(said)


def wait_for_songs(place: Path, process: subprocess.Popen[str]) -> None:
    """Wait until the process has committed its first chunk."""
    for _ in range(600):
        if Store.exists(place) and Store.open(place).counts().songs:
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise AssertionError("nothing was committed within 30 s")


def ended_by(number: signal.Signals, tmp_path: Path) -> subprocess.Popen[str]:
    """End an add in its middle by a signal."""
    many(tmp_path / "songs.jsonl")
    process = started("add", "songs.jsonl", "--no-encode", "-L", "L")
    wait_for_songs(tmp_path / "L", process)
    process.send_signal(number)
    return process


def goes_on(tmp_path: Path) -> None:
    """The library opens with whole songs, all of them found, and the next add completes it."""
    library = Library.open(tmp_path / "L")
    kept = library.info()["songs"]
    assert 0 < kept < MANY
    assert len(library.line("number 7 goes by").hits) > 0
    said = outside("add", "songs.jsonl", "--no-encode", "-L", "L", "--json")
    assert said.code == 0
    assert (said.document["unchanged"], said.document["added"]) == (kept, MANY - kept)
    library.refresh()
    assert (library.info()["songs"], library.info()["passages"]) == (MANY, MANY)


@POSIX
@pytest.mark.slow
def test_an_add_that_is_killed_keeps_what_it_committed_and_the_next_completes_it(tmp_path: Path) -> None:
    process = ended_by(signal.SIGKILL, tmp_path)
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL
    goes_on(tmp_path)


@POSIX
@pytest.mark.slow
def test_an_add_that_is_interrupted_says_one_line_and_the_next_completes_it(tmp_path: Path) -> None:
    process = ended_by(signal.SIGINT, tmp_path)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert err.splitlines()[1:] == ["songkin: stopped; what was done is kept, and the same command goes on from there"]
    goes_on(tmp_path)


@POSIX
@pytest.mark.slow
def test_a_second_process_that_writes_is_told_to_wait(tmp_path: Path) -> None:
    many(tmp_path / "songs.jsonl", 24_000)  # enough that a slow start of the second finds the first at work
    first = started("add", "songs.jsonl", "--no-encode", "-L", "L", "--json")
    wait_for_songs(tmp_path / "L", first)
    second = outside("remove", "s1", "-L", "L")
    assert "another songkin is writing" in fails_plainly(second)
    assert first.communicate(timeout=60)[1] == ""
    assert first.returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@POSIX
@pytest.mark.slow
def test_a_full_disk_is_told_and_the_library_opens_afterwards(tmp_path: Path, small_disk: Path) -> None:
    write_rows(tmp_path / "songs.jsonl", ROWS)
    many(tmp_path / "many.jsonl", 20_000)
    place = small_disk / "L"
    assert outside("add", "songs.jsonl", "--no-encode", "-L", place).code == 0
    assert "the disk is full; free some space" in fails_plainly(
        outside("add", "many.jsonl", "--no-encode", "-L", place)
    )
    found = outside("search", "umbrella", "-L", place, "-k", "1", "--json")
    assert found.document["hits"][0]["id"] == "rain-2"
    assert Library.open(place).info()["songs"] >= len(ROWS)


def on_a_terminal(*arguments: Any) -> str:
    """Run the command line on a terminal of 100 columns; everything it showed, without colours."""
    import pty

    leader, follower = pty.openpty()
    environment = {**os.environ, "PYTHONWARNINGS": "", "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen([*COMMAND, *map(str, arguments)], stdout=follower, stderr=follower, env=environment)
    os.close(follower)
    shown = b""
    while select.select([leader], [], [], 60)[0]:
        try:
            shown += os.read(leader, 65536)
        except OSError:  # the other end was closed
            break
    os.close(leader)
    assert process.wait(60) == 0
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode("utf-8", "replace"))


@POSIX
@pytest.mark.slow
def test_a_terminal_shows_songs_a_second_and_time_left_and_a_pipe_does_not(tmp_path: Path) -> None:
    many(tmp_path / "songs.jsonl", 6000)
    shown = on_a_terminal("add", "songs.jsonl", "--no-encode", "-L", "L")
    assert re.search(r"adding .*/6000 [\d,.]+ songs/s, \d+:\d\d left", shown)
    assert "6,000 songs read, 6,000 added" in shown
    quiet = outside("add", "songs.jsonl", "--no-encode", "-L", "L")
    assert len(quiet.err.splitlines()) == 1
    assert "songs/s" not in quiet.out + quiet.err
