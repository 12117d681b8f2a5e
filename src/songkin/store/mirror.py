"""A copy of a bucket's songs and passages on this machine's disk, for who answers much: asked there, not in the bucket.

Conventions
-----------
A file of a table never changes once it is written, so a copy of it is right for as long as it is there. What a version
names is copied before the version itself, and a version comes to be in one step. Many processes may share a copy; it
may be deleted whenever none of them runs. Nothing is ever written here that is not in the bucket.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from songkin.errors import StoreError
from songkin.store.bucket import Bucket

__all__ = ["Mirror", "mirror_of"]

TABLES = ("passages", "songs")  # in this order: a song comes after its passages
PIECE = 16 << 20  # bytes that are fetched at once
AT_ONCE = 8
VERSIONS, NEWEST = "_versions", "newest"
NEEDED = ("data", "_indices", "_deletions")
TRIES = 3  # where a tidying drops a version while it is copied


class _Object(NamedTuple):
    """An object of a table: its path below the table, its bytes and its tag."""

    path: str
    size: int
    tag: str


def mirror_of(bucket: Bucket) -> Mirror | None:
    """Return the copy that a bucket's address asks for, None where it asks for none."""
    return Mirror(bucket, Path(bucket.known.cache)) if bucket.known.cache else None


class Mirror:
    """The copy of one library, below a folder that holds those of others too."""

    def __init__(self, bucket: Bucket, below: Path) -> None:
        known = bucket.known
        name = hashlib.blake2b(f"{known.endpoint} {known.bucket} {known.path}".encode(), digest_size=8).hexdigest()
        self._bucket, self.folder = bucket, below.expanduser() / f"{bucket.name}-{name}"

    def follow(self) -> str:
        """Bring the copy up to date, and return its folder; StoreError where it cannot be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / "copy.lock", thread_local=False):
                for table in TABLES:
                    self._follow(f"{table}.lance")
        except OSError as error:
            said = error.strerror or error
            cure = "free some space there, or leave cache= out of the address"
            raise StoreError(f"{self._bucket.known.shown}: its copy at {self.folder}: {said}; {cure}") from error
        return str(self.folder)

    def _follow(self, table: str) -> None:
        for left in reversed(range(TRIES)):
            newest = self._listed(f"{table}/{VERSIONS}/", most=1)
            told, home = self.folder / table / NEWEST, self.folder / table
            mark = " ".join(f"{one.path} {one.tag}" for one in newest.values())
            if not newest or (told.is_file() and told.read_text() == mark):
                return
            try:
                needed = {name: one for part in NEEDED for name, one in self._listed(f"{table}/{part}/").items()}
                with ThreadPoolExecutor(AT_ONCE) as several:
                    list(several.map(self._fetch, [one for one in needed.values() if not self._has(one)]))
                for one in newest.values():
                    self._fetch(one)
            except FileNotFoundError:
                if not left:
                    raise
                continue
            _written(told, mark)
            self._drop_all_but(home, {*needed, *newest})
            return

    def _listed(self, below: str, *, most: int | None = None) -> Mapping[str, _Object]:
        """Return objects below a path, by name; the first `most`, None = all."""
        found = self._bucket.below(below, most=most)
        return {one["path"]: _Object(one["path"], one["size"], one["e_tag"] or "") for one in found}

    def _has(self, one: _Object) -> bool:
        path = self.folder / one.path
        return path.is_file() and path.stat().st_size == one.size

    def _fetch(self, one: _Object) -> None:
        """Copy an object, piece by piece; it has its name only once it is whole."""
        path = self.folder / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with draft.open("wb") as file:
            for at in range(0, one.size, PIECE):
                file.write(self._bucket.piece(one.path, at, min(PIECE, one.size - at)))
        draft.replace(path)

    def _drop_all_but(self, home: Path, names: set[str]) -> None:
        """Drop what no version needs any more, and what a killed copying left."""
        for path in [path for path in home.rglob("*") if path.is_file() and path.name != NEWEST]:
            if path.relative_to(self.folder).as_posix() not in names:
                path.unlink(missing_ok=True)


def _written(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text)
    draft.replace(path)
