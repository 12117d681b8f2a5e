"""The fuzzer itself: every target can be fuzzed for a moment, goes on behind a finding, and keeps it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from run import Findings, fuzzed
from targets import TARGETS, Target, hold, target

RUN = Path(__file__).with_name("run.py")
SECONDS, INPUTS = 20, 400  # the same ones every time, so that chance fails no change; longer runs are made by hand
IN_CI = ("csv", "json", "music", "lyrics", "filters", "subsonic")  # one of a kind; the others by hand: run.py all


def broken(content: bytes) -> None:
    """A reader with two defects."""
    if b"x" in content:
        raise ValueError("an x")
    assert b"y" not in content, "a y"


BROKEN = Target("broken", broken, lambda: [b"seed"])


def test_a_law_that_is_broken_is_told_and_so_is_an_input_that_takes_too_long() -> None:
    hold(BROKEN, b"seed")
    with pytest.raises(ValueError, match="an x"):
        hold(BROKEN, b"x")
    with pytest.raises(AssertionError, match="bytes took"):
        hold(BROKEN, b"seed", patience_s=-1)


def test_each_way_to_fail_is_kept_once_and_the_run_goes_on(tmp_path: Path) -> None:
    findings = Findings(BROKEN, tmp_path)
    for content in (b"good", b"ax", b"bx", b"y", b"good"):
        findings(content)
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == [b"ax", b"y"]


def test_every_target_has_seeds_and_a_name_of_its_own() -> None:
    assert len(set(TARGETS)) == len(TARGETS) >= 25
    for name in TARGETS:
        assert target(name).seeds()


def test_one_input_is_held_again_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(b"year:1990..1999")
    said = subprocess.run(
        [sys.executable, str(RUN), "filters", "--again", str(tmp_path / "input")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (said.returncode, said.stdout) == (0, f"{tmp_path / 'input'}: filters holds its laws\n")


@pytest.mark.slow
@pytest.mark.parametrize("name", IN_CI)
def test_the_first_inputs_that_a_target_is_fuzzed_with_hold_its_laws(name: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris guides the fuzzing; it has wheels for Linux: pip install atheris")
    told = fuzzed(name, SECONDS, tmp_path, first=INPUTS)
    assert told.tried, told.said[-3000:]
    assert told.found == (), told.said[-3000:]
