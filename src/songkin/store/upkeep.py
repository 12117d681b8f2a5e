"""How much of a library's folder is needed, and how much older versions still hold; when dropping those pays.

Conventions
-----------
Needed is what the latest version of each table names: its manifest holds the names of its files and the marks of
its indexes. The rest is spare: readers may still look at it, until a tidying drops it. A bucket is not measured.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from songkin.store.address import is_bucket

__all__ = ["AT_ONCE", "HURRIED", "KEPT_VERSIONS", "LEAST", "SLACK", "Upkeep", "upkeep"]

KEPT_VERSIONS = timedelta(minutes=10)  # how long a reader may go on with what it opened
HURRIED = timedelta(minutes=1)  # the same, where older versions take more room than they may
AT_ONCE = timedelta(milliseconds=1)  # readers look at the latest version by themselves
SLACK = 0.5  # how much older versions may take, as a share of what is needed
LEAST = 64 << 20  # bytes of older versions that are never too many
TABLES = ("*.lance", "shard-*/*.lance")
NEWEST_FIRST = 1 << 62  # manifests are numbered downwards from 2^64 - 1


class Upkeep(NamedTuple):
    """Bytes of a library's tables: those the latest versions need, and those only older versions do."""

    needed: int
    spare: int

    def is_too_much(self, slack: float = SLACK) -> bool:
        """Say whether older versions take more than `slack` times what is needed."""
        return self.spare > max(slack * self.needed, LEAST)


def upkeep(place: str | Path) -> Upkeep | None:
    """Return what the tables of the library at `place` need and what they could do without; None of a bucket."""
    if is_bucket(place):
        return None
    own = [_of_table(table) for pattern in TABLES for table in sorted(Path(place).glob(pattern))]
    return Upkeep(sum(one.needed for one in own), sum(one.spare for one in own))


def _of_table(table: Path) -> Upkeep:
    latest, said = _latest(table / "_versions")
    needed = spare = 0
    for path, size in _files(table):
        own = path.parts[len(table.parts) :]
        if _is_needed(own, latest, said):
            needed += size
        else:
            spare += size
    return Upkeep(needed, spare)


def _is_needed(own: tuple[str, ...], latest: str, said: bytes) -> bool:
    """Say whether the latest manifest names a file of a table, `own` being the parts of its path there."""
    match own:
        case ("data", name):
            return name.encode() in said
        case ("_indices", mark, *_):
            return _bytes_of(mark) in said
        case ("_versions", name):
            return name == latest
        case ("_transactions", _):
            return False
        case _:
            return True


def _bytes_of(mark: str) -> bytes:
    try:
        return uuid.UUID(mark).bytes
    except ValueError:
        return mark.encode()


def _latest(versions: Path) -> tuple[str, bytes]:
    """Return the name of the latest manifest, and what it says; '' where there is none or it went meanwhile."""
    numbers = [int(path.stem) for path in versions.glob("*.manifest") if path.stem.isdecimal()]
    if not numbers:
        return "", b""
    latest = min(numbers) if min(numbers) > NEWEST_FIRST else max(numbers)
    name = f"{latest:020}.manifest" if latest > NEWEST_FIRST else f"{latest}.manifest"
    try:
        return name, (versions / name).read_bytes()
    except FileNotFoundError:
        return name, b""


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    """Give every file below a folder with its size; what goes meanwhile is passed over."""
    for at, _, names in os.walk(folder):
        for name in names:
            path = Path(at, name)
            try:
                yield path, path.stat().st_size
            except FileNotFoundError:
                continue
