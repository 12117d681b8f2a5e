"""What was measured in songs' sound, kept beside the songs: so that what was given and what was heard stay apart.

Conventions
-----------
A row is a song's id, a mark as in `songkin.store.kept_vectors` ("MAKER/CONTENT") and the measured features. A song that
carries exactly the value measured in a feature has it by ear. The writer's lock is held while rows are put or dropped.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from songkin.store.quoting import one_of
from songkin.store.tables import Tables

__all__ = ["HeardRow", "HeardRows"]

TABLE = "heard"
SCHEMA = pa.schema([("id", pa.string()), ("mark", pa.string()), ("features", pa.string())])
AT_ONCE = 1000  # ids in one condition


class HeardRow(NamedTuple):
    """What was measured in a song's sound: from what and by what, and the features by name."""

    id: str
    mark: str
    features: Mapping[str, float]

    def by_ear(self, features: Mapping[str, float]) -> set[str]:
        """Return which of a song's features are the measured ones; what its source gives is not."""
        return {name for name, value in self.features.items() if features.get(name) == value}


class HeardRows:
    """The table of measured features of one library."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def read(self) -> dict[str, HeardRow]:
        """Return every row by its song's id, of songs that are gone too; none where nothing was ever heard."""
        table = self._tables.beside(TABLE)
        if table is None:
            return {}
        rows = self._tables.run(table.query().to_arrow()).to_pylist()
        return {row["id"]: HeardRow(row["id"], row["mark"], json.loads(row["features"])) for row in rows}

    def put(self, rows: Sequence[HeardRow]) -> None:
        """Keep rows in place of those their songs had; ids differ, and one commit holds all."""
        if not rows:
            return
        table = self._tables.made_beside(TABLE, SCHEMA)
        own = [{"id": row.id, "mark": row.mark, "features": json.dumps(dict(row.features))} for row in rows]
        merge = table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
        self._tables.run(merge.execute(pa.Table.from_pylist(own, schema=SCHEMA)))

    def drop(self, ids: Iterable[str]) -> None:
        """Forget rows."""
        table = self._tables.beside(TABLE)
        gone = sorted(set(ids)) if table is not None else []
        for at in range(0, len(gone), AT_ONCE):
            assert table is not None, "rows without a table"
            self._tables.run(table.delete(one_of("id", gone[at : at + AT_ONCE])))

    def tidy(self, there: Collection[str]) -> None:
        """Drop the rows of all songs but those that are there, and merge small files."""
        table = self._tables.beside(TABLE)
        if table is None:
            return
        ids = self._tables.run(table.query().select(["id"]).to_arrow())["id"].to_pylist()
        self.drop(id_ for id_ in ids if id_ not in there)
        table = self._tables.beside(TABLE)  # as the deletion left it
        assert table is not None, "a table does not vanish"
        self._tables.optimize(table)
