"""A library in shards as if it were one: a question goes to every shard, and the answers become one.

Conventions
-----------
Songs keep in their shard the key they had in the library that was split, so keys differ between shards and conditions
mean the same everywhere. Rows are united; the nearest are the nearest of all, by distance; full text is ranked by the
statistics of all shards. A row id carries its shard in the highest eight bits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from songkin.store.asked import Asked, Step, Steps, argument, asks
from songkin.store.quoting import one_of
from songkin.store.row_ids import ROW_ID
from songkin.store.shard import Shard, Standing
from songkin.store.statistics import Weights, weights

__all__ = ["MOST_SHARDS", "Scattered", "Spoken", "scattered"]

MOST_SHARDS = 128
SHARD_BITS = 56  # below which a shard's own row ids lie
KNOWN_TERMS = 50_000  # whose rows are remembered


class Spoken:
    """What terms weigh in the shards of a library, by the table that was counted when they were made."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self._totals: dict[str, Any] = {}
        self._known: dict[tuple[str, str], Sequence[int] | None] = {}

    async def weights(self, column: str, terms: Sequence[str]) -> list[Weights]:
        """Return what terms weigh in a column of every shard."""
        if len(self._known) > KNOWN_TERMS:
            self._known = {}
        known = self._known
        new = [term for term in ("", *terms) if (column, term) not in known and (term or column not in self._totals)]
        if new:
            rows = await self._table.query().where(f"{one_of('term', new)} AND column = '{column}'").to_arrow()
            found = {row["term"]: row for row in rows.to_pylist()}
            self._totals |= {column: found.pop("")} if "" in found else {}
            known.update({(column, term): found[term]["rows"] if term in found else None for term in new if term})
        each = {term: rows for term in terms if (rows := known.get((column, term)))}
        return weights(terms, self._totals[column], each)


async def scattered(shards: Sequence[Shard], terms: Any) -> list[Scattered]:
    """Return the songs and the passages of a library in shards; `terms` is the table of how common words are."""
    found = await asyncio.gather(*(shard.latest() for shard in shards))
    spoken = Spoken(terms)
    return [Scattered(name, shards, [own[name] for own in found], spoken) for name in ("songs", "passages")]


class Scattered:
    """One table of a library in shards, with the few calls on LanceDB's that reading needs."""

    def __init__(self, name: str, shards: Sequence[Shard], standings: Sequence[Standing], spoken: Spoken) -> None:
        self.name, self._shards, self._spoken = name, shards, spoken
        self._standings = list(standings)

    # -- what it is ----------------------------------------------------------------------------------------------------

    async def schema(self) -> pa.Schema:
        """Return the shape all shards have."""
        return self._standings[0].schema

    async def version(self) -> int:
        """Return what grows with every commit to any shard."""
        return sum(standing.version for standing in self._standings)

    async def checkout_latest(self) -> None:
        """See what was committed since."""
        found = await asyncio.gather(*(shard.latest() for shard in self._shards))
        self._standings = [standings[self.name] for standings in found]

    async def count_rows(self, filter: str | None = None) -> int:
        """Return how many rows meet a condition."""
        return sum(await asyncio.gather(*(shard.count(self.name, version, filter) for shard, version in self._each())))

    # -- asking --------------------------------------------------------------------------------------------------------

    def query(self) -> Asked:
        """Begin a query."""
        return Asked(self._answer)

    def take_row_ids(self, ids: Sequence[int]) -> Asked:
        """Begin a query for the rows of some ids."""
        return Asked(self._answer, (Step("take_row_ids", (list(ids),), {}),))

    def _each(self) -> list[tuple[Shard, int]]:
        return [(shard, standing.version) for shard, standing in zip(self._shards, self._standings, strict=True)]

    async def _answer(self, steps: Steps) -> pa.Table:
        if asks(steps, "nearest_to_text"):
            rows = await self._spoken_rows(steps)
            return _best(rows, "_score", "descending", argument(steps, "limit"))
        if asks(steps, "take_row_ids"):
            return _united(await self._taken(steps))
        rows = await asyncio.gather(*(shard.ask(self.name, version, steps) for shard, version in self._each()))
        if asks(steps, "nearest_to"):
            return _best(_with_shards(rows), "_distance", "ascending", argument(steps, "limit"))
        united, limit = _united(_with_shards(rows)), argument(steps, "limit")
        return united if limit is None else united.slice(0, limit)

    async def _spoken_rows(self, steps: Steps) -> Sequence[pa.Table]:
        [step] = [step for step in steps if step.name == "nearest_to_text"]
        terms = list(dict.fromkeys(step.given[0].split()))
        each = await self._spoken.weights(step.named["columns"], terms)
        works = (
            shard.best(self.name, version, steps, own) for (shard, version), own in zip(self._each(), each, strict=True)
        )
        return _with_shards(await asyncio.gather(*works))

    async def _taken(self, steps: Steps) -> list[pa.Table]:
        """Ask each shard for the rows that lie there."""
        ids = np.asarray(argument(steps, "take_row_ids"), np.uint64)
        homes, own = ids >> np.uint64(SHARD_BITS), ids & np.uint64((1 << SHARD_BITS) - 1)
        works: dict[int, Awaitable[pa.Table]] = {}
        for at, (shard, version) in enumerate(self._each()):
            mine = own[homes == at].tolist()
            if mine or not at:  # the first also for an answer without rows
                works[at] = shard.ask(self.name, version, (Step("take_row_ids", (mine,), {}), *steps[1:]))
        return [_marked(rows, at) for at, rows in zip(works, await asyncio.gather(*works.values()), strict=True)]


def _with_shards(tables: Sequence[pa.Table]) -> list[pa.Table]:
    """Note the shard in the row ids, where there are any."""
    return [_marked(rows, at) for at, rows in enumerate(tables)]


def _marked(rows: pa.Table, at: int) -> pa.Table:
    if ROW_ID not in rows.column_names:
        return rows
    ids = pc.add(rows[ROW_ID].cast(pa.uint64()), pa.scalar(at << SHARD_BITS, pa.uint64()))
    return rows.set_column(rows.schema.get_field_index(ROW_ID), ROW_ID, ids)


def _united(tables: Sequence[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables)


def _best(tables: Sequence[pa.Table], column: str, order: str, limit: int | None) -> pa.Table:
    """Return the best rows of all shards, best first; of equal ones those of lower keys."""
    rows = _united(tables)
    keys = [name for name in ("key", "part") if name in rows.column_names]
    ordered = rows.sort_by([(column, order), *((name, "ascending") for name in keys)])
    return ordered if limit is None else ordered.slice(0, limit)
