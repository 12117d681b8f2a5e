"""Locks of a library: the operating system's, so that a dead process's lock vanishes with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from songkin.errors import LockedError, StoreError

__all__ = ["deciding_lock", "writer_lock"]

LOCK = "write.lock"  # stays where it is: the lock is on the file, not the file itself
DECIDING = "decide.lock"
PATIENCE_S = 30.0  # for a decision of somebody else, which takes some milliseconds


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the library for writing; LockedError at once when another process does. Readers are never blocked."""
    cure = "wait for it to end and try again"
    with _held(folder, LOCK, 0.0, f"another songkin is writing to this library; {cure}"):
        yield


@contextmanager
def deciding_lock(folder: Path) -> Iterator[None]:
    """Wait to be the only one who looks whether something is decided, and decides it; adds go on meanwhile."""
    with _held(
        folder, DECIDING, PATIENCE_S, "another songkin keeps a decision, and does not end; end it, and try again"
    ):
        yield


@contextmanager
def _held(folder: Path, name: str, patience_s: float, otherwise: str) -> Iterator[None]:
    lock = FileLock(folder / name, thread_local=False)
    try:
        lock.acquire(timeout=patience_s)
    except Timeout:
        raise LockedError(f"{folder}: {otherwise}") from None
    except (OSError, NotImplementedError) as error:
        said = getattr(error, "strerror", None) or error
        raise StoreError(f"{folder}: cannot be written to ({said}); check its owner and rights") from error
    try:
        yield
    finally:
        lock.release()
