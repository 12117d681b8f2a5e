"""Where a library rests: a folder, or a path in an object store's bucket; the same few questions to both.

Conventions
-----------
A place is named by its address, a path or `s3://bucket/path`. Small files beside the tables are written whole or not at
all. `standing` changes with every commit.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

from songkin.errors import StoreError
from songkin.store.address import is_bucket

__all__ = ["WHOLE", "Folder", "Place", "Standing", "place_of"]

WHOLE = "facts"  # the table that is committed last, so that a library with it is whole


class Standing(NamedTuple):
    """What a library's place looks like: who it is, and of each table what changes with every commit."""

    who: tuple[Any, ...]
    tables: tuple[tuple[str, Any, Any], ...]


class Place(Protocol):
    """What a library asks of where it rests."""

    address: str
    look_s: float  # how long a look at its standing may be taken for true
    alone: bool  # whether nobody but who holds the writer's lock can still be writing

    @property
    def name(self) -> str:
        """What the library is called."""

    def options(self) -> dict[str, str] | None:
        """Return what LanceDB must know to reach it."""

    def make(self) -> None:
        """Make room for a new library; StoreError where there can be none."""

    def begin(self) -> None:
        """Note that a new library begins here, which is not the one before."""

    def committed(self, table: str) -> bool:
        """Say whether anything was ever committed to a table."""

    def has_rows(self, table: str) -> bool:
        """Say whether a table has files of rows, committed or not."""

    def why_none(self) -> str:
        """Say why there is no library, and the cure."""

    def copied(self) -> str | None:
        """Return a folder with a copy of songs and passages as they are now, None where there is to be none."""

    def standing(self) -> Standing:
        """Return what changes with every commit; StoreError where there is no library."""

    def written_at(self) -> float:
        """Return when the library was last written, in seconds since 1970; 0 where nobody knows."""

    def open(self, name: str) -> IO[bytes]:
        """Open a small file beside the tables; FileNotFoundError where there is none."""

    def keep(self, name: str, write: Callable[[IO[bytes]], object]) -> None:
        """Write a small file beside the tables, in the place of the one before; OSError or StoreError if it fails."""

    def stamp(self, name: str) -> str:
        """Return what changes with a small file beside the tables, '' where there is none."""


def place_of(address: str | Path) -> Place:
    """Return the place of an address; nothing is looked at yet."""
    if is_bucket(address):
        from songkin.store.bucket import bucket_of

        return bucket_of(str(address))
    return Folder(str(address))


class Folder:
    """A folder on this machine."""

    look_s = 0.0
    alone = True

    def __init__(self, address: str) -> None:
        self.address, self.path = address, Path(address)

    @property
    def name(self) -> str:
        return self.path.resolve().name

    def options(self) -> None:
        return None

    def make(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise StoreError(self.why_none())
        self.path.mkdir(parents=True, exist_ok=True)

    def begin(self) -> None:
        """A folder made anew is known by its number on the disk."""

    def committed(self, table: str) -> bool:
        return any((self.path / f"{table}.lance" / "_versions").glob("*.manifest"))

    def has_rows(self, table: str) -> bool:
        return any((self.path / f"{table}.lance" / "data").glob("*.lance"))

    def why_none(self) -> str:
        if self.path.exists() and not self.path.is_dir():
            return f"{self.address}: is a file, and a library is a folder; name another place with -L"
        if (self.path / "songs.lance").exists():
            cure = "run the first songkin add again, or put a copy back"
            return f"{self.address}: the library is not whole (no facts); {cure}"
        return f"{self.address}: no library here; make one with: songkin add SONGS.csv -L {self.address}"

    def copied(self) -> None:
        return None

    def standing(self) -> Standing:
        try:
            names = sorted(entry.name for entry in os.scandir(self.address) if entry.name.endswith(".lance"))
            tables = tuple(table for name in names if (table := self._table(name)))
            folder, facts = os.stat(self.address), os.stat(os.path.join(self.address, f"{WHOLE}.lance"))
        except OSError as error:
            cure = f"make one with: songkin add SONGS.csv -L {self.address}, or put it back"
            raise StoreError(f"{self.address}: no library here ({error.strerror}); {cure}") from error
        return Standing((folder.st_ino, facts.st_ino), tables)

    def _table(self, name: str) -> tuple[str, int, int] | None:
        """Return what changes with every commit to a table; None where nothing was ever committed to it."""
        versions = os.path.join(self.address, name, "_versions")
        try:
            return name.removesuffix(".lance"), os.stat(versions).st_mtime_ns, len(os.listdir(versions))
        except FileNotFoundError:
            return None

    def written_at(self) -> float:
        try:
            return self.path.stat().st_mtime
        except OSError:
            return 0.0

    def open(self, name: str) -> IO[bytes]:
        return (self.path / name).open("rb")

    def keep(self, name: str, write: Callable[[IO[bytes]], object]) -> None:
        path = self.path / name
        draft = path.with_name(f".{path.stem}-{os.getpid()}{path.suffix}")
        try:
            path.parent.mkdir(exist_ok=True)
            with draft.open("wb") as file:
                write(file)
            draft.replace(path)
        except BaseException:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise

    def stamp(self, name: str) -> str:
        try:
            told = (self.path / name).stat()
        except OSError:
            return ""
        return f"{told.st_mtime_ns}-{told.st_size}"
