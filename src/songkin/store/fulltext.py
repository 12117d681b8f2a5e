"""Exact BM25 in memory, for many requests to a library small enough; the oracle of the full-text index's tests.

Conventions
-----------
A term's postings lie side by side: rows and their weights, the whole score a row gets from the term. So a request costs
one addition a posting and no call into the engine. Robertson et al., TREC-3 1994 [robertson1994bm25].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from songkin.store.spans import spans

__all__ = ["HELD_SONGS", "K1", "WARM_AFTER", "B", "ExactText", "Found", "HeldText", "best_rows"]

WARM_AFTER = 16  # requests to a column after which it is held in memory: reading it costs as much as 30 to 100 of them
HELD_SONGS = 250_000  # whose descriptions and titles are held so; 100,000 take a second and at most 190 MB

K1 = 1.2  # LanceDB's own, so that both give the same scores
B = 0.75


class HeldText:
    """A full-text column in memory, rows sorted by key and part: keys, parts, texts (n,), and their postings."""

    def __init__(self, table: pa.Table, column: str) -> None:
        table = table.sort_by([(name, "ascending") for name in ("key", "part") if name in table.column_names])
        self.keys = table["key"].to_numpy()
        self.parts = table["part"].to_numpy() if "part" in table.column_names else np.full(len(self.keys), -1, np.int32)
        self.texts = table[column].combine_chunks()
        self._postings = ExactText(self.texts)

    def best(self, terms: Sequence[str], limit: int, *, among: NDArray[np.int64] | None, texts: Any = None) -> Found:
        """Return the `limit` best rows, with their `texts` if given; `among` (m,) sorted keys restricts them."""
        scores = self._postings.scores(terms)
        if among is not None:
            scores = np.where(np.isin(self.keys, among), scores, 0.0)
        rows = best_rows(scores, limit)
        shown = None if texts is None else texts.take(pa.array(rows))
        return Found(self.keys[rows], scores[rows], self.parts[rows], shown)

    def of(self, keys: NDArray[np.int64]) -> dict[int, list[str]]:
        """Return the texts of each key that has any, in order of their parts."""
        keys = np.unique(keys)
        starts = np.searchsorted(self.keys, keys)
        counts = np.searchsorted(self.keys, keys, side="right") - starts
        ends = counts.cumsum()
        texts = self.texts.take(pa.array(spans(starts, counts))).to_pylist()
        bounds = zip(keys.tolist(), (ends - counts).tolist(), ends.tolist(), strict=True)
        return {key: texts[first:last] for key, first, last in bounds if first < last}

    def at(self, keys: Any, parts: Any) -> list[str]:
        """Return the text of single rows, by key and part, '' where there is none."""
        if not len(self.keys):
            return [""] * len(keys)
        starts = np.searchsorted(self.keys, keys) + np.asarray(parts)
        there = starts < len(self.keys)
        rows = self.texts.take(pa.array(np.where(there, starts, 0))).to_pylist()
        return [
            text if ok and self.keys[row] == key and self.parts[row] == part else ""
            for text, ok, row, key, part in zip(rows, there, starts, keys, parts, strict=True)
        ]


class Found(NamedTuple):
    """Rows of a full-text search, best first: keys, scores, parts and texts (n,)."""

    keys: NDArray[np.int64]
    scores: NDArray[np.float32]
    parts: NDArray[np.int32]
    texts: Any


class ExactText:
    """One full-text column: n rows of space-parted terms."""

    def __init__(self, texts: Any) -> None:
        split = pc.utf8_split_whitespace(pc.fill_null(texts, ""))
        lists = split.combine_chunks() if isinstance(split, pa.ChunkedArray) else split
        words = pc.dictionary_encode(lists.flatten())
        rows = pc.list_parent_indices(lists).to_numpy()
        codes = words.indices.to_numpy()
        spoken = pc.not_equal(words.dictionary, "").to_numpy(zero_copy_only=False)
        self._terms = {term: code for code, term in enumerate(words.dictionary.to_pylist())}
        self._rows, self._weights, self._starts = _postings(
            rows[spoken[codes]], codes[spoken[codes]], len(lists), len(spoken)
        )
        self._count = len(lists)

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """Return the BM25 score of every row (n,) for different terms; 0 where none occurs."""
        found = [code for term in dict.fromkeys(terms) if (code := self._terms.get(term)) is not None]
        spans = [slice(self._starts[code], self._starts[code + 1]) for code in found]
        if not spans:
            return np.zeros(self._count, np.float32)
        rows = np.concatenate([self._rows[span] for span in spans])
        weights = np.concatenate([self._weights[span] for span in spans])
        return np.bincount(rows, weights, self._count).astype(np.float32)


def best_rows(scores: NDArray[Any], limit: int) -> NDArray[np.int64]:
    """Return where the `limit` highest scores above 0 stand, highest first."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) > limit:
        rows = rows[np.argpartition(-scores[rows], limit - 1)[:limit]]
    return rows[np.lexsort((rows, -scores[rows]))]


def _postings(rows: Any, codes: Any, row_count: int, term_count: int) -> tuple[Any, Any, Any]:
    """Count each term in each row and weigh it: rows, weights (postings,) sorted by term, each term's start."""
    lengths = np.bincount(rows, minlength=row_count)
    spoken = max(int(np.count_nonzero(lengths)), 1)  # rows without terms do not count, as in LanceDB
    pairs, times = np.unique(codes.astype(np.int64) * max(row_count, 1) + rows, return_counts=True)
    terms, rows = np.divmod(pairs, max(row_count, 1))
    rarity = np.bincount(terms, minlength=term_count)
    idf = np.log(1 + (spoken - rarity + 0.5) / (rarity + 0.5))
    relative = lengths / max(lengths.sum() / spoken, 1e-9)
    weights = idf[terms] * times * (K1 + 1) / (times + K1 * (1 - B + B * relative[rows]))
    return rows.astype(np.int32), weights.astype(np.float32), np.searchsorted(terms, np.arange(term_count + 1))
