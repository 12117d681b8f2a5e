"""Which music files the library's songs came from: the side table `files`.

Conventions
-----------
A row is a file's absolute path, the id its song has here, and the stamp of the file as it was when it was read; '' is
a file whose song was not committed yet. Paths rest as percent-encoded bytes, so that a name in no encoding survives.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

import pyarrow as pa

from songkin.store.quoting import one_of
from songkin.store.tables import Tables

__all__ = ["FileRow", "Files"]

TABLE = "files"
SCHEMA = pa.schema([("path", pa.string()), ("id", pa.string()), ("stamp", pa.string())])
PLAIN = "/ !#$&()*+,;=:@[]{}|\\<>?^`~"  # what need not be escaped to be read back
AT_ONCE = 500  # paths a deletion names in one condition


class FileRow(NamedTuple):
    """A music file: where it lies, the id of its song, and what it looked like when it was read."""

    path: Path
    id: str
    stamp: str = ""


class Files:
    """The music files of one library, by path; `keep` and `forget` are for the writer."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.rows: dict[Path, FileRow] = self._read()

    def _read(self) -> dict[Path, FileRow]:
        table = self._tables.beside(TABLE)
        if table is None:
            return {}
        rows = self._tables.run(table.query().to_arrow()).to_pylist()
        found = (FileRow(_path(row["path"]), row["id"], row["stamp"]) for row in rows)
        return {row.path: row for row in found}

    def keep(self, rows: Sequence[FileRow]) -> None:
        """Commit rows, replacing those of the same path."""
        new = {row.path: row for row in rows if self.rows.get(row.path) != row}
        if not new:
            return
        table = self._tables.made_beside(TABLE, SCHEMA)
        columns = [{"path": _text(row.path), "id": row.id, "stamp": row.stamp} for row in new.values()]
        merge = table.merge_insert("path").when_matched_update_all().when_not_matched_insert_all()
        self._tables.run(merge.execute(pa.Table.from_pylist(columns, schema=SCHEMA)))
        self.rows |= new

    def forget(self, paths: Iterable[Path]) -> None:
        """Take rows out."""
        gone = [path for path in dict.fromkeys(paths) if path in self.rows]
        table = self._tables.beside(TABLE) if gone else None
        for at in range(0, len(gone), AT_ONCE):
            assert table is not None, "rows without a table"
            chunk = gone[at : at + AT_ONCE]
            self._tables.run(table.delete(one_of("path", map(_text, chunk))))
            for path in chunk:
                del self.rows[path]

    def tidy(self) -> None:
        """Merge small files and drop versions no reader needs."""
        table = self._tables.beside(TABLE)
        if table is not None:
            self._tables.optimize(table)


def _text(path: Path) -> str:
    return quote_from_bytes(os.fsencode(path), safe=PLAIN)


def _path(text: str) -> Path:
    return Path(os.fsdecode(unquote_to_bytes(text)))
