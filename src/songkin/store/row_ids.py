"""Where each row of a table lies, held in memory once a library is asked often: rows are fetched there, not looked for.

Conventions
-----------
A row id holds for one version of a table and for no other: compaction moves rows. Those of five million passages take
100 MB.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from songkin.store.spans import spans

__all__ = ["KNOWN_AFTER", "ROW_ID", "RowIds"]

ROW_ID = "_rowid"
KNOWN_AFTER = 48  # fetches of a table after which its row ids are read: that takes as long as some five requests save

Places = NDArray[np.uint64]


class Located(NamedTuple):
    """Rows of songs that are there: which of those asked for (n,) they are, their keys and parts (m,)."""

    there: NDArray[np.bool_]
    keys: NDArray[np.int64]
    parts: NDArray[np.int32]


class RowIds:
    """One table's rows whose song is there, sorted by id: ids (n,), keys (n,), parts (n,), -1 = a song's own row."""

    def __init__(self, rows: pa.Table) -> None:
        rows = rows.sort_by(ROW_ID)
        self._ids: Places = rows[ROW_ID].to_numpy()
        self._keys = rows["key"].to_numpy()
        parts = rows["part"].to_numpy() if "part" in rows.column_names else np.full(len(self._keys), -1)
        self._parts = parts.astype(np.int32)
        in_order = bool((np.diff(self._keys) >= 0).all())  # as a writer leaves them, and compaction too
        self._order = None if in_order else np.argsort(self._keys, kind="stable")
        self._sorted = self._keys if self._order is None else self._keys[self._order]

    def of(self, keys: NDArray[np.int64]) -> Places:
        """Return the row ids of every row of some songs; `keys` (m,) come once each."""
        firsts = np.searchsorted(self._sorted, keys)
        rows = spans(firsts, np.searchsorted(self._sorted, keys, side="right") - firsts)
        found: Places = self._ids[rows if self._order is None else self._order[rows]]
        return found

    def at(self, keys: Any, parts: Any) -> Places:
        """Return the row ids of single rows, by key and part, of those that are there."""
        if not len(self._ids):
            return self._ids
        rows = np.minimum(np.searchsorted(self._sorted, keys) + np.asarray(parts), len(self._ids) - 1)
        rows = rows if self._order is None else self._order[rows]
        found: Places = self._ids[rows[(self._keys[rows] == keys) & (self._parts[rows] == parts)]]
        return found

    def named(self, rows: pa.Table) -> pa.Table:
        """Return rows that come with their ids with the keys and parts that those stand for; all of them are known."""
        located = self.located(rows[ROW_ID].to_numpy())
        own = {"key": located.keys, "part": located.parts}
        return pa.table({**own, **{name: rows[name] for name in rows.column_names}})

    def located(self, ids: Any) -> Located:
        """Return the keys and parts of rows (n,), of those whose song is there."""
        if not len(self._ids):
            return Located(np.zeros(len(ids), bool), self._keys, self._parts)
        at = np.clip(np.searchsorted(self._ids, ids), 0, len(self._ids) - 1)
        there = np.asarray(self._ids[at] == ids)
        return Located(there, self._keys[at[there]], self._parts[at[there]])
