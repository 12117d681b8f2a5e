"""Exact nearest neighbours in memory, for libraries too small for an index to pay; the oracle of the index's tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from songkin.store.directions import mean_directions, unit
from songkin.store.rows import Matches

__all__ = ["EXACT_ROWS", "ExactVectors", "unit_rows"]

EXACT_ROWS = 50_000  # rows; above it an IVF index is made (50 k x 384 float32 = 77 MB, 3 to 7 ms a request)


class ExactVectors:
    """The vectors of one table: rows sorted by key and part, keys (n,), parts (n,), vectors (n, dim) float32 unit."""

    def __init__(self, table: pa.Table) -> None:
        table = table.filter(pc.is_valid(table["vector"])) if table.num_rows else table
        keys = table["key"].to_numpy()
        parts = table["part"].to_numpy() if "part" in table.column_names else np.full(len(keys), -1, np.int32)
        order = np.lexsort((parts, keys))
        dim = table.schema.field("vector").type.list_size
        self.vectors = unit_rows(table["vector"], dim)[order]
        self.keys, self.parts = keys[order], parts[order].astype(np.int32)
        self.songs, self._starts, self._rows_each = np.unique(self.keys, return_index=True, return_counts=True)

    def nearest(self, vectors: NDArray[np.float32], *, among: NDArray[np.int64] | None, limit: int) -> list[Matches]:
        """Return, for each of the vectors (m, dim), the `limit` songs whose best row has the highest cosine.

        `among` (k,) sorted keys restricts the songs.
        """
        if not len(self.keys):
            return [Matches.none() for _ in vectors]
        cosines = np.asarray(vectors, np.float32) @ self.vectors.T  # (m, dim) @ (dim, n) -> (m, n)
        best = np.maximum.reduceat(cosines, self._starts, axis=1)  # (m, n) -> (m, songs)
        allowed = None if among is None else np.isin(self.songs, among, assume_unique=True)
        return [self._top(own, row, allowed, limit) for own, row in zip(best, cosines, strict=True)]

    def _top(self, best: Any, cosines: Any, allowed: NDArray[np.bool_] | None, limit: int) -> Matches:
        """Return the songs of highest cosine (songs,), and where among their rows' cosines (n,) it stands."""
        songs = np.arange(len(best)) if allowed is None else np.flatnonzero(allowed)
        if limit < len(songs):
            songs = songs[np.argpartition(-best[songs], limit - 1)[:limit]]
        songs = songs[np.lexsort((self.songs[songs], -best[songs]))]
        highest = np.flatnonzero(cosines == np.repeat(best, self._rows_each))
        first = highest[np.searchsorted(highest, self._starts[songs])]
        return Matches(self.songs[songs], best[songs], self.parts[first])

    def centres(self) -> NDArray[np.float32]:
        """Return the mean direction of each song's rows (songs, dim), unit length; zeros where rows cancel out."""
        return mean_directions(self.vectors, self._starts)

    def highest(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the highest cosine among each song's rows to a unit vector (dim,): (songs,)."""
        if not len(self.keys):
            return np.empty(0, np.float32)
        return np.asarray(np.maximum.reduceat(self.vectors @ vector, self._starts), np.float32)

    def of(self, key: int) -> NDArray[np.float32]:
        """Return a song's vectors (rows, dim)."""
        return self.vectors[np.searchsorted(self.keys, key) : np.searchsorted(self.keys, key, side="right")]


def unit_rows(column: Any, dim: int) -> NDArray[np.float32]:
    """Lay a vector column without nulls out as (n, dim) float32, unit length again after its rest as float16."""
    if not len(column):
        return np.empty((0, dim), np.float32)
    return unit(pc.list_flatten(column).to_numpy().reshape(-1, dim))
