"""Vectors of a library by nearness: exact in memory while it is small, by the index beyond."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from songkin.store.keyed import WITH_VECTOR, Keyed, among, own_columns, parts_of
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
WHOLES = 1000  # songs of a large library whose passages are read to compare them as wholes
WHOLE_SONGS = 250_000  # up to which every song is compared as a whole: 1.5 kB of memory a song
SONGS_AT_ONCE = 5_000  # whose passages' vectors are read together


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
        parts = iter([self.exact("passages")]) if self._is_small("passages") else self._by_stretches()
        found = [SongVectors(part.songs, part.centres()) for part in parts]  # the passages' own are many times as many
        keys = np.concatenate([np.empty(0, np.int64), *(part.keys for part in found)])
        vectors = np.concatenate([np.empty((0, self.tables.dim()), np.float32), *(part.vectors for part in found)])
        whole = vectors.any(1)
        return SongVectors(keys[whole], vectors[whole])

    def _by_stretches(self) -> Iterator[ExactVectors]:
        """Yield the vectors of all passages, read as they lie: those of songs of neighbouring keys together."""
        keys, columns = self.read([])["key"].to_numpy(), own_columns("passages", "vector")
        for own in np.array_split(keys, -(-len(keys) // SONGS_AT_ONCE)) if len(keys) else ():
            rows = self._fetch("passages", partial(_stretch, first=own[0], last=own[-1], columns=columns))
            yield ExactVectors(rows.filter(pa.array(self.alive(rows["key"].to_numpy()))))

    def nearest_wholes(self, vector: NDArray[np.float32], *, where: Where | None, limit: int) -> Matches:
        """Rank songs by the cosine of their lyrics as a whole, the mean direction of all passages, to a unit vector.

        In a library of more than 250,000 songs only those with the nearest passages are looked at: of the nearest ten
        of 100,000 made songs that finds a third (`docs/performance.md`).
        """
        if self.count() <= WHOLE_SONGS or self._is_small("passages"):
            keys, means = self.lyric_vectors()
            cosines = means @ vector  # (songs, dim) @ (dim,) -> (songs,)
            cosines[:] = np.where(among(self._among(where.sql()), keys), cosines, -np.inf) if where else cosines
            best = np.argpartition(-cosines, limit - 1)[:limit] if limit < len(keys) else np.arange(len(keys))
            best = best[cosines[best] > -np.inf]
            return Matches.best_of(keys[best], cosines[best], np.full(len(best), -1), limit)
        near = self.nearest("passages", vector, where=where, limit=max(limit, WHOLES)).keys
        found = self._rows_of("passages", near, ["vector"], WITH_VECTOR)
        if found is None:
            return Matches.none()
        exact = ExactVectors(found)
        return Matches.best_of(exact.songs, exact.centres() @ vector, np.full(len(exact.songs), -1), limit)

    def vectors_with(self, table: str, keys: Any) -> ExactVectors | None:
        """Return the vectors of songs, and perhaps of others beside them; None where they have none."""
        if table in self._exact or self._is_small(table):
            return self.exact(table)
        rows = self._rows_of(table, keys, own_columns(table, "vector")[1:], WITH_VECTOR)
        return ExactVectors(rows) if rows is not None else None


def _stretch(query: Any, first: int, last: int, columns: list[str]) -> Any:
    """Ask for the rows with vectors of songs from one key to another."""
    return query.where(f"key >= {first} AND key <= {last}{WITH_VECTOR}").select(columns)
