"""Reach LanceDB: import it lightly, run its coroutines from ordinary code, and turn its errors into ours.

LanceDB's native interface is asynchronous; one event loop in a daemon thread serves all callers, so that the channels
of a request, or of many requests, search at the same time.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Coroutine
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from songkin.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["lancedb", "run", "told_plainly"]

T = TypeVar("T")

REST_CLIENT = "lance_namespace_urllib3_client.api"
REST_PARTS = ("branch", "data", "index", "materialized_view", "metadata", "namespace", "table", "tag", "transaction")
FULL_DISK = ("no space left", "disk quota", "os error 28", "enospc")


@cache
def lancedb() -> ModuleType:
    """Import LanceDB without its REST client, which a library on disk never calls: half of a cold start.

    The client's modules are stood in for while LanceDB is imported and taken out again, so that a program that does
    want them still gets the real ones.
    """
    if "lancedb" not in sys.modules:
        with _without_rest_client():
            import lancedb
    import lancedb

    return lancedb


@contextmanager
def _without_rest_client() -> Iterator[None]:
    stand_ins = {f"{REST_CLIENT}.{part}_api": part for part in REST_PARTS if REST_CLIENT not in sys.modules}
    for name, part in stand_ins.items():
        module = ModuleType(name)
        kind = "".join(word.capitalize() for word in part.split("_")) + "Api"
        setattr(module, kind, type(kind, (), {}))
        sys.modules[name] = module
    try:
        yield
    finally:
        for name in (*stand_ins, REST_CLIENT):
            if stand_ins:
                sys.modules.pop(name, None)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="songkin-store", daemon=True).start()
    return loop


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine of LanceDB to its end and return what it gives; its errors come out as StoreError."""
    with told_plainly():
        return asyncio.run_coroutine_threadsafe(work, _loop()).result()


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn an error of the engine or the disk into one line with the cure."""
    try:
        yield
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        said = " ".join(str(error).split())
        if any(mark in said.lower() for mark in FULL_DISK):
            cure = "free some space and run the same command again; what was committed is kept"
            raise StoreError(f"the disk is full: {cure}") from error
        raise StoreError(f"the library's engine says: {said[:300]}") from error
