"""A worker process answers, dies without taking the asker along, and ends when it is told to."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from songkin.workers import DIED, WorkerProcess, cores

SCRIPT = """import sys
sys.path[:0] = sys.argv[1:]
from songkin.workers import answer
def work(question):
    if question == "die": sys.exit(3)
    print("this goes nowhere", flush=True)
    return len(question)
answer(work)
"""


@pytest.fixture
def worker() -> Iterator[WorkerProcess]:
    one = WorkerProcess(SCRIPT)
    yield one
    one.end()


def test_each_question_is_answered_in_turn_whatever_the_work_prints(worker: WorkerProcess) -> None:
    assert [worker.told("rain"), worker.told([1, 2])] == [4, 2]


def test_who_asks_a_worker_that_dies_is_told_and_reads_its_own_exit_status(worker: WorkerProcess) -> None:
    with pytest.raises(DIED):
        worker.told("die")
    assert worker.end(patience_s=60) == 3


@pytest.mark.skipif(os.name != "posix", reason="signals are exit statuses on POSIX")
def test_a_worker_ends_at_once_when_it_is_told_to_and_ending_it_again_is_no_error(worker: WorkerProcess) -> None:
    assert worker.end() == -9
    assert worker.end() == -9


def test_there_is_one_core_at_least() -> None:
    assert cores() >= 1
