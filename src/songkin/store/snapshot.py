"""Every row of a library as it is at one moment, table by table; and a library made again from such rows.

Conventions
-----------
Songs come with exactly their passages: rows that no song holds, which a writer at work or a killed one leaves, stay
behind. `facts` is the last table, so that what is made from the rows is no library before all of them are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from songkin.errors import StoreError
from songkin.store.engine import run
from songkin.store.tables import Tables, connected

__all__ = ["Snapshot", "make_table"]

TRIES = 20  # to see songs and passages of one moment, while a writer changes songs
SECRET = "kind <> 'token'"  # of state: who may ask in whose name belongs to a place, not to its songs
OWN = ("passages", "songs", "facts")


class Snapshot:
    """The tables of a library, held at one version each: what is written later is not seen."""

    def __init__(self, place: str | Path) -> None:
        self.tables = Tables.open(str(place))
        self._keys = self._agreeing()
        beside = [name for name in self.tables.names() if name not in OWN]
        self._beside = {name: table for name in sorted(beside) if (table := self.tables.beside(name)) is not None}

    def _agreeing(self) -> Any:
        """Return the songs' keys, sorted, of a moment at which every song has all its passages."""
        for _ in range(TRIES):
            songs = self.tables.run(self.tables.songs.query().select(["key", "passages"]).to_arrow())
            keys = np.sort(songs["key"].to_numpy())
            there = self.tables.run(self.tables.passages.query().select(["key"]).to_arrow())["key"].to_numpy()
            self.passages = int(pc.sum(songs["passages"]).as_py() or 0)
            if int(np.isin(there, keys).sum()) == self.passages:
                return keys
            self.tables.refresh()
        cure = "try again when no songs are being changed; if nobody writes, it is damaged: put a copy back"
        raise StoreError(f"{self.tables.place}: songs and passages do not agree; {cure}")

    @property
    def names(self) -> list[str]:
        """The names of the tables, in the order in which they are to be made."""
        return [*self._beside, *OWN]

    @property
    def songs(self) -> int:
        """How many songs there are."""
        return len(self._keys)

    @cached_property
    def facts(self) -> Mapping[str, str]:
        """What the library says of itself."""
        return self.tables.facts()

    def schema(self, name: str) -> pa.Schema:
        """Return the columns of a table."""
        return self.tables.run(self._table(name).schema())

    def batches(self, name: str) -> Iterator[pa.RecordBatch]:
        """Give the rows of a table, some thousand at a time; StoreError where one cannot be read."""
        query = self._table(name).query()
        for batch in self.tables.batches(query.where(SECRET) if name == "state" else query):
            yield batch.filter(pa.array(np.isin(batch["key"].to_numpy(), self._keys))) if name == "passages" else batch

    def _table(self, name: str) -> Any:
        own = {"songs": self.tables.songs, "passages": self.tables.passages, "facts": self.tables.facts_table}
        return own[name] if name in own else self._beside[name]


def make_table(place: Path, name: str, parts: Iterable[pa.Table]) -> int:
    """Make a table of a library from its rows, given in parts of one schema, and return how many there were."""
    connection = connected(str(place))
    table, rows = None, 0
    for part in parts:
        if table is None:
            table = run(connection.create_table(name, schema=part.schema), place=str(place))
        if part.num_rows:
            run(table.add(part), place=str(place))
        rows += part.num_rows
    return rows
