"""Reach LanceDB: import it lightly, run its coroutines from ordinary code, and turn its errors into ours.

LanceDB's native interface is asynchronous; one event loop in a daemon thread serves all callers, so that the channels
of a request, or of many requests, search at the same time.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Awaitable, Coroutine, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from songkin.errors import FullDiskError, StoreError
from songkin.memory import is_bounded, is_pressed
from songkin.store.address import Address, is_bucket
from songkin.store.bucket_errors import plainly, told_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

__all__ = ["VanishedError", "lancedb", "run", "session", "together", "told_plainly", "watching"]

T = TypeVar("T")

REST_CLIENT = "lance_namespace_urllib3_client.api"
REST_PARTS = ("branch", "data", "index", "materialized_view", "metadata", "namespace", "table", "tag", "transaction")
FULL_DISK = ("no space left", "quota exceeded", "os error 28", "os error 122")
NO_RIGHTS = ("permission denied", "read-only file system", "os error 13", "os error 30")
VANISHED = ("not found", "no such file", "os error 2)")
PANICS = ("PanicException", "RustPanic")
INDEX_BYTES = 1 << 30  # of indexes held in memory; what is left out is read again from the disk
METADATA_BYTES = 128 << 20
SHOWN = 240  # characters of what the engine said
STILL_S, STILL_SHARE = 20.0, 0.01  # seconds in which an engine that lives works more than this share of them


class VanishedError(StoreError):
    """A file of the version looked at is not there: cleaned away since, or lost."""


@cache
def lancedb() -> ModuleType:
    """Import LanceDB without its REST client, which a library on disk never calls: two fifths of the import.

    The client's modules are stood in for while LanceDB is imported and taken out again, so that a program that does
    want them still gets the real ones. Of its log only errors are shown; LANCEDB_LOG says otherwise. Where memory is
    bounded Rust writes no traces: without memory it may wait for itself for ever there, and hold Python with it.
    """
    if "lancedb" not in sys.modules:
        os.environ.setdefault("LANCEDB_LOG", "error")
        if is_bounded():
            os.environ["RUST_BACKTRACE"] = "0"
        with _without_rest_client():
            import lancedb
    import lancedb

    return lancedb


@cache
def session() -> Any:
    """Return the caches that all libraries of this process share, so that one opened anew beside another adds none.

    LanceDB's own bound is 6 GB of indexes for every connection.
    """
    return lancedb().Session(index_cache_size_bytes=INDEX_BYTES, metadata_cache_size_bytes=METADATA_BYTES)


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


_forked_from: list[int] = []  # the process that had LanceDB running when this one was forked from it


def _note_fork() -> None:
    if _loop.cache_info().currsize:
        _forked_from.append(os.getppid())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_note_fork)


def run(work: Coroutine[Any, Any, T], *, place: str) -> T:
    """Run a coroutine of LanceDB to its end and return what it gives; its errors come out as StoreError.

    When the caller is interrupted the work is called off, so that nothing is written once the lock is given back.
    A process forked after a library was opened gets a StoreError: LanceDB's threads do not survive a fork, and going on
    without them ends in a crash more often than not.
    """
    if _forked_from:
        work.close()
        cure = 'start workers with multiprocessing.get_context("spawn"), or fork before a library is opened'
        raise StoreError(f"{place}: process {_forked_from[0]} had opened a library when it forked this one; {cure}")
    began, watched = time.perf_counter(), _watched.get()
    with told_plainly(place):
        try:
            loop = _loop()
        except BaseException:  # no memory for a thread; what is not awaited must be closed
            work.close()
            raise
        future = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return _result(future, place)
        except BaseException:
            future.cancel()
            raise
        finally:
            if watched is not None:
                watched.append(time.perf_counter() - began)


def _result(future: Future[T], place: str) -> T:
    """Wait for what the engine gives; StoreError where it does nothing any more.

    Where memory runs short, LanceDB may be refused a thread and wait for it for ever. Buckets are left out: who waits
    for a network works on nothing either.
    """
    if is_bucket(place):
        return future.result()
    while True:
        worked = time.process_time()
        try:
            return future.result(STILL_S)
        except TimeoutError:
            if future.done():  # the time-out is the engine's own, or it gave something just now
                return future.result()
            if time.process_time() - worked < STILL_SHARE * STILL_S and is_pressed():
                cure = "allow this program more memory (ulimit -v)"
                raise StoreError(
                    f"{place}: the library's engine panicked and works on nothing any more; {cure}"
                ) from None


_watched: ContextVar[list[float] | None] = ContextVar("songkin_watched", default=None)


@contextmanager
def watching() -> Iterator[list[float]]:
    """Collect how many seconds each call into LanceDB takes that is made within."""
    seconds: list[float] = []
    before = _watched.set(seconds)
    try:
        yield seconds
    finally:
        _watched.reset(before)


async def together(works: Iterable[Awaitable[T]]) -> list[T]:
    """Do several things at the same time and return what each gives."""
    return list(await asyncio.gather(*works))


@contextmanager
def told_plainly(place: str) -> Iterator[None]:
    """Turn an error of the engine or the disk into one line with the place and the cure.

    Only what LanceDB and the disk raise is caught (OSError, RuntimeError, ValueError, a panic); a KeyError or TypeError
    is a mistake in the program and passes.
    """
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        raise _told(place, str(error)) from error
    except BaseException as error:
        if type(error).__name__ not in PANICS:
            raise
        raise _told(place, str(error)) from error


def _told(place: str, error: str) -> StoreError:
    """Say what happened in one line."""
    if is_bucket(place):
        return _told_of_bucket(place, error)
    said = " ".join(error.split())
    lowered = said.lower()
    if any(mark in lowered for mark in FULL_DISK):
        cure = "free some space and run the same command again; what was committed is kept"
        return FullDiskError(f"{place}: the disk is full; {cure}")
    if any(mark in lowered for mark in NO_RIGHTS):
        return StoreError(f"{place}: songkin may not read or write there; check the folder's owner and rights")
    kind = VanishedError if any(mark in lowered for mark in VANISHED) else StoreError
    cure = "if it is damaged, put a copy back, or add the songs again into a new folder"
    return kind(f"{place}: the library's engine failed ({said[:SHOWN]}); {cure}")


def _told_of_bucket(place: str, error: str) -> StoreError:
    """Say what happened in one line, without what an object store repeats of a request."""
    known = Address.of(place)
    if (told := told_of(known.shown, known.endpoint, error)) is not None:
        return told
    kind = VanishedError if any(mark in error.lower() for mark in VANISHED) else StoreError
    cure = "if it is damaged, put a copy back, or add the songs again at another place"
    return kind(f"{known.shown}: the library's engine failed ({plainly(error)}); {cure}")
