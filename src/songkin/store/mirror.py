"""A copy of a bucket's songs and passages on this machine's disk, for who answers much: asked there, not in the bucket.

Conventions
-----------
A file of a table never changes once it is written, so a copy of it is right for as long as it is there. What a version
names is copied before the version itself, and a version comes to be in one step. Many processes may share a copy; it
may be deleted whenever none of them runs. Nothing is ever written here that is not in the bucket.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock

from songkin.errors import StoreError
from songkin.store.bucket import BEGUN, Bucket

__all__ = ["Mirror", "mirror_of"]

TABLES = ("songs", "passages")  # as they are looked at; their versions are put in place the other way round
PIECE = 16 << 20  # bytes that are fetched at once
AT_ONCE = 8
VERSIONS, NEEDED = "_versions", ("data", "_indices", "_deletions")
TOLD = "copied.json"
TRIES = 3  # where a tidying drops a version while it is copied


class _Object(NamedTuple):
    """An object of a library: its path there, its bytes and its tag."""

    path: str
    size: int
    tag: str

    @property
    def mark(self) -> str:
        return f"{self.path} {self.tag}"


class _Version(NamedTuple):
    """The newest version of a table, and all it may name."""

    itself: _Object
    files: tuple[_Object, ...]


def mirror_of(bucket: Bucket) -> Mirror | None:
    """Return the copy that a bucket's address asks for, None where it asks for none."""
    return Mirror(bucket, Path(bucket.known.cache)) if bucket.known.cache else None


class Mirror:
    """The copy of one library, below a folder that holds those of others too."""

    def __init__(self, bucket: Bucket, below: Path) -> None:
        known = bucket.known
        name = hashlib.blake2b(f"{known.endpoint} {known.bucket} {known.path}".encode(), digest_size=8).hexdigest()
        self._bucket, self._home = bucket, below.expanduser() / f"{bucket.name}-{name}"

    def follow(self) -> str:
        """Bring the copy up to date, and return its folder; StoreError where it cannot be written."""
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            with FileLock(self._home / "copy.lock", thread_local=False):
                return str(self._followed())
        except OSError as error:
            said = error.strerror or error
            cure = "free some space there, or leave cache= out of the address"
            raise StoreError(f"{self._bucket.known.shown}: its copy at {self._home}: {said}; {cure}") from error

    def _followed(self) -> Path:
        who = hashlib.blake2b(self._bucket.stamp(BEGUN).encode(), digest_size=8).hexdigest()
        for left in reversed(range(TRIES)):
            try:
                self._copy(self._home / who)
            except FileNotFoundError:
                if not left:
                    raise
            else:
                break
        for other in self._home.iterdir():
            if other.is_dir() and other.name != who:
                shutil.rmtree(other, ignore_errors=True)
        return self._home / who

    def _copy(self, folder: Path) -> None:
        """Fetch what the newest versions name, then the versions, and drop what none since the last time needed."""
        before = _before(folder)
        newest = {name: one for name in TABLES if (one := self._newest(name)) and one.itself.mark != before.get(name)}
        if not newest:
            return
        with ThreadPoolExecutor(AT_ONCE) as several:
            files = [one for version in newest.values() for one in version.files if not _has(folder, one)]
            list(several.map(lambda one: self._fetch(folder, one), files))
        for version in reversed(newest.values()):
            self._fetch(folder, version.itself)
        needed = {one.path for version in newest.values() for one in (version.itself, *version.files)}
        _drop_all_but(folder, list(newest), needed | set(before.get("needed", [])))
        kept = [path for path in before.get("needed", []) if path.partition(".lance/")[0] not in newest]
        marks = {name: version.itself.mark for name, version in newest.items()}
        _tell(folder, {**before, **marks, "needed": sorted(needed | set(kept))})

    def _newest(self, table: str) -> _Version | None:
        newest = self._listed(f"{table}.lance/{VERSIONS}/", most=1)
        files = [one for part in NEEDED for one in self._listed(f"{table}.lance/{part}/")] if newest else []
        return _Version(newest[0], tuple(files)) if newest else None

    def _listed(self, below: str, *, most: int | None = None) -> list[_Object]:
        return [_Object(one["path"], one["size"], one["e_tag"] or "") for one in self._bucket.below(below, most=most)]

    def _fetch(self, folder: Path, one: _Object) -> None:
        """Copy an object, piece by piece; it has its name only once it is whole."""
        path = folder / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with draft.open("wb") as file:
            for at in range(0, one.size, PIECE):
                file.write(self._bucket.piece(one.path, at, min(PIECE, one.size - at)))
        draft.replace(path)


def _has(folder: Path, one: _Object) -> bool:
    path = folder / one.path
    return path.is_file() and path.stat().st_size == one.size


def _drop_all_but(folder: Path, tables: Sequence[str], paths: Set[str]) -> None:
    """Drop what neither this version nor the one before needs, and what a killed copying left."""
    for table in tables:
        for path in [path for path in (folder / f"{table}.lance").rglob("*") if path.is_file()]:
            if path.relative_to(folder).as_posix() not in paths:
                path.unlink(missing_ok=True)


def _before(folder: Path) -> dict[str, Any]:
    """Return what was copied the last time: each table's version, and all that is needed."""
    try:
        said = json.loads((folder / TOLD).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _tell(folder: Path, said: Mapping[str, Any]) -> None:
    draft = folder / f".{TOLD}.{os.getpid()}"
    draft.write_text(json.dumps(said))
    draft.replace(folder / TOLD)
