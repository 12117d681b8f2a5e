"""Shards under Ray Serve: replicas that hold one shard each, and who asks them in the place of files.

Conventions
-----------
The front is `songkin serve`, a `Library` whose tables are asked of replicas (songkin.store.scattered); any replica of a
shard answers any question, at the version of the tables that the front looks at. A replica that dies is started again
by Ray Serve, and meanwhile another answers.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from hashlib import blake2b
from typing import Any

import pyarrow as pa

from songkin.errors import RemoteError, SettingsError
from songkin.extras import need
from songkin.library.splitting import ShardHere, Standing, Steps, Weights, shards_of
from songkin.scale.cluster import cluster, reached, told
from songkin.settings import Settings

__all__ = ["serving"]

PATIENCE_S = 60.0  # until a replica has answered
AT_ONCE = 64  # questions on their way to replicas
CPUS = 0.25  # of a replica: it waits for its disk more than it computes, and eight fit on two cores


class Replica:
    """One shard, held open in a process of its own."""

    def __init__(self, place: str) -> None:
        self._shard = ShardHere(place)

    def answer(self, what: str, *asked: Any) -> Any:
        """Answer a question as the shard does."""
        return self._shard.answer(what, *asked)


class RemoteShard:
    """One shard that replicas answer for."""

    def __init__(self, ask: Callable[..., Any], threads: ThreadPoolExecutor) -> None:
        self._ask, self._threads = ask, threads

    async def _answer(self, what: str, *asked: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(self._ask, what, *asked))

    async def latest(self) -> dict[str, Standing]:
        """Return both tables as they are now."""
        found: dict[str, Standing] = await self._answer("latest")
        return found

    async def ask(self, name: str, version: int, steps: Steps) -> pa.Table:
        """Return the rows of a table that a query asks for."""
        return await self._answer("ask", name, version, steps)

    async def best(self, name: str, version: int, steps: Steps, weights: Weights) -> pa.Table:
        """Return the rows that a full-text query asks for, scored and chosen by the weights of the whole library."""
        return await self._answer("best", name, version, steps, weights)

    async def count(self, name: str, version: int, where: str | None) -> int:
        """Return how many rows of a table meet a condition."""
        return int(await self._answer("count", name, version, where))


@contextmanager
def serving(
    library: str | None, replicas: int = 1, *, on: str | None = None
) -> Iterator[Callable[[Sequence[str]], list[RemoteShard]]]:
    """Give who answers for the shards of a library: so many replicas of each, on the cluster at `on` or on a Ray here.

    SettingsError where the library is not in shards.
    """
    need("ray.serve", extra="scale")
    if on:
        reached(on)
    place = Settings.load(library=library).library
    count = shards_of(place)
    if count is None:
        raise SettingsError(f"{place}: is not in shards; make some with: songkin shard PLACE --shards 4 -L {place}")
    cpus = 1 + math.ceil(count * replicas * CPUS)
    with cluster(on, cpus=cpus) as ray, ThreadPoolExecutor(AT_ONCE, "songkin-shards") as threads, ExitStack() as ended:

        def answering(places: Sequence[str]) -> list[RemoteShard]:
            with told(ray, on or "this machine"):
                started = _started(places, replicas)
            if on:  # what is started here ends with Ray
                ended.callback(_end, started)
            return [RemoteShard(_asking(ray, one), threads) for one in places]

        yield answering


def _started(places: Sequence[str], replicas: int) -> list[str]:
    """Start the replicas of shards that do not run yet, and return the names of what was started."""
    serve = need("ray.serve", extra="scale")
    logging.getLogger("ray.serve").setLevel(logging.ERROR)
    serve.start(proxy_location="Disabled", logging_config={"log_level": "ERROR"})
    there = serve.status().applications
    new = [place for place in places if _name(place) not in there]
    kind: Any = serve.deployment(Replica)
    kind = kind.options(num_replicas=replicas, max_ongoing_requests=AT_ONCE, ray_actor_options={"num_cpus": CPUS})
    if new:
        quiet = {"log_level": "ERROR"}
        serve.run_many(
            [
                serve.RunTarget(kind.bind(place), name=_name(place), route_prefix=None, logging_config=quiet)
                for place in new
            ]
        )
    return [_name(place) for place in new]


def _name(place: str) -> str:
    """Return the name a shard goes by in a cluster: that of its place, so that many fronts ask the same replicas."""
    return f"songkin-shard-{blake2b(place.encode('utf-8', 'surrogateescape'), digest_size=8).hexdigest()}"


def _asking(ray: Any, place: str) -> Callable[..., Any]:
    """Return what asks the replicas of a shard."""
    serve = need("ray.serve", extra="scale")
    handle = serve.get_app_handle(_name(place))

    def ask(what: str, *asked: Any) -> Any:
        with told(ray, place):
            try:
                return handle.answer.remote(what, *asked).result(timeout_s=PATIENCE_S)
            except TimeoutError as error:
                raise RemoteError(f"{place}: the shard did not answer in {PATIENCE_S:.0f} s") from error

    return ask


def _end(names: Sequence[str]) -> None:
    """Take down what was started; other programs on the cluster go on."""
    serve = need("ray.serve", extra="scale")
    for name in names:
        serve.delete(name)
