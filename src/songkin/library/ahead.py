"""Songs cleaned and cut ahead by processes of their own, while the add encodes and commits those that came before.

Conventions
-----------
Songs go into a process (songkin.workers) and rows come out, chunk by chunk and in order, so a library is the same, row
by row, as one that a single process made. What a process dies of is done here.
"""

from __future__ import annotations

import logging
import queue
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

from songkin.filters import columns
from songkin.library.drafting import AtOnce, Incoming, ready_row
from songkin.store import SongRow
from songkin.workers import DIED, WorkerProcess, answer, cores

__all__ = ["Ahead", "processes", "serve"]

log = logging.getLogger(__name__)

FEW = 4_000  # songs that are added before it pays to start processes: a second each
MOST = 4  # processes; they do as much as one encoder and one writer can take
WORKER = (
    "import sys\n"
    "sys.path[:0] = sys.argv[1:]\n"
    "from songkin.library.ahead import serve\n"
    "serve()\n"
)  # fmt: skip


def processes(threads: int | None) -> int:
    """Return how many processes work ahead: one a core, or a thread allowed, four at most; 1 = none besides this."""
    return min(threads or cores(), MOST)


class Waiting(NamedTuple):
    """A chunk that is being cut, and whom to tell when it is committed."""

    rows: Future[list[SongRow]]
    then: Callable[[], None]


class Ahead:
    """Write chunks here in order, cut ahead once there are many; few are cut here."""

    def __init__(self, here: AtOnce, count: int) -> None:
        self._here, self._count = here, count
        self._come = 0
        self._waiting: deque[Waiting] = deque()
        self._cutters: _Cutters | None = None

    def write(self, songs: Sequence[Incoming], then: Callable[[], None]) -> int:
        """Hand a chunk on, and write the one before it that is due."""
        self._come += len(songs)
        if self._come <= FEW:
            return self._here.write(songs, then)
        self._cutters = self._cutters or _Cutters(self._count)
        self._waiting.append(Waiting(self._cutters.cut(songs), then))
        return self._next() if len(self._waiting) > self._count + 1 else 0

    def finish(self) -> int:
        """Write every chunk that waits, and end the processes."""
        done = 0
        while self._waiting:
            done += self._next()
        self.close()
        return done

    def close(self) -> None:
        """End the processes; chunks that wait are not written."""
        self._waiting.clear()
        if self._cutters:
            self._cutters.close()
            self._cutters = None

    def _next(self) -> int:
        first = self._waiting.popleft()
        return self._here.commit(first.rows.result(), first.then)


class _Cutters:
    """Some processes, each asked by a thread."""

    def __init__(self, count: int) -> None:
        log.info("cleaning and cutting songs in %d processes", count)
        self._closed = False
        self._idle: queue.SimpleQueue[_Cutter | None] = queue.SimpleQueue()
        self._all = [_Cutter() for _ in range(count)]
        for cutter in self._all:
            self._idle.put(cutter)
        self._threads = ThreadPoolExecutor(count, "songkin-cut")

    def cut(self, songs: Sequence[Incoming]) -> Future[list[SongRow]]:
        """Cut songs as soon as a process is free."""
        return self._threads.submit(self._cut, songs)

    def _cut(self, songs: Sequence[Incoming]) -> list[SongRow]:
        """Let a process cut songs; where it died, cut them here from now on."""
        cutter = self._idle.get()
        try:
            if cutter:
                return cutter.ask(songs)
        except DIED:
            assert cutter, "nobody else was asked"
            if self._closed:
                raise InterruptedError("the add was called off") from None
            log.warning("a process that cut songs ended (exit status %s); going on without it", cutter.end())
            cutter = None
        finally:
            self._idle.put(cutter)
        return ready_rows(songs)

    def close(self) -> None:
        """End every process, in the middle of a chunk too."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for cutter in self._all:
            cutter.end()


class _Cutter(WorkerProcess):
    """One process."""

    def __init__(self) -> None:
        super().__init__(WORKER)

    def ask(self, songs: Sequence[Incoming]) -> list[SongRow]:
        """Return the rows of songs; one of `DIED` where the process died of them."""
        rows: list[SongRow] = self.told(songs)
        return rows


def ready_rows(songs: Sequence[Incoming]) -> list[SongRow]:
    """Clean and cut songs, and spell out their filter columns."""
    return [replace(row, filters=columns(row.song)) for row in map(ready_row, songs)]


# -- in the process ----------------------------------------------------------------------------------------------------


def serve() -> None:
    """Answer songs with rows until no more come."""
    answer(ready_rows)
