"""`songkin add` on a folder of two hundred broken files: what is whole arrives, what is not is told with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from broken_folder import FILES, broken_folder
from command_line import InProcess

from songkin.store import Store

pytestmark = pytest.mark.slow

PLACED = re.compile(r"^(?:lost|note): [^:]+(?::\d+)?: \S")
TWICE = re.compile(r"^lost: id '[^']+' was read twice")  # in two files


def test_of_two_hundred_broken_files_nothing_whole_is_lost_and_everything_else_is_told(
    songkin: InProcess, tmp_path: Path
) -> None:
    whole = broken_folder(tmp_path / "broken")
    assert sum(path.is_file() for path in (tmp_path / "broken").rglob("*")) >= FILES
    said = songkin("add", tmp_path / "broken", "-L", tmp_path / "L", "--json")
    assert said.code == 0, said.err
    told = said.document
    store = Store.open(tmp_path / "L")
    ids = sorted(whole)
    assert [name for name, key in zip(ids, store.keys(ids).tolist(), strict=True) if key < 0] == []
    assert store.count() == told["added"] >= len(whole)
    lost = [line for line in said.err.splitlines() if line.startswith("lost: ")]
    assert len(lost) == told["lost"] >= FILES // 2
    assert all(PLACED.match(line) or TWICE.match(line) for line in lost)


def test_the_first_losses_are_shown_on_lines_of_their_own_that_steer_no_terminal(
    songkin: InProcess, tmp_path: Path
) -> None:
    broken_folder(tmp_path / "broken")
    said = songkin("add", tmp_path / "broken" / "shelf 3", "-L", tmp_path / "L")
    assert said.code == 0
    shown = [line for line in said.err.splitlines() if line.startswith(("lost:", "note:"))]
    assert shown
    assert all(PLACED.match(line) or line.endswith("(--json names them all)") for line in shown)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", said.out + said.err)


def test_a_folder_of_nothing_but_garbage_is_an_error_with_the_place(songkin: InProcess, tmp_path: Path) -> None:
    for number, name in enumerate(("a.csv", "b.parquet", "c.mp3", "d.jsonl")):
        (tmp_path / "garbage").mkdir(exist_ok=True)
        (tmp_path / "garbage" / name).write_bytes(bytes([number + 1]) * 999)
    said = songkin("add", tmp_path / "garbage", "-L", tmp_path / "L")
    assert said.code == 1
    assert "Traceback" not in said.err
    assert said.err.count("lost:") == 4
    again = songkin("search", "rain", "-L", tmp_path / "L")
    assert again.code in (0, 1)
    assert "Traceback" not in again.err
