"""Make a library of an exported file: every checksum is compared before anything of it can be seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from songkin.errors import StoreError
from songkin.library.backups.archive import CURE, MANIFEST, Entry, entries, unpacked
from songkin.library.backups.exporting import FORM
from songkin.library.backups.swapping import others_in, put_in_place, staging
from songkin.library.keeping import mark_of, marked_anew
from songkin.settings import Settings
from songkin.store import Store, writing
from songkin.store.engine import told_plainly
from songkin.store.lock import writer_lock
from songkin.store.migrations import check as check_schema
from songkin.store.snapshot import make_table
from songkin.store.upkeep import AT_ONCE

__all__ = ["Restored", "check", "restore"]

SAID = {"songs": int, "passages": int, "schema": int, "made_by": str, "made_at": str}  # in the manifest likewise
NEEDED = {"songs", "passages", "facts"}
Progress = Callable[[int], None]


class Restored(NamedTuple):
    """What an exported file holds: songs and passages, the schema it was written with, by whom and when."""

    songs: int
    passages: int
    schema: int
    encoder: str
    made_by: str
    made_at: str
    place: str | None = None  # of the library that was made of it

    @classmethod
    def of(cls, entry: Entry, path: Path) -> Restored:
        """Read a manifest; StoreError where it is none, SchemaError where a newer songkin wrote it."""
        try:
            said = json.loads(entry.content)
            form, own = int(said["form"]), {name: kind(said[name]) for name, kind in SAID.items()}
            about = cls(encoder=said["encoder"] or ("shipped" if said["fingerprint"] else "none"), **own)
            check_schema(about.schema, str(path))
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path}: its manifest cannot be read ({error}); {CURE}") from error
        if form > FORM:
            cure = "update with: pip install -U songkin"
            raise StoreError(f"{path}: exported by a newer songkin ({about.made_by}); {cure}")
        return about


def check(file: str | Path, *, progress: Progress = lambda rows: None) -> Restored:
    """Read an exported file to its end and compare every checksum; StoreError where it is not whole."""
    path = _readable(file)
    with told_plainly(str(path)):
        read = entries(path)
        about = Restored.of(next(read), path)
        rows = {"songs": 0, "passages": 0}
        for entry in read:
            if (table := _table(entry)) is not None:
                count = unpacked(entry, path).num_rows
                rows[table] = rows.get(table, 0) + count
                progress(count)
        _count(about, rows, path)
    return about


def restore(
    file: str | Path, place: str | Path | None = None, *, replace: bool = False, progress: Progress = lambda rows: None
) -> Restored:
    """Make the library of an exported file at `place`, or where the settings say, and return what is in it.

    It is made beside the place, with its indexes, and put there once all of it is there: StoreError leaves nothing.
    A library that is there is refused, unless it is to be replaced; then it goes in the same moment as the new one
    comes. LockedError where somebody writes to it, or imports into the same place.
    """
    path = _readable(file)
    home = _place(Settings.load(library=str(place) if place else None).library, replace=replace)
    with staging(home) as draft, told_plainly(str(path)):
        about = _unpacked_into(draft, path, progress)
        with ExitStack() as held:
            if Store.exists(home):
                held.enter_context(writer_lock(home))
            put_in_place(draft, home)
    return about._replace(place=str(home))


def _readable(file: str | Path) -> Path:
    path = Path(file)
    if not path.is_file():
        raise StoreError(f"{path}: no such file; name one that songkin export wrote")
    return path


def _place(place: str, *, replace: bool) -> Path:
    """Return the folder of the new library."""
    if "://" in place:
        raise StoreError(f"{place}: import into a folder, and copy that to the object store")
    home = Path(place).resolve()  # a link stays a link, and '.' has a name
    if Store.exists(home) and not replace:
        cure = "name another place with -L, or put the import in its place with --replace"
        raise StoreError(f"{place}: a library is there already; {cure}")
    if Store.exists(home) and (other := others_in(home)):
        cure = "move it, or name another place with -L"
        raise StoreError(f"{place}: holds {other} too, which would go with the library; {cure}")
    if not Store.exists(home) and home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise StoreError(f"{place}: holds something else; name a place that is not there yet, with -L")
    return home


def _unpacked_into(draft: Path, path: Path, progress: Progress) -> Restored:
    """Make a library at `draft`, whole, checked and ready to be asked."""
    read = entries(path)
    first = next(read)
    about, rows = Restored.of(first, path), {"songs": 0, "passages": 0}
    assert first.name == MANIFEST
    for table, group in groupby(read, _table):
        if table is None:
            _write_files(draft, group)
        elif rows.get(table):
            raise StoreError(f"{path}: holds the table {table} twice; {CURE}")
        else:
            rows[table] = make_table(draft, table, _told(group, path, progress))
    _count(about, rows, path)
    with writing(draft, dim=1) as writer:  # finishes a change of encoder, and a schema, that were not at their end
        writer.finish(kept=AT_ONCE)
    store = Store.open(draft)
    if store.counts() != (about.songs, about.passages):
        raise StoreError(f"{path}: gives {store.counts().songs:,} songs in place of {about.songs:,}; {CURE}")
    marked_anew(draft, json.loads(first.content).get("mark", ""), mark_of(store))
    return about


def _told(group: Iterator[Entry], path: Path, progress: Progress) -> Iterator[pa.Table]:
    for entry in group:
        rows = unpacked(entry, path)
        yield rows
        progress(rows.num_rows)


def _write_files(draft: Path, group: Iterator[Entry]) -> None:
    for entry in group:
        file = draft / entry.name.removeprefix("files/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(entry.content)


def _table(entry: Entry) -> str | None:
    """Return the table an entry is a part of, None for a file."""
    return entry.name.split("/")[1] if entry.name.startswith("tables/") else None


def _count(about: Restored, rows: dict[str, Any], path: Path) -> None:
    """Raise StoreError unless the tables hold what the manifest says."""
    for name, wanted in (("songs", about.songs), ("passages", about.passages)):
        if rows[name] != wanted:
            raise StoreError(f"{path}: holds {rows[name]:,} {name} where its manifest says {wanted:,}; {CURE}")
    if lacking := NEEDED - set(rows):
        raise StoreError(f"{path}: lacks the table {min(lacking)}; {CURE}")
