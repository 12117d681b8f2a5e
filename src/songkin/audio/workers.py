"""Many files heard at once, by worker processes: one that dies takes its file along, and another takes its place.

Conventions
-----------
Paths go into a worker (songkin.workers), which imports nothing but this room, and what was heard comes out.
"""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from songkin.audio.listening import Heard, listen
from songkin.errors import MissingExtra, SongkinError
from songkin.workers import DIED, WorkerProcess, answer, cores

__all__ = ["Told", "listen_to_each"]

T = TypeVar("T")

WORKER = (  # one thread each: as many workers as cores are as fast as can be
    "import os, sys\n"
    "for name in ('OMP', 'OPENBLAS', 'MKL'): os.environ.setdefault(name + '_NUM_THREADS', '1')\n"
    "sys.path[:0] = sys.argv[1:]\n"
    "from songkin.audio.workers import serve\n"
    "serve()\n"
)
AHEAD = 2  # files waiting or being heard, for each worker
DYING_S = 1.0  # in which a worker that died by itself has said of what
OUT_OF_MEMORY = "is there memory enough for so many --workers?"


class Told(NamedTuple, Generic[T]):
    """What became of a file: what was heard, or in one line why nothing was."""

    job: T
    heard: Heard | None
    problem: str = ""


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
        except DIED:
            self._all.discard(worker)
            return Told(job, None, f"{path}: {worker.ended()} while it was heard; the file is left out")
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


class _Worker(WorkerProcess):
    """One worker process."""

    def __init__(self) -> None:
        super().__init__(WORKER)

    def ask(self, path: Path) -> tuple[Heard | None, SongkinError | None]:
        """Return what is heard in a file, or why nothing is; one of `DIED` where the worker died of it."""
        told, problem = self.told(path)
        heard = Heard(MappingProxyType(told[0]), *told[1:]) if told else None
        return heard, problem

    def ended(self) -> str:
        """End the process if it still runs, and say how it ended."""
        code = self.end(patience_s=DYING_S)
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
    """Answer paths with what is heard there until no more come."""
    answer(_told)


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
