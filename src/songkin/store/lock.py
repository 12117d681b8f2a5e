"""Locks of a library: the operating system's, so that a dead process's lock vanishes with it; in a bucket, a lease."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from songkin.errors import LockedError, StoreError
from songkin.store.address import is_bucket

if TYPE_CHECKING:
    from songkin.store.lease import Lease

__all__ = ["deciding_lock", "import_lock", "writer_lock"]

LOCK = "write.lock"  # stays where it is: the lock is on the file, not the file itself
DECIDING = "decide.lock"
PATIENCE_S = 30.0  # for a decision of somebody else, which takes some milliseconds


@contextmanager
def writer_lock(place: str | Path) -> Iterator[Lease | None]:
    """Hold the library for writing; LockedError at once when another process does. Readers are never blocked.

    In a bucket, what is given is the lease, which may be lost while it is held.
    """
    cure = "wait for it to end and try again"
    with _held(place, LOCK, 0.0, f"another songkin is writing to this library; {cure}") as lease:
        yield lease


@contextmanager
def deciding_lock(place: str | Path) -> Iterator[None]:
    """Wait to be the only one who looks whether something is decided, and decides it; adds go on meanwhile."""
    with _held(
        place, DECIDING, PATIENCE_S, "another songkin keeps a decision, and does not end; end it, and try again"
    ):
        yield


@contextmanager
def import_lock(folder: Path) -> Iterator[None]:
    """Be the only one who makes a library in a folder that nobody looks into; LockedError at once otherwise."""
    with _held(folder, LOCK, 0.0, "another songkin imports into this place; wait for it to end and try again"):
        yield


@contextmanager
def _held(place: str | Path, name: str, patience_s: float, otherwise: str) -> Iterator[Lease | None]:
    if is_bucket(place):
        from songkin.store.bucket import bucket_of
        from songkin.store.lease import lease_name, leased

        with leased(bucket_of(str(place)), lease_name(name), patience_s=patience_s, otherwise=otherwise) as lease:
            yield lease
        return
    folder = Path(place)
    lock = FileLock(folder / name, thread_local=False)
    try:
        lock.acquire(timeout=patience_s)
    except Timeout:
        raise LockedError(f"{folder}: {otherwise}") from None
    except (OSError, NotImplementedError) as error:
        said = getattr(error, "strerror", None) or error
        raise StoreError(f"{folder}: cannot be written to ({said}); check its owner and rights") from error
    try:
        yield None
    finally:
        lock.release()
