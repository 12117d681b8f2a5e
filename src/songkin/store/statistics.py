"""How common each word of a full-text column is, over all shards of a library and in each: what BM25 weighs words by.

Conventions
-----------
A shard's own index knows only the shard. What one library would know is counted when the shards are made: rows with any
term, terms in all, and the rows each term occurs in, by shard. The totals stand under the term "", which nothing can
be. Robertson et al., TREC-3 1994 [robertson1994bm25]; constants and formula are those of `songkin.store.fulltext`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from songkin.store.fulltext import K1, B

__all__ = ["SCHEMA", "TABLE", "Counted", "Weights", "counted", "rescored", "rows_of", "weights"]

TABLE = "terms"
COUNTS = pa.list_(pa.int64())
SCHEMA = pa.schema([("column", pa.string()), ("term", pa.string()), ("rows", COUNTS), ("tokens", COUNTS)])


class Counted(NamedTuple):
    """One column of one shard: rows with any term, terms in all, and the rows of each term."""

    rows: int
    tokens: int
    each: pa.Table  # term, rows


class Weights(NamedTuple):
    """What terms (t,) weigh in one column: rarity (idf) and the mean number of terms in a row, in all and in a shard.

    `own` is NaN for a term that the shard lacks.
    """

    terms: tuple[str, ...]
    rarity: NDArray[np.float64]
    mean: float
    own: NDArray[np.float64]
    own_mean: float

    @property
    def most(self) -> float:
        """How many times the score a shard gives a row its score in the whole library can be, at most."""
        heard = np.isfinite(self.own)
        if not heard.any():
            return 1.0
        return float((self.rarity[heard] / self.own[heard]).max()) * max(1.0, self.mean / max(self.own_mean, 1e-9))


def counted(texts: Iterable[pa.ChunkedArray]) -> Counted:
    """Count the terms of a column that comes in parts."""
    rows = tokens = 0
    parts = []
    for part in texts:
        lists = pc.utf8_split_whitespace(pc.fill_null(part, "")).combine_chunks()
        words, row = lists.flatten(), pc.list_parent_indices(lists)
        spoken = pc.not_equal(words, "")
        said = pa.table({"term": words.filter(spoken), "row": row.filter(spoken)})
        rows, tokens = rows + len(pc.unique(said["row"])), tokens + said.num_rows
        once = said.group_by(["term", "row"]).aggregate([])
        parts.append(once.group_by("term").aggregate([("row", "count")]))
    if not parts:
        return Counted(0, 0, pa.table({"term": pa.array([], pa.string()), "rows": pa.array([], pa.int64())}))
    each = pa.concat_tables(parts).group_by("term").aggregate([("row_count", "sum")])
    return Counted(rows, tokens, each.rename_columns(["term", "rows"]))


def rows_of(column: str, shards: Sequence[Counted]) -> pa.Table:
    """Return the rows of the table of statistics for one column."""
    dictionary = pc.unique(pa.chunked_array([part for one in shards for part in one.each["term"].chunks], pa.string()))
    counts = np.zeros((len(dictionary), len(shards)), np.int64)
    for at, one in enumerate(shards):
        counts[pc.index_in(one.each["term"], dictionary).to_numpy(), at] = one.each["rows"].to_numpy()
    ends = pa.array(np.arange(0, counts.size + 1, len(shards)), pa.int32())
    each = pa.ListArray.from_arrays(ends, pa.array(counts.ravel()))
    totals = {"column": column, "term": "", "rows": [one.rows for one in shards], "tokens": [s.tokens for s in shards]}
    terms = [pa.repeat(column, len(dictionary)), dictionary, each, pa.nulls(len(dictionary), COUNTS)]
    return pa.concat_tables([pa.Table.from_pylist([totals], schema=SCHEMA), pa.Table.from_arrays(terms, schema=SCHEMA)])


def weights(terms: Sequence[str], totals: Any, each: dict[str, Sequence[int]]) -> list[Weights]:
    """Return what terms weigh in every shard, by the totals of a column and the rows of each term."""
    rows, tokens = np.asarray(totals["rows"], float), np.asarray(totals["tokens"], float)
    there = np.array([each.get(term) or [0] * len(rows) for term in terms], float).reshape(len(terms), len(rows))
    rarity = _rarity(rows.sum(), there.sum(1))
    own = np.where(there > 0, _rarity(rows, there), np.nan)  # (terms, shards)
    mean = tokens.sum() / max(rows.sum(), 1)
    means = tokens / np.maximum(rows, 1)
    return [Weights(tuple(terms), rarity, mean, own[:, at], float(means[at])) for at in range(len(rows))]


def _rarity(rows: Any, there: Any) -> NDArray[np.float64]:
    return np.asarray(np.log(1 + (np.maximum(rows, 1) - there + 0.5) / (there + 0.5)))


def rescored(texts: pa.ChunkedArray, weights: Weights) -> NDArray[np.float32]:
    """Return the BM25 score (n,) that texts (n,) have by the statistics of the whole library."""
    split = pc.utf8_split_whitespace(pc.fill_null(texts, ""))
    lists = split.combine_chunks() if isinstance(split, pa.ChunkedArray) else split
    words, row = lists.flatten(), pc.list_parent_indices(lists).to_numpy()
    lengths = np.bincount(row[pc.not_equal(words, "").to_numpy(zero_copy_only=False)], minlength=len(lists))
    codes = pc.fill_null(pc.index_in(words, pa.array(weights.terms, pa.string())), -1).to_numpy(zero_copy_only=False)
    asked = codes >= 0
    times = np.bincount(row[asked] * len(weights.terms) + codes[asked], minlength=len(lists) * len(weights.terms))
    times = times.reshape(len(lists), len(weights.terms))  # (n, terms)
    damping = K1 * (1 - B + B * lengths / max(weights.mean, 1e-9))
    return np.asarray((weights.rarity * times * (K1 + 1) / (times + damping[:, None])).sum(1), np.float32)
