"""The one writer of a library: a lock of the operating system's, so that a dead writer's lock vanishes with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from songkin.errors import LockedError, StoreError

__all__ = ["writer_lock"]

LOCK = "write.lock"  # stays where it is: the lock is on the file, not the file itself


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the library for writing; LockedError at once when another process does. Readers are never blocked."""
    lock = FileLock(folder / LOCK, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        cure = "wait for it to end and try again"
        raise LockedError(f"{folder}: another songkin is writing to this library; {cure}") from None
    except (OSError, NotImplementedError) as error:
        said = getattr(error, "strerror", None) or error
        raise StoreError(f"{folder}: cannot be written to ({said}); check its owner and rights") from error
    try:
        yield
    finally:
        lock.release()
