"""The one writer of a library: a lock of the operating system's, so that a dead writer's lock vanishes with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from songkin.errors import LockedError, StoreError

__all__ = ["writer_lock"]


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the library for writing; LockedError when another process does. Readers are never blocked."""
    lock = FileLock(folder / "write.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LockedError(f"{folder}: another songkin is writing to this library; wait for it to end and try again") from None
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written to ({error.strerror or error}); check its owner and rights") from error
    try:
        yield
    finally:
        lock.release()
