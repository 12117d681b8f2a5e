"""The command of a re-run: its options, and how it ends when all went well, when it could not, when it was stopped."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

pytest.importorskip("torch")

from songkin.errors import TrainingError
from songkin.training.loop import Step
from songkin.training.report_command import End, Report, ended, log_step, parser

OUT = Path("runs")


def raising(error: BaseException) -> Report:
    raise error


def test_a_report_is_shown_and_its_files_are_named() -> None:
    found = ended(lambda: Report("# page\n", [OUT / "report.md", OUT / "report.json"]), OUT)
    assert found == End("# page\n", "written: runs/report.md, runs/report.json", 0)


def test_what_is_only_shown_names_no_file() -> None:
    assert ended(lambda: Report("a table"), OUT) == End("a table", "", 0)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (TrainingError("report.toml says no name"), "report.toml says no name"),
        (
            NotADirectoryError(20, "Not a directory", "runs"),
            "runs: is a file or lies within one; name a folder with --out",
        ),
        (KeyboardInterrupt(), "stopped; the same command goes on in runs"),
    ],
)
def test_what_cannot_be_done_ends_in_one_line(error: BaseException, said: str) -> None:
    assert ended(lambda: raising(error), OUT) == End("", said, 1)


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        ended(lambda: raising(ZeroDivisionError()), OUT)


def test_every_re_run_takes_a_folder_and_may_be_quick() -> None:
    told = parser("Run it.").parse_args(["--out", "runs", "--quick"])
    assert (told.out, told.quick, told.data) == (OUT, True, None)


def test_a_training_is_logged_so_many_times(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("toy")
    with caplog.at_level(logging.INFO, "toy"):
        for step in range(1, 11):
            log_step(log, "genre", Step(step, 10, 0.5, 0.25 if step > 5 else None), times=2)
    assert caplog.messages == [
        "genre: step 5 of 10, loss 0.500",
        "genre: step 10 of 10, loss 0.500, best 0.250",
    ]
