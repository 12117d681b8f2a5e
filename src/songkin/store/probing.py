"""One search of a vector index: candidates by their codes, the best of them by their vectors.

The codes of an IVF_RQ index (RaBitQ, Gao and Long, SIGMOD 2024) tell a cosine to some thousandths. Whole vectors cost
as much processor time to fetch as everything else of a search, some 60 microseconds each, so few are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from songkin.store.row_ids import ROW_ID
from songkin.store.vectors import unit_rows
from songkin.types import Where

__all__ = ["METRIC", "REFINED", "Near", "Probed"]

METRIC: Final[Literal["dot"]] = "dot"  # of unit vectors: the only one whose distances are alike with codes and without
REFINED = 64  # candidates whose vectors are fetched and held against the request exactly; the scores of others are the
# codes' own, right to .004: docs/decisions/0024


class Probed(NamedTuple):
    """Rows (n,) with their ids, best first by their codes, and the cosine of each to the request (n,)."""

    rows: pa.Table
    cosines: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Near:
    """What is looked for: the rows nearest to a unit vector (dim,), by a column, of those for which a condition holds.

    `probes` says how many of the index's partitions are looked into, 0 = all. A table without an index is searched
    exactly.
    """

    vector: NDArray[np.float32]
    where: Where | None
    limit: int
    probes: int
    column: str = "vector"

    async def ask(self, table: Any, columns: list[str]) -> Probed:
        """Ask a table, for columns of each row beside its id."""
        query = table.query().nearest_to(self.vector).column(self.column).distance_type(METRIC)
        query = query.nprobes(self.probes) if self.probes else query.maximum_nprobes(0)
        query = query.select([*columns, "_distance"]).with_row_id().limit(self.limit)
        rows = await (query.where(self.where.sql()) if self.where else query).to_arrow()
        cosines = np.asarray(1.0 - rows["_distance"].to_numpy(), np.float32)
        return Probed(rows, await self._refined(table, rows[ROW_ID].to_numpy(), cosines))

    async def _refined(self, table: Any, ids: NDArray[np.uint64], cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the cosines (n,) with the first ones taken from the vectors themselves."""
        first = ids[:REFINED]
        if not len(first):
            return cosines
        taken = await table.take_row_ids(first.tolist()).select([self.column]).with_row_id().to_arrow()
        exact = unit_rows(taken[self.column], len(self.vector)) @ self.vector  # (m, dim) @ (dim,) -> (m,)
        order = np.argsort(first)
        places = order[np.searchsorted(first, taken[ROW_ID].to_numpy(), sorter=order)]
        cosines = cosines.copy()
        cosines[places] = exact
        return cosines
