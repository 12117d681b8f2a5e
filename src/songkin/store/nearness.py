"""Vectors of a library by nearness: exact in memory while it is small, by the index beyond."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from songkin.store.keyed import WITH_VECTOR, Keyed, among, own_columns, parts_of
from songkin.store.probing import REFINED, Near
from songkin.store.row_ids import ROW_ID
from songkin.store.rows import Matches
from songkin.store.vectors import ExactVectors, unit_rows
from songkin.types import Where

__all__ = ["SongVectors", "VectorSearch"]

PROBES = 40  # an index's partitions looked into, of some 16,000 rows each; more where a condition leaves too few rows
ROWS_A_PROBE = 40_000  # of a table, from which on there are more: one for each so many
NARROWER = 2  # times as many where a condition holds
AMPLE = 2  # passages fetched a song wanted
SAMPLED_ROWS = 20_000  # vectors that show what is typical of a large library


class SongVectors(NamedTuple):
    """Songs' keys (n,), sorted, and a unit vector of each (n, dim)."""

    keys: NDArray[np.int64]
    vectors: NDArray[np.float32]


class VectorSearch(Keyed):
    """Search over the vectors of songs' descriptions and of passages."""

    def nearest(self, table: str, vector: NDArray[np.float32], *, where: Where | None, limit: int) -> Matches:
        """Rank songs by cosine of description ("songs") or best passage ("passages") to a unit vector (dim,)."""
        return self.nearest_to_each(table, vector[None], where=where, limit=limit)[0]

    def nearest_to_each(
        self, table: str, vectors: NDArray[np.float32], *, where: Where | None, limit: int
    ) -> list[Matches]:
        """As `nearest`, for each of the vectors (m, dim); one product for all of them where the library is small."""
        limit = max(1, limit)
        if not self._is_small(table):
            asking = (partial(self._indexed, table, vector, where) for vector in vectors)
            return [self._grouped(table, limit, asked, ample=AMPLE) for asked in asking]
        among = self._among(where.sql()) if where else None
        return self.exact(table).nearest(vectors, among=among, limit=limit)

    def exact(self, table: str) -> ExactVectors:
        """Return the vectors of a table, in memory, kept until the next refresh."""
        exact = self._exact
        if table not in exact:
            columns = own_columns(table, "vector")
            rows = self._fetch(table, lambda query: query.select(columns))
            exact[table] = ExactVectors(rows.filter(pa.array(self.alive(rows["key"].to_numpy()))))
        return exact[table]

    def typical(self, table: str) -> ExactVectors:
        """Return the vectors of a table that show what is typical: all of a small library, of every n-th song else."""
        name = f"{table}/typical"
        if self._is_small(table):
            return self.exact(table)
        if name not in self._exact:
            some = f"vector IS NOT NULL AND key % {-(-self._rows(table) // SAMPLED_ROWS)} = 0"
            columns = own_columns(table, "vector")
            self._exact[name] = ExactVectors(self._fetch(table, lambda query: query.where(some).select(columns)))
        return self._exact[name]

    def _indexed(
        self, table: str, vector: NDArray[np.float32], where: Where | None, limit: int, *, column: str = "vector"
    ) -> Matches:
        """Return the nearest rows by the index, dead ones among them; rows without a vector never come."""
        probes = max(PROBES, self._rows(table) // ROWS_A_PROBE) * (NARROWER if where else 1)
        near = Near(vector.astype(np.float32), where, max(limit, REFINED), probes, column)
        found = self._probed(table, near)
        if where and len(found.keys) < limit:
            found = self._probed(table, replace(near, probes=0))
        return found

    def _probed(self, table: str, near: Near) -> Matches:
        """Look into some partitions; rows are told apart by their ids where those are known."""
        if (known := self._ids_of(table)) is not None:
            found = self._by_id(table, known, lambda rows: near.ask(rows, []))
            if found is not None:
                there, keys, parts = known.located(found.rows[ROW_ID].to_numpy())
                return Matches(keys, found.cosines[there], parts)
        found = self._ask(table, lambda rows: near.ask(rows, own_columns(table)))
        return Matches(found.rows["key"].to_numpy(), found.cosines, parts_of(found.rows))

    def vectors_of(self, table: str, keys: Any) -> dict[int, NDArray[np.float32]]:
        """Return the vectors (rows, dim) of each song that has any."""
        if table in self._exact or self._is_small(table):
            exact = self.exact(table)
            found = {int(key): exact.of(int(key)) for key in keys}
        else:
            found = self._stored_vectors(table, keys)
        return {key: rows for key, rows in found.items() if len(rows)}

    def _stored_vectors(self, table: str, keys: Any) -> dict[int, NDArray[np.float32]]:
        exact = self.vectors_with(table, keys)
        return {int(key): exact.of(int(key)) for key in exact.songs} if exact else {}

    def lyric_vectors(self) -> SongVectors:
        """Return one vector of each song that has words: the mean direction of its passages; kept."""
        return self.kept("lyric_vectors", self._lyric_vectors)

    def _lyric_vectors(self) -> SongVectors:
        if not self.tables.whole():
            return SongVectors(np.empty(0, np.int64), np.empty((0, 0), np.float32))
        rows = self._fetch("songs", lambda query: query.where("whole IS NOT NULL").select(["key", "whole"]))
        rows = rows.sort_by("key")
        return SongVectors(rows["key"].to_numpy(), unit_rows(rows["whole"], self.tables.dim()))

    def nearest_wholes(self, vector: NDArray[np.float32], *, where: Where | None, limit: int) -> Matches:
        """Rank songs by the cosine of their lyrics as a whole, the mean direction of all passages, to a unit vector."""
        if not self._is_small("songs"):
            return self._grouped("songs", limit, partial(self._indexed, "songs", vector, where, column="whole"))
        keys, means = self.lyric_vectors()
        cosines = means @ vector if len(keys) else np.empty(0, np.float32)  # (songs, dim) @ (dim,) -> (songs,)
        cosines = np.where(among(self._among(where.sql()), keys), cosines, -np.inf) if where else cosines
        best = np.argpartition(-cosines, limit - 1)[:limit] if limit < len(keys) else np.arange(len(keys))
        best = best[cosines[best] > -np.inf]
        return Matches.best_of(keys[best], cosines[best], np.full(len(best), -1), limit)

    def vectors_with(self, table: str, keys: Any) -> ExactVectors | None:
        """Return the vectors of songs, and perhaps of others beside them; None where they have none."""
        if table in self._exact or self._is_small(table):
            return self.exact(table)
        rows = self._rows_of(table, keys, own_columns(table, "vector")[1:], WITH_VECTOR)
        return ExactVectors(rows) if rows is not None else None
