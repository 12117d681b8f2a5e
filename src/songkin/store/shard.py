"""One shard of a library: a library of its own, asked what was written down elsewhere, at the version that is named.

Conventions
-----------
What a shard is asked is the same in this process and in another one; answers are Arrow tables. Full text is answered by
the score a row has in the whole library: the shard's index ranks by the shard's own statistics, so more rows are
fetched from it until no row that was not fetched can be among the best by those of the whole.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa

from songkin.store.asked import Step, Steps, argument, replayed
from songkin.store.row_ids import ROW_ID
from songkin.store.statistics import Weights, rescored

__all__ = ["LocalShard", "Shard", "Standing"]

HELD_VERSIONS = 8  # tables that stay open at versions somebody looks at
SPARE = 32  # rows fetched beyond those asked for, at first
SLACK = 1e-5  # of a score: what the index computes in float32 may differ by so much,
LEAST_SLACK = 1e-6  # and of a word that nearly every row holds by more of its tiny weight


class Standing(NamedTuple):
    """A table of a shard as it is now: its version and its shape."""

    version: int
    schema: pa.Schema


class Shard(Protocol):
    """One shard, here or elsewhere."""

    async def latest(self) -> dict[str, Standing]:
        """Return both tables as they are now."""

    async def ask(self, name: str, version: int, steps: Steps) -> pa.Table:
        """Return the rows of a table that a query asks for."""

    async def best(self, name: str, version: int, steps: Steps, weights: Weights) -> pa.Table:
        """Return the rows that a full-text query asks for, scored and chosen by the weights of the whole library."""

    async def count(self, name: str, version: int, where: str | None) -> int:
        """Return how many rows of a table meet a condition."""


class LocalShard:
    """A shard whose files this process reads; `connection` is LanceDB's."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._open: OrderedDict[tuple[str, int], Any] = OrderedDict()

    async def latest(self) -> dict[str, Standing]:
        """Return both tables as they are now; songs come first, for a writer commits passages first."""
        found = {}
        for name in ("songs", "passages"):
            table = await self._connection.open_table(name)
            version = await table.version()
            self._hold((name, version), table)
            found[name] = Standing(version, await table.schema())
        return found

    def _hold(self, at: tuple[str, int], table: Any) -> None:
        self._open[at] = table
        self._open.move_to_end(at)
        while len(self._open) > HELD_VERSIONS:
            self._open.popitem(last=False)

    async def _table(self, name: str, version: int) -> Any:
        table = self._open.get((name, version))
        if table is None:
            table = await self._connection.open_table(name)
            if await table.version() != version:
                await table.checkout(version)
        self._hold((name, version), table)
        return table

    async def ask(self, name: str, version: int, steps: Steps) -> pa.Table:
        """Return the rows of a table that a query asks for."""
        return await replayed(await self._table(name, version), steps).to_arrow()

    async def count(self, name: str, version: int, where: str | None) -> int:
        """Return how many rows of a table meet a condition."""
        return int(await (await self._table(name, version)).count_rows(filter=where))

    async def best(self, name: str, version: int, steps: Steps, weights: Weights) -> pa.Table:
        """Return the best rows of a full-text query by the weights of the whole library, best first."""
        table, limit = await self._table(name, version), argument(steps, "limit")
        column, columns = _searched(steps), argument(steps, "select")
        wanted, fetched = list(dict.fromkeys([*columns, column])), limit + SPARE
        while True:
            asked = (*(step for step in steps if step.name not in ("limit", "select")), _step("select", wanted))
            rows = await replayed(table, (*asked, _step("limit", fetched))).to_arrow()
            scores = rescored(rows[column], weights)
            order = np.argsort(-scores, kind="stable")[:limit]
            if rows.num_rows < fetched or _is_safe(rows["_score"].to_numpy(), scores[order], limit, weights.most):
                break
            fetched *= 2
        best = rows.take(pa.array(order))
        at = best.schema.get_field_index("_score")
        own = [name for name in (*columns, ROW_ID) if name in best.column_names]
        return best.set_column(at, "_score", pa.array(scores[order], pa.float32())).select(list(dict.fromkeys(own)))


def _searched(steps: Steps) -> str:
    """Return the column that a full-text query searches."""
    [step] = [step for step in steps if step.name == "nearest_to_text"]
    return str(step.named["columns"])


def _step(name: str, given: Any) -> Step:
    return Step(name, (given,), {})


def _is_safe(own: Any, best: Any, limit: int, most: float) -> bool:
    """Say whether no row beyond those fetched, by the shard's own scores (m,), can be among the `limit` best (n,)."""
    return len(best) >= limit and (float(own.min()) * (1 + SLACK) + LEAST_SLACK) * most <= float(best[-1])
