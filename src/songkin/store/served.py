"""Which songs came from a player's server, and what each looked like then: the side table `served`.

Conventions
-----------
A row is a server's place ("music.local:4533", without a user and without secrets), the id of a song there and here, and
the stamp it was read with. Rows are committed after their songs, so that a run killed in between reads those again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from songkin.store.quoting import one_of, quoted
from songkin.store.tables import Tables

__all__ = ["ServedRow", "ServedRows"]

TABLE = "served"
SCHEMA = pa.schema([("place", pa.string()), ("id", pa.string()), ("stamp", pa.string())])
AT_ONCE = 500  # ids a deletion names in one condition


class ServedRow(NamedTuple):
    """A song of a server: the server's place, the song's id, and what it looked like when it was read."""

    place: str
    id: str
    stamp: str = ""


class ServedRows:
    """The songs of servers in one library; `keep` and `forget` are for the writer."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._rows: dict[str, dict[str, str]] = {}
        table = tables.beside(TABLE)
        for row in tables.run(table.query().to_arrow()).to_pylist() if table is not None else ():
            self._rows.setdefault(row["place"], {})[row["id"]] = row["stamp"]

    def of(self, place: str) -> Mapping[str, str]:
        """Return the stamps of a server's songs by id, none where nothing came from there."""
        return self._rows.get(place, {})

    def keep(self, rows: Sequence[ServedRow]) -> None:
        """Commit rows, replacing those of the same song."""
        new = [row for row in rows if self.of(row.place).get(row.id) != row.stamp]
        if not new:
            return
        table = self._tables.made_beside(TABLE, SCHEMA)
        merge = table.merge_insert(["place", "id"]).when_matched_update_all().when_not_matched_insert_all()
        self._tables.run(merge.execute(pa.Table.from_pylist([row._asdict() for row in new], schema=SCHEMA)))
        for row in new:
            self._rows.setdefault(row.place, {})[row.id] = row.stamp

    def forget(self, place: str, ids: Iterable[str]) -> None:
        """Take a server's rows out."""
        gone = [id_ for id_ in dict.fromkeys(ids) if id_ in self.of(place)]
        table = self._tables.beside(TABLE) if gone else None
        for at in range(0, len(gone), AT_ONCE):
            assert table is not None, "rows without a table"
            chunk = gone[at : at + AT_ONCE]
            self._tables.run(table.delete(f"place = {quoted(place)} AND {one_of('id', chunk)}"))
            for id_ in chunk:
                del self._rows[place][id_]

    def tidy(self) -> None:
        """Merge small files and drop versions no reader needs."""
        table = self._tables.beside(TABLE)
        if table is not None:
            self._tables.optimize(table)
