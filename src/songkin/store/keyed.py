"""The songs of a library by key and id, those that meet a condition, and the rows of some of them.

Conventions
-----------
Rows under a key that no song holds are never given. A table that is asked often is asked by row ids, which hold for
the version looked at; where it changed meanwhile, the rows are looked for by key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from songkin.store.engine import VanishedError
from songkin.store.quoting import one_of
from songkin.store.row_ids import KNOWN_AFTER, RowIds
from songkin.store.rows import Matches
from songkin.store.view import View
from songkin.types import Where

__all__ = ["ROWS_AT_ONCE", "WITH_VECTOR", "Keyed", "among", "own_columns", "parts_of"]

WITH_VECTOR = " AND vector IS NOT NULL"
KNOWN_IDS = 10_000  # whose keys are remembered
ROWS_AT_ONCE = 10_000  # a passage channel fetches no more rows than this


class Keyed(View):
    """One version of a library, whose songs are looked up by key, id or condition."""

    def _forget(self) -> None:
        super()._forget()
        self._catalogue: tuple[pa.Table, NDArray[np.int64], pa.Array] | None = None  # of this reading of the ids
        self._among = lru_cache(maxsize=64)(self._keys_where)
        self._row_ids: dict[str, RowIds] = {}

    def refresh(self) -> None:
        """See what was committed since."""
        with self._holding:
            self._row_ids = {}  # first, so that who fetches by them meanwhile sees that they hold no more
            super().refresh()

    # -- which songs ---------------------------------------------------------------------------------------------------

    def catalogue(self) -> tuple[NDArray[np.int64], pa.Array]:
        """Return every song's key (n,), sorted, and its id beside it."""
        table = self.read(["id"])
        known = self._catalogue
        if known is None or known[0] is not table:
            known = self._catalogue = table, table["key"].to_numpy(), table["id"].combine_chunks()
        return known[1:]

    def ids(self, keys: Any) -> list[str | None]:
        """Return the id of each key, None where no song has it."""
        known, ids = self.catalogue()
        if not len(known):
            return [None] * len(keys)
        at = np.clip(np.searchsorted(known, keys), 0, len(known) - 1)
        found = ids.take(pa.array(at)).to_pylist()
        return [name if known[place] == key else None for name, place, key in zip(found, at, keys, strict=True)]

    def alive(self, keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say which keys (n,) belong to a song."""
        return among(self.kept("keys", self._every_key), keys)

    def _every_key(self) -> NDArray[np.int64]:
        every: NDArray[np.int64] = self.read([])["key"].to_numpy()
        return every

    def keys(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the key of each id, -1 where the library lacks it; ids asked before are known."""
        known: dict[str, int] = self.kept("keys of ids", dict)
        found = {name: key for name in ids if (key := known.get(name)) is not None}
        wanted = [name for name in dict.fromkeys(ids) if name not in found]
        if wanted:
            rows = self._fetch("songs", lambda query: query.where(one_of("id", wanted)).select(["id", "key"]))
            new = dict(zip(rows["id"].to_pylist(), rows["key"].to_pylist(), strict=True))
            found |= new
            if len(known) > KNOWN_IDS:
                known.clear()
            known |= new
        return np.array([found.get(name, -1) for name in ids], np.int64)

    def keys_where(self, where: Where) -> NDArray[np.int64]:
        """Return the keys (n,) of the songs that meet a condition, sorted; for exact paths over small libraries."""
        return self._among(where.sql())

    def _keys_where(self, sql: str) -> NDArray[np.int64]:
        rows = self._fetch("songs", lambda query: query.where(sql).select(["key"]))
        return np.sort(rows["key"].to_numpy())

    def truths(self, keys: Any, where: Where) -> NDArray[np.float32]:
        """Say whether the song of each key (n,) meets a condition: 1 = yes, 0 = no, NaN = it lacks the field."""
        asked = np.asarray(keys, np.int64)
        met, unmet = (self._meeting(asked, sql) for sql in (where.sql(), f"(NOT {where.sql()})"))
        return np.where(met, 1.0, np.where(unmet, 0.0, np.nan)).astype(np.float32)

    def meeting(self, keys: NDArray[np.int64], where: Where) -> NDArray[np.bool_]:
        """Say which keys (n,) are of songs that meet a condition."""
        return self._meeting(keys, where.sql())

    def _meeting(self, keys: NDArray[np.int64], sql: str) -> NDArray[np.bool_]:
        """Say which keys (n,) meet an SQL condition, from all that do while the library is small."""
        if self._is_small("songs"):
            return among(self._among(sql), keys)
        rows = self._rows_of("songs", keys, [], f" AND {sql}")
        return np.isin(keys, rows["key"].to_numpy()) if rows is not None else np.zeros(len(keys), bool)

    # -- rows of songs -------------------------------------------------------------------------------------------------

    def _by_key(self, table: str, keys: Any, columns: list[str]) -> list[dict[str, Any]]:
        rows = self._rows_of(table, keys, columns)
        return list(rows.to_pylist()) if rows is not None else []

    def _rows_of(self, table: str, keys: Any, columns: list[str], also: str = "") -> pa.Table | None:
        """Return columns of the rows of songs that are there, in no order; None without such songs."""
        asked = np.unique(np.asarray(keys, np.int64))
        asked = asked[self.alive(asked)]
        if not len(asked):
            return None
        rows = self._taken(table, lambda ids: ids.of(asked), columns) if also in ("", WITH_VECTOR) else None
        if rows is not None:
            return rows.filter(pc.is_valid(rows["vector"])) if also else rows
        wanted = one_of("key", asked.tolist()) + also
        return self._fetch(table, lambda query: query.where(wanted).select(["key", *columns]))

    def _taken(self, table: str, which: Callable[[RowIds], Any], columns: list[str]) -> pa.Table | None:
        """Return columns of rows by their ids, in no order; None where the ids are not known, or hold no more."""
        known = self._ids_of(table)
        if known is None:
            return None
        wanted, own = which(known).tolist(), own_columns(table)
        stored = [column for column in columns if column not in own]  # the others are known by the row's id
        rows = self._by_id(table, known, lambda rows: rows.take_row_ids(wanted).select(stored).with_row_id().to_arrow())
        return rows if rows is None else known.named(rows).select(["key", *columns])

    def _by_id(self, table: str, known: RowIds, work: Callable[[Any], Any]) -> Any | None:
        """Run work that takes or gives known row ids; None where another version of the table came between."""
        try:
            found = self.tables.run(work(self._table(table)))
        except VanishedError:
            self.refresh()
            return None
        return found if self._row_ids.get(table) is known else None

    def _ids_of(self, table: str) -> RowIds | None:
        """Return the row ids of a table, read once it has been asked often; None before."""
        self._asked[table] += 1
        held = self._row_ids
        if table not in held and self._asked[table] > KNOWN_AFTER:
            with self._holding:
                self._know(table)
        return self._row_ids.get(table)

    def _know(self, table: str) -> None:
        """Read the row ids of a table, unless the store had to refresh itself on the way."""
        held = self._row_ids
        if table not in held:
            columns = own_columns(table)
            rows = self._fetch(table, lambda query: query.select(columns).with_row_id())
            rows = rows.filter(pa.array(self.alive(rows["key"].to_numpy())))
            if held is self._row_ids:
                held[table] = RowIds(rows)

    def _grouped(self, table: str, limit: int, fetch: Callable[[int], Matches], *, ample: int = 4) -> Matches:
        """Fetch rows, more each time, until `limit` songs are there or the rows run out; at first `ample` a song."""
        rows = limit if table == "songs" else min(ample * limit, ROWS_AT_ONCE)
        while True:
            found = fetch(rows)
            matches = Matches.best_of(*self._living(found), limit)
            if len(found.keys) < rows or len(matches.keys) >= limit or rows >= ROWS_AT_ONCE:
                return matches
            rows = min(rows * 4, ROWS_AT_ONCE)

    def _living(self, rows: Matches) -> Matches:
        alive = self.alive(rows.keys)
        return Matches(rows.keys[alive], rows.scores[alive], rows.parts[alive])


def among(known: NDArray[np.int64], keys: Any) -> NDArray[np.bool_]:
    """Say which keys (n,) are among `known` ones (m,), which are sorted: the time goes by n, not by m."""
    if not len(known):
        return np.zeros(len(keys), bool)
    return np.asarray(known[np.clip(np.searchsorted(known, keys), 0, len(known) - 1)] == keys)


def own_columns(table: str, *more: str) -> list[str]:
    """Return the columns that say which row of a table was found, and `more` of them."""
    return ["key", *(["part"] if table == "passages" else []), *more]


def parts_of(rows: pa.Table) -> NDArray[np.int32]:
    """Return each row's place in its song, -1 for a song's own row."""
    return rows["part"].to_numpy() if "part" in rows.column_names else np.full(rows.num_rows, -1, np.int32)
