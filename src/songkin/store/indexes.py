"""The indexes of a library: full text from the first day, scalar and vector indexes once they pay.

Rows that no index covers yet are searched all the same, so an index is never needed for a right answer.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from songkin.store.probing import METRIC
from songkin.store.rows import VECTORS
from songkin.store.tables import Tables
from songkin.store.vectors import EXACT_ROWS

__all__ = ["FULL_TEXT", "Indexes"]

log = logging.getLogger(__name__)

INDEX_FROM_ROWS = 20_000  # scalar indexes pay from here on
FULL_TEXT = {"songs": ("about_stems", "title_words", "sung_stems"), "passages": ("words", "stems", "sounds")}
SCALAR = {
    "key": "BTree",
    "w_year": "BTree",
    "w_language": "Bitmap",
    "w_explicit": "Bitmap",
    "w_genre": "LabelList",
    "w_artist": "LabelList",
}
RQ_STEP = 8  # IVF_RQ takes vectors whose length is a multiple of this; other lengths get IVF_FLAT
RQ_BITS = 4  # of a number of a vector, 214 bytes for 384 numbers: docs/decisions/0024
COLUMNS = tuple((name, column) for name, columns in VECTORS.items() for column in columns)  # that hold vectors
PARTITION = 16_384  # rows of a vector index's partition; LanceDB's own are a quarter: docs/decisions/0024
MADE_AT = "{}_{}s_indexed"  # the fact that says how many vectors a column of a table had when their index was made
REMADE_AT = 4  # times as many: its partitions have grown too large by then


class Indexes:
    """What is indexed in one library, as its writer knows it; asked of the tables once."""

    def __init__(self, tables: Tables) -> None:
        self._tables = {"songs": tables.songs, "passages": tables.passages}
        self._run, self._facts, self._tell = tables.run, tables.facts, tables.tell
        self._have = {name: self._columns(table) for name, table in self._tables.items()}

    def _columns(self, table: Any) -> set[str]:
        return {column for index in self._run(table.list_indices()) for column in index.columns}

    def make_full_text(self) -> None:
        """Make the full-text indexes that are missing, so that a search of an empty library works too."""
        from lancedb.index import FTS

        kind = FTS(
            with_position=False,
            base_tokenizer="whitespace",  # tokens come ready, and stay as they are
            max_token_length=None,
            lower_case=False,
            stem=False,
            remove_stop_words=False,
            ascii_folding=False,
        )
        for name, columns in FULL_TEXT.items():
            self._make(name, dict.fromkeys(columns, kind))

    def make_what_pays(self) -> None:
        """Make the scalar and vector indexes that the tables have grown large enough for."""
        for name, table in self._tables.items():
            if self._run(table.count_rows()) >= INDEX_FROM_ROWS:
                self._make_scalars(name)
        self.make_vectors()

    def make_vectors(self) -> None:
        """Make the vector indexes that pay; anew where a table has outgrown its own, or an older songkin made it."""
        facts = self._facts()
        for name, column in COLUMNS:
            rows = self._vectors(name, column)
            if self._is_due(name, column, rows, facts):
                self._make_vectors(name, column)
                self._tell(MADE_AT.format(name, column), str(rows))

    def lack(self) -> bool:
        """Say whether an index that pays is missing or leaves rows out, as after a writer that was killed."""
        facts = self._facts()
        return any(
            self._leaves_out(name, columns)
            or (self._run(self._tables[name].count_rows()) >= INDEX_FROM_ROWS and not SCALAR.keys() <= self._have[name])
            for name, columns in FULL_TEXT.items()
        ) or any(self._is_due(name, column, self._vectors(name, column), facts) for name, column in COLUMNS)

    def _leaves_out(self, name: str, columns: Sequence[str]) -> bool:
        """Say whether full text of a table is not indexed, or not of all rows."""
        if not self._have[name].issuperset(columns):
            return True
        found = self._run(self._tables[name].index_stats(f"{columns[0]}_idx"))
        return found is not None and found.num_unindexed_rows > 0

    def _vectors(self, name: str, column: str) -> int:
        """Count a column's vectors; an older library's table, or one whose encoder is being changed, may lack it."""
        if column not in self._run(self._tables[name].schema()).names:
            return 0
        return int(self._run(self._tables[name].count_rows(filter=f"{column} IS NOT NULL")))

    def _is_due(self, name: str, column: str, rows: int, facts: Mapping[str, str]) -> bool:
        """Say whether a column with so many vectors is to get an index of them now."""
        if rows <= EXACT_ROWS:
            return False
        made_at = int(facts.get(MADE_AT.format(name, column), "0"))
        return column not in self._have[name] or rows >= REMADE_AT * made_at

    def forget(self, *columns: str) -> None:
        """Note that columns' indexes are gone, or are to be made anew."""
        for have in self._have.values():
            have.difference_update(columns)

    def _make_scalars(self, name: str) -> None:
        from lancedb import index

        extra = {"id": "BTree"} if name == "songs" else {}
        self._make(name, {column: getattr(index, kind)() for column, kind in {**SCALAR, **extra}.items()})

    def _make_vectors(self, name: str, column: str) -> None:
        from lancedb.index import IvfFlat, IvfRq

        size = self._run(self._tables[name].schema()).field(column).type.list_size
        flat = bool(size % RQ_STEP)
        own: dict[str, Any] = {"distance_type": METRIC, "target_partition_size": PARTITION}
        self._have[name].discard(column)
        self._make(name, {column: IvfFlat(**own) if flat else IvfRq(**own, num_bits=RQ_BITS)})

    def _make(self, name: str, wanted: Mapping[str, Any]) -> None:
        for column, kind in wanted.items():
            if column not in self._have[name]:
                log.info("indexing %s of %s", column, name)
                self._run(self._tables[name].create_index(column, config=kind))
                self._have[name].add(column)
