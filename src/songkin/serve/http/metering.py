"""What a server did so far, as Prometheus reads it: requests, how long they took, what it holds.

Conventions
-----------
Requests are counted by the route's own pattern, never by what was asked. Times are seconds.
"""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from songkin import __version__
from songkin.serve.http.held import Held

__all__ = ["Metered", "Metrics"]

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
UNKNOWN = "unmatched"  # what no route answers
OTHER = "OTHER"
PREFIXES = ("/api/v1", "/rest")
METHODS = frozenset(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])


class Asked(NamedTuple):
    """By what a request is counted."""

    method: str
    route: str
    status: int


class Took:
    """How long the requests of a route took: how many fell under each bound, and their sum."""

    def __init__(self) -> None:
        self.under = [0] * (len(BOUNDS_S) + 1)
        self.sum_s = 0.0

    def add(self, seconds: float) -> None:
        """Count one request."""
        self.under[bisect_left(BOUNDS_S, seconds)] += 1
        self.sum_s += seconds


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: Counter[Asked] = Counter()
        self._took: dict[str, Took] = {}
        self._began = time.time()
        self.going_on = 0

    def count(self, asked: Asked, seconds: float) -> None:
        """Count a request that was answered."""
        with self._lock:
            self._asked[asked] += 1
            self._took.setdefault(asked.route, Took()).add(seconds)

    def text(self, held: Held) -> str:
        """Return everything in the text format of Prometheus."""
        with self._lock:
            lines = [*self._requests(), *self._seconds()]
        return "\n".join([*lines, *self._gauges(held), ""])

    def _requests(self) -> Iterator[str]:
        yield from _head("songkin_requests_total", "counter", "Requests answered.")
        for asked, count in sorted(self._asked.items()):
            labels = f'method="{asked.method}",route="{asked.route}",status="{asked.status}"'
            yield f"songkin_requests_total{{{labels}}} {count}"

    def _seconds(self) -> Iterator[str]:
        name = "songkin_request_seconds"
        yield from _head(name, "histogram", "Seconds from a request to the end of its answer.")
        for route, took in sorted(self._took.items()):
            counted = 0
            for bound, count in zip((*BOUNDS_S, "+Inf"), took.under, strict=True):
                counted += count
                yield f'{name}_bucket{{route="{route}",le="{bound}"}} {counted}'
            yield f'{name}_sum{{route="{route}"}} {took.sum_s:.6f}'
            yield f'{name}_count{{route="{route}"}} {counted}'

    def _gauges(self, held: Held) -> Iterator[str]:
        gauges = {
            "songkin_requests_going_on": ("Requests that are being answered now, this one too.", self.going_on),
            "songkin_up_seconds": ("Seconds since the server began.", round(time.time() - self._began, 3)),
            "songkin_library_songs": ("Songs in the library.", held.library.store.counts().songs),
            "songkin_library_renewals": ("How often the library was opened, at first and since.", held.renewals),
        }
        for name, (about, value) in gauges.items():
            yield from _head(name, "gauge", about)
            yield f"{name} {value}"
        if (resident := resident_bytes()) is not None:
            yield from _head("process_resident_memory_bytes", "gauge", "Memory the server holds.")
            yield f"process_resident_memory_bytes {resident}"
        yield from _head("songkin_info", "gauge", "The version that runs.")
        yield f'songkin_info{{version="{__version__}"}} 1'


def _head(name: str, kind: str, about: str) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {kind}"


def resident_bytes() -> int | None:
    """Return how much memory the process holds; None where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


class Metered:
    """An application whose requests are counted."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, and count it at its end."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = 500, time.perf_counter()

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._metrics.going_on += 1
        try:
            await self._app(scope, receive, sent)
        finally:
            self._metrics.going_on -= 1
            method = scope["method"] if scope["method"] in METHODS else OTHER
            self._metrics.count(Asked(method, route_of(scope), status), time.perf_counter() - began)


def route_of(scope: Scope) -> str:
    """Return the pattern of the route that answers a request, with the prefix it is served under."""
    own = getattr(scope.get("route"), "path", None)
    if own is None:
        return UNKNOWN
    prefix = next((prefix for prefix in PREFIXES if scope["path"].startswith(f"{prefix}/")), "")
    return str(own) if str(own).startswith(prefix) else f"{prefix}{own}"
