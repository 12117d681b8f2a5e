"""Long work that says how far it is: it runs in a thread of its own, and its events are streamed as they come.

Conventions
-----------
An event is a JSON object with an "event": "progress" any number of times, then "done" or "error". As NDJSON each is a
line, as server-sent events each has its name. A client that goes away stops nothing: the work ends, and is kept.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

from songkin.serve.http.answers import json_bytes
from songkin.serve.http.errors import told

__all__ = ["NDJSON", "SSE", "Event", "events", "stand_back", "written"]

Event = dict[str, Any]
NDJSON, SSE = "application/x-ndjson", "text/event-stream"
ALIVE_S = 10.0  # after so long without an event, one says that it goes on
KINDLY = 10  # of 19: how far the work stands back behind those who ask


async def events(work: Callable[[Callable[[Event], None]], Event]) -> AsyncIterator[Event]:
    """Run work that is given what tells an event, and yield all of them; what it returns is "done".

    What it raises comes as an "error" event, as every error is told.
    """
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[Event]()

    def tell(event: Event) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            loop.call_soon_threadsafe(queue.put_nowait, event)

    def run() -> None:
        stand_back()
        try:
            tell({"event": "done", **work(lambda event: tell({"event": "progress", **event}))})
        except Exception as error:
            tell({"event": "error", **told(error)})

    threading.Thread(target=run, name="songkin-work", daemon=True).start()
    last: Event = {"event": "progress"}
    while True:
        with suppress(TimeoutError):  # then the last one again, lest somebody on the way take the connection for dead
            last = await asyncio.wait_for(queue.get(), ALIVE_S)
        yield last
        if last["event"] != "progress":
            return


def written(event: Event, kind: str) -> bytes:
    """Return an event as it is sent."""
    body = json_bytes(event)
    return b"event: " + event["event"].encode() + b"\ndata: " + body + b"\n\n" if kind == SSE else body + b"\n"


def stand_back() -> None:
    """Let the system prefer other threads to the one that calls, where it can."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), KINDLY)
