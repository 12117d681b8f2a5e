"""One version of a library: how much is in it, whole columns, and what is cached of them.

A view shows the library as it was committed when it was opened or last refreshed; where a writer has cleaned that
version away meanwhile, it refreshes itself and asks once more. What is cached goes with the version.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from songkin.store.engine import VanishedError
from songkin.store.fulltext import HELD_SONGS, HeldText
from songkin.store.tables import Shards, Tables
from songkin.store.vectors import EXACT_ROWS, ExactVectors

__all__ = ["Counts", "View"]

T = TypeVar("T")


class Counts(NamedTuple):
    """How much a library holds."""

    songs: int
    passages: int


class View:
    """One version of a library, open for reading."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._holding = threading.RLock()  # what is read into memory under it is of one version
        # one for each thing that is kept; never taken under `_holding`, for what is made may refresh the store
        self._making: dict[Hashable, threading.RLock] = {}
        self._forget()

    @classmethod
    def open(cls, place: str | Path, *, shards: Shards | None = None) -> Self:
        """Open the library at `place`; StoreError when there is none, SchemaError when it is too new.

        `shards` answers for the shards of one that is in shards, None = this process.
        """
        return cls(Tables.open(str(place), shards=shards))

    @staticmethod
    def exists(place: str | Path) -> bool:
        """Say whether a library rests at `place`."""
        return Tables.exist(str(place))

    def _forget(self) -> None:
        """Drop what was cached of the version looked at so far.

        The caches are replaced, not emptied: who fills one binds it first, so that an answer about the old version can
        never land in the new one's cache.
        """
        self._exact: dict[str, ExactVectors] = {}
        self._columns: dict[tuple[str, ...], pa.Table] = {}
        self._counts: dict[tuple[str, str | None], int] = {}
        self._held: dict[str, HeldText] = {}
        self._asked: Counter[str] = Counter()
        self._facts: dict[str, str] | None = None
        self._features: list[str] | None = None
        self._derived: dict[Hashable, Any] = {}

    def kept(self, what: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` derives from the version looked at, made once and kept until the next refresh."""
        derived = self._derived
        if what not in derived:
            with self._making.setdefault(what, threading.RLock()):  # two threads that ask at once wait for one of them
                if what not in derived:
                    derived[what] = make()
        kept: T = derived[what]
        return kept

    def known(self, what: Hashable) -> Any | None:
        """Return what was derived and kept under a name, None where nothing was."""
        return self._derived.get(what)

    def refresh(self) -> None:
        """See what was committed since."""
        with self._holding:
            self.tables.refresh()
            self._forget()

    # -- what there is -------------------------------------------------------------------------------------------------

    def counts(self) -> Counts:
        """Return how many songs and passages there are."""
        return Counts(self.count(), int(pc.sum(self.read(["passages"])["passages"]).as_py() or 0))

    def count(self, where: str | None = None) -> int:
        """Return how many songs meet an SQL condition."""
        return self._rows("songs", where)

    def _rows(self, table: str, where: str | None = None) -> int:
        at, counts = (table, where), self._counts
        if at not in counts:
            counts[at] = int(self._ask(table, lambda rows: rows.count_rows(filter=where)))
        return counts[at]

    def _is_small(self, table: str) -> bool:
        """Say whether a table is small enough to be searched exactly, in memory."""
        return self._rows(table) <= EXACT_ROWS

    def _is_short(self, table: str) -> bool:
        """Say whether a table's texts are few enough to be held in memory: those of songs are short."""
        return self._rows(table) <= (max(EXACT_ROWS, HELD_SONGS) if table == "songs" else EXACT_ROWS)

    def facts(self) -> Mapping[str, str]:
        """Return what the library says of itself: schema, encoder and more."""
        with self._holding:
            if self._facts is None:
                try:
                    facts = self.tables.facts()
                except VanishedError:
                    self.refresh()
                    facts = self.tables.facts()
                self._facts = facts
            return self._facts

    def features(self) -> list[str]:
        """Return the feature names that songs here carry."""
        if self._features is None:
            self._features = self.tables.features()
        return self._features

    def lacking(self, column: str) -> int:
        """Return how many songs have nothing in a column."""
        return self.count(f"{column} IS NULL")

    def read(self, names: Sequence[str]) -> pa.Table:
        """Return columns of all songs, sorted by key; the result is kept until the next refresh."""
        at, kept = tuple(names), self._columns
        if at not in kept:
            columns = ["key", *(name for name in at if name != "key")]
            kept[at] = self._fetch("songs", lambda query: query.select(columns)).sort_by("key")
        return kept[at]

    def sample(self, column: str, limit: int) -> list[Any]:
        """Return a text column of about `limit` songs, for statistics: of every n-th key, or of all where they are few.

        The same songs of a library and of its shards, which keep its keys.
        """
        every = -(-self.count() // max(limit, 1))
        if every <= 1:
            return list(self._fetch("songs", lambda query: query.select([column]))[column].to_pylist())
        rows = self._fetch("songs", lambda query: query.where(f"key % {every} = 0").select([column]))
        return list(rows[column].to_pylist())

    def common(self, column: str, limit: int = 20) -> list[tuple[str, int]]:
        """Return the commonest values of a list or text column and how many songs carry each."""
        values = self.read([column])[column]
        values = pc.list_flatten(values) if pa.types.is_list(values.type) else values
        counted = pc.value_counts(values.drop_null()).to_pylist()
        ordered = sorted(counted, key=lambda row: (-row["counts"], str(row["values"])))
        return [(row["values"], row["counts"]) for row in ordered[:limit]]

    # -- asking the tables ---------------------------------------------------------------------------------------------

    def _fetch(self, table: str, ask: Callable[[Any], Any]) -> pa.Table:
        """Return the rows that the query which `ask` completes gives."""
        return self._ask(table, lambda rows: ask(rows.query()).to_arrow())

    def _ask(self, table: str, work: Callable[[Any], Any]) -> Any:
        """Run work on a table; where the version looked at was cleaned away, once more on the latest."""
        try:
            return self.tables.run(work(self._table(table)))
        except VanishedError:
            self.refresh()
            return self.tables.run(work(self._table(table)))

    def _table(self, name: str) -> Any:
        return self.tables.passages if name == "passages" else self.tables.songs
