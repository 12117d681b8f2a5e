"""Worker processes: this Python again, asked by pickles over pipes, one question at a time.

Conventions
-----------
A worker imports no program that started it, so any script may start some, and it ends with its parent, however that
ends. Its script ends in `answer`; what else it prints goes nowhere.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

__all__ = ["DIED", "WorkerProcess", "answer", "cores"]

DIED = (EOFError, OSError, pickle.UnpicklingError)  # what asking raises where the worker died of the question


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class WorkerProcess:
    """One worker, which runs a script; `sys.argv[1:]` are the folders Python looks for modules in here."""

    def __init__(self, script: str) -> None:
        command = [sys.executable, "-P", "-c", script, *(os.path.abspath(place) for place in sys.path if place)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def told(self, question: Any) -> Any:
        """Return the answer to a question; one of `DIED` where the worker died of it."""
        assert self._process.stdin, "asked for a pipe"
        assert self._process.stdout, "asked for a pipe"
        pickle.dump(question, self._process.stdin, pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()
        return pickle.load(self._process.stdout)

    def kill(self) -> None:
        """End the process now."""
        self._process.kill()

    def end(self, *, patience_s: float = 0.0) -> int:
        """End the process, and return its exit status: its own where it ends by itself within `patience_s`."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(patience_s)
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        return self._process.wait()


# -- in the worker -----------------------------------------------------------------------------------------------------


def answer(work: Callable[[Any], Any]) -> None:
    """Answer questions from stdin on stdout until no more come; what the work itself prints there goes nowhere."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and ends this
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with suppress(EOFError, BrokenPipeError):
        while True:
            pickle.dump(work(pickle.load(sys.stdin.buffer)), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
