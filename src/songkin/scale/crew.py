"""Workers under Ray who add songs: each holds the encoder, cleans, cuts, encodes and writes files; the driver commits.

Conventions
-----------
A worker that dies is started again, and what it was doing is done again, by Ray; the keys of its songs stay the same,
and the files it left are never committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from songkin.errors import RemoteError, SettingsError, StoreError
from songkin.extras import need
from songkin.library.drafting import Draft, Job, Task, Worker
from songkin.scale.cluster import cluster, reached, told

__all__ = ["RayCrew", "crew"]

AHEAD = 2  # tasks a worker has at once: one at work, one waiting
LIVES = 3  # how often a worker is started again
READY_S = 300.0  # until every worker has its encoder


@contextmanager
def crew(workers: int | None = None, *, on: str | None = None) -> Iterator[RayCrew]:
    """Give so many workers on the cluster at `on`, or on a Ray started here; one a CPU where no number is named.

    Ray starts once there is work for it; what can be seen before, such as an address where nothing answers, is told at
    once.
    """
    need("ray", extra="scale")
    need("lance", extra="scale")
    if on:
        reached(on)
    with ExitStack() as open_till_the_end:
        yield RayCrew(open_till_the_end, workers, on)


class RayCrew:
    """Some workers; tasks go to whoever has the fewest. `running` ends Ray with the command."""

    def __init__(self, running: ExitStack, workers: int | None, on: str | None) -> None:
        self._running, self._wanted, self._on, self._where = running, workers, on, on or "this machine"
        self._ray: Any = None
        self._actors: list[Any] = []
        self._under_way: dict[Any, int] = {}  # what a task gives, and who is at it

    def begin(self, job: Job) -> None:
        """Start the workers for a library; StoreError where one cannot work for it."""
        self._ray = self._running.enter_context(cluster(self._on, cpus=self._wanted or 1))
        kind = self._ray.remote(num_cpus=1, max_restarts=LIVES, max_task_retries=LIVES)(Worker)
        with told(self._ray, self._where):
            self._actors = [kind.remote(job) for _ in range(self._count())]
            try:
                faults = self._ray.get([actor.fault.remote() for actor in self._actors], timeout=READY_S)
            except self._ray.exceptions.GetTimeoutError as error:
                raise RemoteError(f"{self._where}: the workers were not ready after {READY_S:.0f} s") from error
        for fault in filter(None, faults):
            cure = "keep the library where every worker sees it (a shared folder), and the same songkin everywhere"
            raise StoreError(f"{self._where}: a worker {fault}; {cure}")

    def _count(self) -> int:
        """Return how many workers there will be; SettingsError where the cluster has too few CPUs for them."""
        cpus = int(self._ray.cluster_resources().get("CPU", 0))
        if (self._wanted or 1) > cpus:
            cure = f"give --workers {cpus} or fewer" if cpus else "add a node with CPUs"
            raise SettingsError(f"{self._where}: has {cpus} CPUs, and every worker takes one; {cure}")
        return self._wanted or cpus

    def put(self, task: Task) -> list[Draft]:
        """Hand a task to the worker with the fewest, waiting while all have enough; return the drafts done by now."""
        done: list[Draft] = []
        while len(self._under_way) >= AHEAD * len(self._actors):
            done += self._finished()
        at = min(range(len(self._actors)), key=lambda at: sum(own == at for own in self._under_way.values()))
        with told(self._ray, self._where):
            self._under_way[self._actors[at].draft.remote(task)] = at
        return done

    def rest(self) -> list[Draft]:
        """Wait for all drafts that are not done yet."""
        done: list[Draft] = []
        while self._under_way:
            done += self._finished()
        return done

    def _finished(self) -> list[Draft]:
        """Wait until a task is done, and return the drafts of all that are."""
        with told(self._ray, self._where):
            first, _ = self._ray.wait(list(self._under_way), num_returns=1)
            more, _ = self._ray.wait(list(self._under_way), num_returns=len(self._under_way), timeout=0)
            ready = list({*first, *more})
            drafts: list[Draft] = self._ray.get(ready)
        for one in ready:
            del self._under_way[one]
        return drafts
