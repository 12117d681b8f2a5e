"""Catalogue files that were read whole before: one that has not changed since is not read again.

Conventions
-----------
A file is known by its real path and its stamp: size, times, and the songkin that read it. With it rest the digests of
its songs, and all of them must be the digests of songs in the library, or the file is read after all: so a song that
was taken out comes back, and one that another file changed is changed back. A file that lost anything is not noted.
"""

from __future__ import annotations

import logging
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from songkin import __version__
from songkin.errors import StoreError
from songkin.sources.layouts import layout_of
from songkin.store import Store, Writer
from songkin.store.place import Place
from songkin.types import Song

__all__ = ["Catalogues", "Read", "Unread", "named", "stamp_of"]

log = logging.getLogger(__name__)

FILE = "catalogues.npz"
READERS = "1"  # raise it when a record becomes another song than before
MOST = 16  # files that are known; the one read longest ago goes first
DIGEST_BYTES = 16


class Unread(NamedTuple):
    """A file that is as it was when it was last read; `songs` reads it after all."""

    path: str
    songs: Callable[[], Iterator[Song | Read]]


class Read(NamedTuple):
    """The end of a file, behind its songs; without a stamp where something of it was lost."""

    path: str = ""
    stamp: str = ""


def stamp_of(file: Path) -> str:
    """Return what changes with a table of songs; '' for what is none, such as a corpus in a layout of its own."""
    try:
        if not file.is_file() or layout_of(file):
            return ""
        told = file.stat()
    except OSError:
        return ""
    return f"{told.st_size}-{told.st_mtime_ns}-{told.st_ctime_ns}-{__version__}-{READERS}"


class Catalogues:
    """The catalogue files of a library, as one add sees them; `begin` binds it to the writer."""

    def __init__(self, store: Store | None = None) -> None:
        self._stamps: dict[str, str] = {}
        self._digests: dict[str, bytes] = {}
        self._ids: dict[str, str] | None = None
        self._writer: Writer | None = None
        self._coming, self._whole, self._changed = bytearray(), True, False
        if store:
            self._load(store.tables.at)

    def _load(self, at: Place) -> None:
        try:
            with at.open(FILE) as file, np.load(file, allow_pickle=False) as kept:
                for number, (path, stamp) in enumerate(
                    zip(kept["paths"].tolist(), kept["stamps"].tolist(), strict=True)
                ):
                    self._stamps[path] = stamp
                    self._digests[path] = kept[f"digests{number}"].tobytes()
        except FileNotFoundError:
            return
        except (OSError, StoreError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            log.warning("%s: %s cannot be read (%s); every file is read again", at.address, FILE, error)
            self._stamps.clear()

    def begin(self, writer: Writer) -> None:
        """Note who writes."""
        self._writer = writer

    def knows(self, path: str, stamp: str) -> bool:
        """Say whether a file is as it was when it was last read."""
        return self._stamps.get(path) == stamp

    def ids(self, unread: Unread) -> list[str] | None:
        """Return the ids of a file's songs, if all of them are in the library as the file has them."""
        assert self._writer, "begin comes first"
        if self._ids is None:
            self._ids = {known.digest: id_ for id_, known in self._writer.known.items()}
        held, there = self._digests.get(unread.path, b""), self._ids
        found = [there.get(held[at : at + DIGEST_BYTES].hex()) for at in range(0, len(held), DIGEST_BYTES)]
        return None if None in found else [id_ for id_ in found if id_ is not None]

    def comes(self, digest: str | None) -> None:
        """Note a song of the file that is being read; None of one that another file had before."""
        if digest is None:
            self._whole = False
        else:
            self._coming += bytes.fromhex(digest)

    def ended(self, read: Read) -> None:
        """Note the end of a file."""
        if self._whole and read.stamp:
            self._stamps.pop(read.path, None)
            self._stamps[read.path], self._digests[read.path] = read.stamp, bytes(self._coming)
            self._changed = True
        self._coming.clear()
        self._whole = True

    def keep(self) -> None:
        """Keep what was read for the next time; all songs are committed."""
        assert self._writer, "begin comes first"
        if not self._changed:
            return
        at, stamps = self._writer.tables.at, dict(list(self._stamps.items())[-MOST:])
        arrays: dict[str, Any] = {"paths": np.array(list(stamps), str), "stamps": np.array(list(stamps.values()), str)}
        arrays |= {f"digests{n}": np.frombuffer(self._digests[path], np.uint8) for n, path in enumerate(stamps)}
        try:
            at.keep(FILE, lambda file: np.savez(file, **arrays))
        except (OSError, StoreError) as error:
            log.info("%s: %s is not kept (%s)", at.address, FILE, error)


def named(file: Path) -> str:
    """Return the path a file is known by; '' for one whose name is in no encoding."""
    path = os.path.realpath(file)
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return ""
    return path
