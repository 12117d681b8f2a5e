"""The file a library is exported to: a tar of tables and files, its manifest first and its checksums last.

Conventions
-----------
    manifest.json            what is inside, before anything of it is read
    tables/NAME/00000.arrow  rows, as Arrow IPC streams compressed with zstd; every table has a part, an empty one too
    files/...                what the library keeps beside its tables
    SHA256SUMS               a line for each entry above, as `sha256sum -c` reads it

Whatever is cut short lacks its end, and so its checksums; a changed byte is told by the entry it is in.
"""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from songkin.errors import StoreError
from songkin.library.whole_files import settle, whole
from songkin.store.engine import told_plainly

__all__ = ["MANIFEST", "Archive", "Entry", "entries", "packed", "unpacked"]

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
NAMES = re.compile(
    r"manifest\.json|tables/[a-z_]{1,40}/\d{5,9}\.arrow|files/(?:(?:clusters|themes)/[\w-]{1,80}\.npz|map\.parquet)"
)
LARGEST = 2 << 30  # bytes of one entry; parts are some ten million
CURE = "take another copy of it, or export the library again"


class Entry(NamedTuple):
    """One thing in an archive: its name, which is one of those above, and its bytes."""

    name: str
    content: bytes


class Archive:
    """An archive that is being written."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar, self._sums = tar, list[str]()

    def put(self, name: str, content: bytes) -> None:
        """Write an entry."""
        assert NAMES.fullmatch(name), name
        self._sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
        self._write(name, content)

    def _write(self, name: str, content: bytes) -> None:
        about = tarfile.TarInfo(name)
        about.size, about.mtime = len(content), int(time.time())
        self._tar.addfile(about, io.BytesIO(content))

    def _end(self) -> None:
        self._write(SUMS, "".join(self._sums).encode())

    @classmethod
    @contextmanager
    def at(cls, path: Path) -> Iterator[Archive]:
        """Write the archive `path`, which is there only once it is whole."""
        with whole(path) as draft, told_plainly(str(path)), draft.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as tar:
                archive = cls(tar)
                yield archive
                archive._end()
            settle(file)


def entries(path: Path) -> Iterator[Entry]:
    """Give the entries of an archive, the manifest first; StoreError at the end where one is not as it was written.

    Nothing that was given may be believed before the last one was asked for. Entries of other names, links and
    whatever else a tar may hold are refused, so that no name ever leads out of a folder.
    """
    sums: dict[str, str] = {}
    try:
        with tarfile.open(path, mode="r|") as tar:
            for member in tar:
                content = _content(tar, member, path)
                if member.name == SUMS:
                    _compare(sums, content, path)
                    return
                if not sums and member.name != MANIFEST:
                    break
                sums[member.name] = hashlib.sha256(content).hexdigest()
                yield Entry(member.name, content)
    except (tarfile.TarError, EOFError, UnicodeDecodeError) as error:
        if not sums:
            raise StoreError(f"{path}: is no library that songkin exported ({error}); {CURE}") from error
        raise StoreError(f"{path}: is cut short or damaged ({error}); {CURE}") from error
    if not sums:
        raise StoreError(f"{path}: is no library that songkin exported; {CURE}")
    raise StoreError(f"{path}: is cut short, its checksums are missing; {CURE}")


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> bytes:
    """Return the bytes of an entry that may be there."""
    if not member.isreg() or not (member.name == SUMS or NAMES.fullmatch(member.name)) or member.size > LARGEST:
        raise StoreError(f"{path}: holds {member.name[:80]!a}, which songkin never wrote; {CURE}")
    file = tar.extractfile(member)
    content = file.read() if file else b""
    if len(content) != member.size:
        raise StoreError(f"{path}: is cut short in {member.name}; {CURE}")
    return content


def _compare(sums: dict[str, str], said: bytes, path: Path) -> None:
    """Raise StoreError unless what was read is what was written."""
    lines = said.decode("ascii", "replace").splitlines()
    written = {name: mark for mark, parted, name in (line.partition("  ") for line in lines) if parted}
    for name in sums | written:
        if sums.get(name) != written.get(name):
            raise StoreError(f"{path}: {name[:80]} is not as it was written; {CURE}")


def packed(rows: pa.Table) -> bytes:
    """Write rows as one compressed stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_table(rows)
    return bytes(sink.getvalue())


def unpacked(entry: Entry, path: Path) -> pa.Table:
    """Read rows back; StoreError where they are none."""
    try:
        with pa.ipc.open_stream(pa.py_buffer(entry.content)) as stream:
            rows = stream.read_all()
        rows.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise StoreError(f"{path}: {entry.name} is damaged ({str(error)[:80]}); {CURE}") from error
    return rows
