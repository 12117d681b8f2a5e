"""Start commands that use Ray, each in a process of its own, and look for what they leave behind."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import psutil

MADE = Path(__file__).parents[2] / "benchmarks" / "million" / "songs.py"
ENDED_S = 60.0  # for processes that were told to end


def made_songs(path: Path, count: int) -> Path:
    """Write made songs as JSON lines."""
    with path.open("w", encoding="utf-8") as file:
        subprocess.run([sys.executable, str(MADE), str(count)], stdout=file, check=True)
    return path


def below(process: psutil.Process) -> list[psutil.Process]:
    """Return the processes that a command started, and those that they did."""
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def waited(truth: Callable[[], bool], seconds: float) -> bool:
    """Wait until something is true, and say whether it became so."""
    end = time.monotonic() + seconds
    while not truth() and time.monotonic() < end:
        time.sleep(0.2)
    return truth()


def workers(process: psutil.Process) -> Iterator[psutil.Process]:
    """Yield the workers of a command that hold an encoder by now."""
    for one in below(process):
        try:
            if "ray::Worker" in " ".join(one.cmdline()):
                yield one
        except psutil.Error:
            continue


def first_worker(process: psutil.Process) -> psutil.Process | None:
    return next(islice(workers(process), 1), None)
