"""Vectors of a library by nearness: exact in memory while it is small, by the index beyond."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from songkin.store.keyed import ROWS_AT_ONCE, WITH_VECTOR, Keyed, own_columns, parts_of
from songkin.store.probing import REFINED, Near
from songkin.store.row_ids import ROW_ID
from songkin.store.rows import Matches
from songkin.store.vectors import ExactVectors
from songkin.types import Where

__all__ = ["SongVectors", "VectorSearch"]

PROBES = 40  # an index's partitions looked into, of some 16,000 rows each; more where a condition leaves too few rows
ROWS_A_PROBE = 40_000  # of a table, from which on there are more: one for each so many
NARROWER = 2  # times as many where a condition holds
AMPLE = 2  # passages fetched a song wanted
SAMPLED_ROWS = 20_000  # vectors that show what is typical of a large library
WHOLES = 1000  # songs whose passages are read to compare them as wholes


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

    def _indexed(self, table: str, vector: NDArray[np.float32], where: Where | None, limit: int) -> Matches:
        """Return the nearest rows by the index, dead ones among them; rows without a vector never come."""
        probes = max(PROBES, self._rows(table) // ROWS_A_PROBE) * (NARROWER if where else 1)
        found = self._probed(table, vector, where, max(limit, REFINED), probes)
        if where and len(found.keys) < limit:
            found = self._probed(table, vector, where, max(limit, REFINED), 0)
        return found

    def _probed(self, table: str, vector: NDArray[np.float32], where: Where | None, limit: int, probes: int) -> Matches:
        """Look into so many partitions, 0 = all; rows are told apart by their ids where those are known."""
        near = Near(vector.astype(np.float32), where, limit, probes)
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
        if self._is_small("passages"):
            parts = iter([self.exact("passages")])
        else:
            keys = self.read([])["key"].to_numpy()
            some = (keys[at : at + ROWS_AT_ONCE] for at in range(0, len(keys), ROWS_AT_ONCE))
            columns, sung = own_columns("passages", "vector")[1:], WITH_VECTOR
            rows = (self._rows_of("passages", part, columns, sung) for part in some)
            parts = (ExactVectors(table) for table in rows if table is not None)
        found = [SongVectors(part.songs, part.centres()) for part in parts]  # the passages' own are many times as many
        keys = np.concatenate([np.empty(0, np.int64), *(part.keys for part in found)])
        vectors = np.concatenate([np.empty((0, self.tables.dim()), np.float32), *(part.vectors for part in found)])
        whole = vectors.any(1)
        return SongVectors(keys[whole], vectors[whole])

    def nearest_wholes(self, vector: NDArray[np.float32], *, where: Where | None, limit: int) -> Matches:
        """Rank songs by the cosine of their lyrics as a whole, the mean direction of all passages, to a unit vector.

        In a library of many passages only the songs with the nearest ones are looked at.
        """
        if self._is_small("passages"):
            keys, means = self.lyric_vectors()
            if where:
                there = np.isin(keys, self._among(where.sql()))
                keys, means = keys[there], means[there]
        else:
            near = self.nearest("passages", vector, where=where, limit=max(limit, WHOLES)).keys
            found = self._rows_of("passages", near, ["vector"], WITH_VECTOR)
            if found is None:
                return Matches.none()
            exact = ExactVectors(found)
            keys, means = exact.songs, exact.centres()
        return Matches.best_of(keys, means @ vector, np.full(len(keys), -1), limit)

    def vectors_with(self, table: str, keys: Any) -> ExactVectors | None:
        """Return the vectors of songs, and perhaps of others beside them; None where they have none."""
        if table in self._exact or self._is_small(table):
            return self.exact(table)
        rows = self._rows_of(table, keys, own_columns(table, "vector")[1:], WITH_VECTOR)
        return ExactVectors(rows) if rows is not None else None
