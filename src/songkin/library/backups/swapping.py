"""Put a folder in the place of another in one step, so that whoever looks finds the one or the other, whole.

Conventions
-----------
What is made for LIBRARY rests in `.LIBRARY.import` beside it, held by a lock while it is made; what a killed import
left there is thrown away by the next one.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from songkin.errors import StoreError
from songkin.store.engine import told_plainly
from songkin.store.lock import import_lock

__all__ = ["others_in", "put_in_place", "staging"]

OWN = re.compile(
    r"[a-z_]+\.lance|(?:write|decide)\.lock|clusters|themes|shard-\d+|catalogues\.npz|map\.parquet"
    r"|\.(?:catalogues|map)-\d+\.(?:npz|parquet)"  # drafts that a kill left
)
DRAFT, BEFORE = "library", "before"
HERE = -100  # AT_FDCWD: paths start at the working folder
EXCHANGE = 2  # RENAME_EXCHANGE of Linux


def others_in(home: Path) -> str | None:
    """Return the name of something in a library's folder that is no part of a library, None where all of it is."""
    return next((path.name for path in sorted(home.iterdir()) if not OWN.fullmatch(path.name)), None)


@contextmanager
def staging(home: Path) -> Iterator[Path]:
    """Give a folder beside `home`, on the same disk, in which its new library is made; what is left in it goes."""
    room = home.absolute().parent / f".{home.absolute().name}.import"
    with told_plainly(str(home)):
        room.mkdir(parents=True, exist_ok=True)
    with import_lock(room):
        try:
            if (room / BEFORE).exists() and not home.exists():
                (room / BEFORE).rename(home)  # killed between two steps, where there is no way to do both in one
                raise StoreError(f"{home}: an import was killed here, and what was there before is back; try again")
            shutil.rmtree(room / DRAFT, ignore_errors=True)
            yield room / DRAFT
        finally:
            shutil.rmtree(room, ignore_errors=True)


def put_in_place(draft: Path, home: Path) -> None:
    """Make `draft` the library at `home`; what was there goes. Files are on the disk before they get their names."""
    for path in draft.rglob("*"):
        if path.is_file():
            _settle(path)
    if not home.exists() or not any(home.iterdir()):
        draft.replace(home)
    elif not _exchanged(draft, home):
        before = draft.with_name(BEFORE)
        home.rename(before)
        draft.rename(home)
        shutil.rmtree(before, ignore_errors=True)


def _settle(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system or the disk knows no such step."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE) == 0:
        return True
    if ctypes.get_errno() in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    if ctypes.get_errno() == errno.EBUSY:
        raise StoreError(f"{other}: is where a disk is mounted, and cannot change places; import into a folder in it")
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(other))
