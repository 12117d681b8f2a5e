"""Exact nearest neighbours in memory, for libraries too small for an index to pay; the oracle of the index's tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from songkin.store.rows import Matches

__all__ = ["EXACT_ROWS", "ExactVectors"]

EXACT_ROWS = 100_000  # rows; above it an IVF index is made (100 k x 384 float32 = 154 MB, some 8 ms a request)


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
        self.songs, self._starts = np.unique(self.keys, return_index=True)

    def nearest(self, vector: NDArray[np.float32], *, among: NDArray[np.int64] | None, limit: int) -> Matches:
        """Return the `limit` songs whose best row has the highest cosine; `among` (m,) sorted keys restricts them."""
        if not len(self.keys):
            return Matches.none()
        cosines = self.vectors @ vector.astype(np.float32)  # (n, dim) @ (dim,) -> (n,)
        best = np.maximum.reduceat(cosines, self._starts)  # (n,) -> (songs,)
        if among is not None:
            best = np.where(np.isin(self.songs, among, assume_unique=True), best, -np.inf)
        top = np.argpartition(-best, limit - 1)[:limit] if limit < len(best) else np.arange(len(best))
        top = top[np.isfinite(best[top])]
        top = top[np.lexsort((self.songs[top], -best[top]))]
        ends = np.append(self._starts[1:], len(self.keys))
        rows = [
            start + int(np.argmax(cosines[start:end])) for start, end in zip(self._starts[top], ends[top], strict=True)
        ]
        return Matches(self.songs[top], best[top], self.parts[rows] if rows else np.empty(0, np.int32))

    def of(self, key: int) -> NDArray[np.float32]:
        """Return a song's vectors (rows, dim)."""
        return self.vectors[np.searchsorted(self.keys, key) : np.searchsorted(self.keys, key, side="right")]


def unit_rows(column: Any, dim: int) -> NDArray[np.float32]:
    """Lay a vector column without nulls out as (n, dim) float32, unit length again after its rest as float16."""
    if not len(column):
        return np.empty((0, dim), np.float32)
    vectors: NDArray[np.float32] = pc.list_flatten(column).to_numpy().astype(np.float32).reshape(-1, dim)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.divide(vectors, lengths, out=vectors, where=lengths > 0)
    return vectors
