"""Read a library: songs by key, words by full text, vectors by nearness, conditions by SQL.

A store shows the library as it was committed when it was opened or last refreshed. Every search returns songs, not
rows: passages are grouped by their song, best first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from songkin.store.engine import run
from songkin.store.rows import Matches, StoredPassage, song_of
from songkin.store.tables import Tables
from songkin.store.vectors import EXACT_ROWS, ExactVectors, _matrix
from songkin.types import Song, Where

__all__ = ["Counts", "Store"]

ROWS_AT_ONCE = 10_000  # a passage channel fetches no more rows than this
QUERY_TOKENS = 200  # a full-text request is cut after so many different tokens
REFINE = 10  # an index's candidates a hit, looked at again exactly


class Counts(NamedTuple):
    """How much a library holds."""

    songs: int
    passages: int


class Store:
    """One library, open for reading. `songkin.store.writer` changes it."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._forget()

    @classmethod
    def open(cls, place: str | Path) -> Self:
        """Open the library at `place`; StoreError when there is none, SchemaError when it is too new."""
        return cls(Tables.open(str(place)))

    @staticmethod
    def exists(place: str | Path) -> bool:
        """Say whether a library rests at `place`."""
        return Tables.exist(str(place))

    def _forget(self) -> None:
        """Drop what was cached of the version looked at so far."""
        self._catalogue: tuple[NDArray[np.int64], pa.Array] | None = None
        self._exact: dict[str, ExactVectors] = {}
        self._columns: dict[tuple[str, ...], pa.Table] = {}
        self._among = lru_cache(maxsize=64)(self._keys_where)
        self._counts: dict[tuple[str, str | None], int] = {}

    def refresh(self) -> None:
        """See what was committed since."""
        self.tables.refresh()
        self._forget()

    # -- what there is -------------------------------------------------------------------------------------------------

    def counts(self) -> Counts:
        """Return how many songs and passages there are."""
        return Counts(self.count(), self._rows("passages"))

    def count(self, where: str | None = None) -> int:
        """Return how many songs meet an SQL condition."""
        return self._rows("songs", where)

    def _rows(self, table: str, where: str | None = None) -> int:
        at = (table, where)
        if at not in self._counts:
            self._counts[at] = int(run(self._table(table).count_rows(filter=where)))
        return self._counts[at]

    def facts(self) -> Mapping[str, str]:
        """Return what the library says of itself: schema, encoder and more."""
        return self.tables.facts()

    def features(self) -> list[str]:
        """Return the feature names that songs here carry."""
        return self.tables.features()

    def lacking(self, column: str) -> int:
        """Return how many songs have nothing in a column."""
        return self.count(f"{column} IS NULL")

    def read(self, names: Sequence[str]) -> pa.Table:
        """Return columns of all songs, sorted by key; the result is kept until the next refresh."""
        at = tuple(names)
        if at not in self._columns:
            table = run(self.tables.songs.query().select(["key", *(n for n in names if n != "key")]).to_arrow())
            self._columns[at] = table.sort_by("key")
        return self._columns[at]

    # -- songs ---------------------------------------------------------------------------------------------------------

    def catalogue(self) -> tuple[NDArray[np.int64], pa.Array]:
        """Return every song's key (n,), sorted, and its id beside it."""
        if self._catalogue is None:
            table = self.read(["id"])
            self._catalogue = table["key"].to_numpy(), table["id"].combine_chunks()
        return self._catalogue

    def ids(self, keys: Any) -> list[str | None]:
        """Return the id of each key, None where no song has it."""
        known, ids = self.catalogue()
        if not len(known):
            return [None] * len(keys)
        at = np.clip(np.searchsorted(known, keys), 0, len(known) - 1)
        found = ids.take(pa.array(at)).to_pylist()
        return [name if known[place] == key else None for name, place, key in zip(found, at, keys, strict=True)]

    def alive(self, keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say which keys (n,) belong to a song."""
        return np.isin(keys, self.catalogue()[0])

    def keys(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the key of each id, -1 where the library lacks it."""
        wanted = ", ".join(quoted(name) for name in ids)
        if not wanted:
            return np.empty(0, np.int64)
        rows = run(self.tables.songs.query().where(f"id IN ({wanted})").select(["id", "key"]).to_arrow()).to_pylist()
        found = {row["id"]: row["key"] for row in rows}
        return np.array([found.get(name, -1) for name in ids], np.int64)

    def songs(self, keys: Any, *, lyrics: bool = False) -> list[Song | None]:
        """Return the song of each key, in order, None where no song has it; with its lyrics' text if asked."""
        rows = self._by_key("songs", keys, ["id", "record", *(["lyrics"] if lyrics else [])])
        found = {row["key"]: song_of(row) for row in rows}
        return [found.get(int(key)) for key in keys]

    def texts(self, keys: Any) -> dict[int, tuple[str, str]]:
        """Return a song's description in words and its stems, by key."""
        return {row["key"]: (row["about"], row["about_stems"]) for row in self._by_key("songs", keys, ["about", "about_stems"])}

    def passages(self, keys: Any) -> list[StoredPassage]:
        """Return the passages of songs, by key and place."""
        rows = self._by_key("passages", keys, ["part", "text", "start_ms"])
        return sorted((_passage(row) for row in rows), key=lambda passage: (passage.key, passage.part))

    def _by_key(self, table: str, keys: Any, columns: list[str]) -> list[dict[str, Any]]:
        wanted = ", ".join(str(int(key)) for key in keys)
        if not wanted:
            return []
        query = self._table(table).query().where(f"key IN ({wanted})").select(["key", *columns])
        return list(run(query.to_arrow()).to_pylist())

    # -- search --------------------------------------------------------------------------------------------------------

    def match(self, column: str, tokens: Sequence[str], *, where: Where | None, limit: int) -> Matches:
        """Rank songs by BM25 of `tokens` in a full-text column (`about_stems`, `title_words`, `words`, `stems`, `sounds`).

        Fetches more rows until `limit` songs are there, at most ten thousand. No tokens give no matches.
        """
        words = " ".join(dict.fromkeys(tokens[: 4 * QUERY_TOKENS]).keys()) if tokens else ""
        if not words:
            return Matches.none()
        words = " ".join(words.split(" ")[:QUERY_TOKENS])
        table = "songs" if column in ("about_stems", "title_words") else "passages"
        rows = limit if table == "songs" else min(4 * limit, ROWS_AT_ONCE)
        while True:
            found = self._full_text(table, column, words, where, rows)
            matches = Matches.best_of(found.keys, found.scores, found.parts, limit)
            if len(found.keys) < rows or len(matches.keys) >= limit or rows >= ROWS_AT_ONCE:
                return matches
            rows = min(rows * 4, ROWS_AT_ONCE)

    def match_passages(self, column: str, tokens: Sequence[str], *, where: Where | None, limit: int) -> Matches:
        """Rank passages by BM25 of `tokens`; a song may come more than once."""
        words = " ".join(list(dict.fromkeys(tokens))[:QUERY_TOKENS])
        return self._full_text("passages", column, words, where, limit) if words else Matches.none()

    def _full_text(self, table: str, column: str, words: str, where: Where | None, limit: int) -> Matches:
        columns = ["key", "_score", *(["part"] if table == "passages" else [])]
        query = self._table(table).query().nearest_to_text(words, columns=column).select(columns).limit(limit)
        rows = run((query.where(where.sql()) if where else query).to_arrow())
        keys = rows["key"].to_numpy()
        parts = rows["part"].to_numpy() if table == "passages" else np.full(len(keys), -1, np.int32)
        alive = self.alive(keys)
        return Matches(keys[alive], rows["_score"].to_numpy()[alive], parts[alive])

    def nearest(self, table: str, vector: NDArray[np.float32], *, where: Where | None, limit: int) -> Matches:
        """Rank songs by cosine of their description ("songs") or of their best passage ("passages") to a unit vector."""
        limit = max(1, limit)
        if self._rows(table) > EXACT_ROWS:
            return self._indexed(table, vector, where, limit)
        among = self._among(where.sql()) if where else None
        return self.exact(table).nearest(vector, among=among, limit=limit)

    def exact(self, table: str) -> ExactVectors:
        """Return the vectors of a table, in memory, kept until the next refresh."""
        if table not in self._exact:
            columns = ["key", "vector", *(["part"] if table == "passages" else [])]
            rows = run(self._table(table).query().select(columns).to_arrow())
            self._exact[table] = ExactVectors(rows.filter(pa.array(self.alive(rows["key"].to_numpy()))))
        return self._exact[table]

    def _indexed(self, table: str, vector: NDArray[np.float32], where: Where | None, limit: int) -> Matches:
        columns = ["key", "_distance", *(["part"] if table == "passages" else [])]
        rows_wanted = min(4 * limit if table == "passages" else limit, ROWS_AT_ONCE)
        query = self._table(table).query().nearest_to(vector).distance_type("cosine").refine_factor(REFINE)
        query = query.select(columns).limit(rows_wanted)
        rows = run((query.where(where.sql()) if where else query).to_arrow())
        parts = rows["part"].to_numpy() if table == "passages" else np.full(rows.num_rows, -1, np.int32)
        return Matches.best_of(rows["key"].to_numpy(), 1.0 - rows["_distance"].to_numpy(), parts, limit)

    def vectors_of(self, table: str, keys: Any) -> dict[int, NDArray[np.float32]]:
        """Return the vectors (rows, dim) of each song that has any."""
        if table in self._exact or self._rows(table) <= EXACT_ROWS:
            exact = self.exact(table)
            found = {int(key): exact.of(int(key)) for key in keys}
        else:
            found = self._stored_vectors(table, keys)
        return {key: rows for key, rows in found.items() if len(rows)}

    def _stored_vectors(self, table: str, keys: Any) -> dict[int, NDArray[np.float32]]:
        wanted = ", ".join(str(int(key)) for key in keys)
        if not wanted:
            return {}
        query = self._table(table).query().where(f"key IN ({wanted}) AND vector IS NOT NULL").select(["key", "vector"])
        rows = run(query.to_arrow())
        own, matrix = rows["key"].to_numpy(), _matrix(rows["vector"], self.tables.dim())
        return {int(key): matrix[own == key] for key in np.unique(own)}

    def keys_where(self, where: Where) -> NDArray[np.int64]:
        """Return the keys (n,) of the songs that meet a condition, sorted; for exact paths over small libraries."""
        return self._among(where.sql())

    def _keys_where(self, sql: str) -> NDArray[np.int64]:
        rows = run(self.tables.songs.query().where(sql).select(["key"]).to_arrow())
        return np.sort(rows["key"].to_numpy())

    def common(self, column: str, limit: int = 20) -> list[tuple[str, int]]:
        """Return the commonest values of a list or text column and how many songs carry each."""
        values = self.read([column])[column]
        values = pc.list_flatten(values) if pa.types.is_list(values.type) else values
        counted = pc.value_counts(values.drop_null()).to_pylist()
        return [(row["values"], row["counts"]) for row in sorted(counted, key=lambda r: -r["counts"])[:limit]]

    def _table(self, name: str) -> Any:
        return self.tables.passages if name == "passages" else self.tables.songs


def quoted(text: str) -> str:
    """Write a string for SQL."""
    return "'" + text.replace("'", "''") + "'"


def _passage(row: Mapping[str, Any]) -> StoredPassage:
    stamps = tuple(None if stamp < 0 else stamp for stamp in row["start_ms"] or ())
    return StoredPassage(row["key"], row["part"], tuple(row["text"].split("\n")), stamps)
