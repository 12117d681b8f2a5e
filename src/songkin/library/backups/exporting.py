"""Write a library into one file: every row as it is at one moment, while readers and a writer go on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from songkin import __version__
from songkin.errors import StoreError
from songkin.library.backups.archive import MANIFEST, Archive, packed
from songkin.library.keeping import mark_of
from songkin.library.whole_files import check_place
from songkin.settings import Settings
from songkin.store import Store
from songkin.store.address import is_bucket
from songkin.store.engine import VanishedError
from songkin.store.snapshot import Snapshot

__all__ = ["FORM", "Exported", "export", "unused"]

FORM = 1  # of the archive; raise it when an older songkin could not read it
PART_BYTES = 24 << 20  # of rows in one entry, before they are compressed
TRIES = 3  # where a tidying drops the version that is being read
BESIDE = ("clusters/*.npz", "themes/*.npz", "map.parquet")
STEM = re.compile(r"[\w-]{1,80}", re.ASCII)
Progress = Callable[[int], None]


class Exported(NamedTuple):
    """What was written: the file, its size, and how much is inside."""

    path: Path
    bytes: int
    songs: int
    passages: int

    def as_json(self) -> dict[str, Any]:
        """Return it by the names of the contract."""
        return {**self._asdict(), "path": str(self.path)}


def export(
    place: str | Path | None, out: str | Path, *, replace: bool = False, progress: Progress = lambda rows: None
) -> Exported:
    """Write the library at `place`, or the one the settings name, to the file `out`, with all it keeps but tokens.

    Nothing is locked: what is committed while it is written is not in it.
    StoreError where `out` is there already, unless it may be replaced, and where the library is in shards: they are
    copies of another. The file is there only once it is whole.
    `progress` is called with how many more rows were written.
    """
    path, library = unused(out, replace=replace), Settings.load(library=str(place) if place else None).library
    for left in reversed(range(TRIES)):
        try:
            with Archive.at(path) as archive:
                snapshot = _one(Snapshot(library))
                _write(snapshot, archive, progress)
        except VanishedError:
            if not left:
                raise
        else:
            return Exported(path, path.stat().st_size, snapshot.songs, snapshot.passages)
    raise AssertionError("the last try ends the loop")


def unused(out: str | Path, *, replace: bool) -> Path:
    """Return the path of a file that may be written."""
    path = Path(out)
    check_place(path)
    if path.exists() and not replace:
        raise StoreError(f"{path}: is there already; name another file, or write over it with --replace")
    return path


def _one(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot as it is, unless it is of shards."""
    if snapshot.tables.in_shards:
        source = snapshot.facts.get("split_from", "...")
        cure = f"export the library they were made from: -L {source}"
        raise StoreError(f"{snapshot.tables.place}: is in shards, which are copies; {cure}")
    return snapshot


def _write(snapshot: Snapshot, archive: Archive, progress: Progress) -> None:
    archive.put(MANIFEST, json.dumps(_manifest(snapshot), indent=1, ensure_ascii=False).encode())
    for name in _files(snapshot):
        with suppress(OSError), snapshot.tables.at.open(name) as file:  # one that goes meanwhile is found again
            archive.put(f"files/{name}", file.read())
    for name in snapshot.names:
        for number, rows in enumerate(_parts(snapshot.batches(name), snapshot.schema(name))):
            archive.put(f"tables/{name}/{number:05}.arrow", packed(rows))
            progress(rows.num_rows)


def _manifest(snapshot: Snapshot) -> dict[str, Any]:
    facts = snapshot.facts
    return {
        "form": FORM,
        "made_by": f"songkin {__version__}",
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "schema": int(facts.get("schema", "1")),
        "encoder": facts.get("encoder"),
        "fingerprint": facts.get("fingerprint"),
        "songs": snapshot.songs,
        "passages": snapshot.passages,
        "tables": snapshot.names,
        "mark": mark_of(Store(snapshot.tables)),
        "left_out": ["tokens"],
    }


def _files(snapshot: Snapshot) -> Iterator[str]:
    """Give the names of what the library keeps beside its tables; in a bucket, of its map alone."""
    if is_bucket(snapshot.tables.place):
        yield "map.parquet"
        return
    folder = Path(snapshot.tables.place)
    for pattern in BESIDE:
        found = sorted(folder.glob(pattern))
        yield from (path.relative_to(folder).as_posix() for path in found if STEM.fullmatch(path.stem))


def _parts(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Gather batches into parts of some size; no rows make one part, so that their columns are known."""
    held, size, given = list[pa.RecordBatch](), 0, False
    for batch in batches:
        held.append(batch)
        size += batch.nbytes
        if size >= PART_BYTES:
            yield pa.Table.from_batches(held).cast(schema)
            held, size, given = [], 0, True
    if held or not given:
        yield pa.Table.from_batches(held, None if held else schema).cast(schema)
