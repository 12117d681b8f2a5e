"""Many files heard at once, by worker processes: one that dies takes its file along, and another takes its place.

Conventions
-----------
A worker is this Python again with nothing but this room: it imports no program that started it, so any script may
start some, and it ends with its parent, however that ends. Paths go in and what was heard comes out as pickles.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from songkin.audio.listening import Heard, listen
from songkin.errors import MissingExtra, SongkinError

__all__ = ["Told", "cores", "listen_to_each"]

T = TypeVar("T")

WORKER = (  # one thread each: as many workers as cores are as fast as can be
    "import os, sys\n"
    "for name in ('OMP', 'OPENBLAS', 'MKL'): os.environ.setdefault(name + '_NUM_THREADS', '1')\n"
    "sys.path[:0] = sys.argv[1:]\n"
    "from songkin.audio.workers import serve\n"
    "serve()\n"
)
AHEAD = 2  # files waiting or being heard, for each worker
OUT_OF_MEMORY = "is there memory enough for so many --workers?"


class Told(NamedTuple, Generic[T]):
    """What became of a file: what was heard, or in one line why nothing was."""

    job: T
    heard: Heard | None
    problem: str = ""


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def listen_to_each(jobs: Iterable[tuple[T, Path]], *, workers: int | None = None) -> Iterator[Told[T]]:
    """Hear files, several at once, and tell of each as it is done, in whatever order that is.

    A file that cannot be heard, or on which a worker dies, is told with its problem, and the rest goes on. Only a few
    files are under way at any time. `workers` None = one for each core. MissingExtra says what to install.
    """
    number = workers or cores()
    with ThreadPoolExecutor(number, "songkin-listen") as pool, closing(_Crew()) as crew:
        waiting: set[Future[Told[T]]] = set()
        for job, path in jobs:
            waiting.add(pool.submit(crew.hear, job, path))
            if len(waiting) >= AHEAD * number:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (one.result() for one in done)


class _Crew:
    """The workers, of which each thread borrows one at a time; they are started when there is work."""

    def __init__(self) -> None:
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._all: set[_Worker] = set()
        self._lock, self._closed = threading.Lock(), False

    def hear(self, job: T, path: Path) -> Told[T]:
        """Let a worker listen to a file."""
        worker = self._borrowed()
        try:
            heard, problem = worker.ask(path)
        except (EOFError, OSError, pickle.UnpicklingError):
            self._all.discard(worker)
            return Told(job, None, f"{path}: {worker.end()} while it was heard; the file is left out")
        self._idle.put(worker)
        if isinstance(problem, MissingExtra):
            raise problem
        return Told(job, heard, str(problem or ""))

    def _borrowed(self) -> _Worker:
        with suppress(queue.Empty):
            return self._idle.get_nowait()
        with self._lock:  # none is started once all were ended
            if self._closed:
                raise InterruptedError("the listening was called off")
            worker = _Worker()
            self._all.add(worker)
        return worker

    def close(self) -> None:
        """End every worker, in the middle of a file too."""
        with self._lock:
            self._closed = True
        for worker in list(self._all):
            worker.kill()
        for worker in list(self._all):
            worker.end()


class _Worker:
    """One worker process."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-c", WORKER, *(os.path.abspath(place) for place in sys.path if place)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def ask(self, path: Path) -> tuple[Heard | None, SongkinError | None]:
        """Return what is heard in a file, or why nothing is; EOFError or OSError where the worker died of it."""
        assert self._process.stdin, "asked for a pipe"
        assert self._process.stdout, "asked for a pipe"
        pickle.dump(path, self._process.stdin)
        self._process.stdin.flush()
        told, problem = pickle.load(self._process.stdout)
        heard = Heard(MappingProxyType(told[0]), *told[1:]) if told else None
        return heard, problem

    def kill(self) -> None:
        """End the process now."""
        self._process.kill()

    def end(self) -> str:
        """End the process if it still runs, and say how it ended."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)  # one that died by itself says of what
        self._process.kill()
        code = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        if code == -getattr(signal, "SIGKILL", 9):
            return f"the decoder was killed ({OUT_OF_MEMORY})"
        return f"the decoder crashed ({_name(-code) if code < 0 else f'exit code {code}'})"


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


# -- in the worker -----------------------------------------------------------------------------------------------------


def serve() -> None:
    """Answer paths from stdin on stdout until no more come; what a decoder prints there goes nowhere."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and ends this
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with suppress(EOFError, BrokenPipeError):
        while True:
            pickle.dump(_told(pickle.load(sys.stdin.buffer)), answers)
            answers.flush()


def _told(path: Path) -> tuple[tuple[Any, ...] | None, SongkinError | None]:
    """Listen to a file; a mistake of ours, or a lack of memory, costs this file and is told like a damaged one."""
    try:
        heard = listen(path)
    except SongkinError as error:
        return None, error
    except Exception as error:  # told by file: one odd recording must not end the others' turn
        said = " ".join(str(error).split()) or "no more is known"
        return None, SongkinError(f"{path}: cannot be heard ({type(error).__name__}: {said})")
    return (dict(heard.features), heard.vector, heard.duration_s), None
