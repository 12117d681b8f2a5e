"""Read a library: songs by key, words by full text, vectors by nearness, conditions by SQL.

A store shows the library as it was committed when it was opened or last refreshed; where a writer has cleaned that
version away meanwhile, the store refreshes itself and asks once more. Every search returns songs, not rows: passages
are grouped by their song, best first, and passages whose song is not there are never seen.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from songkin.store.engine import VanishedError, together
from songkin.store.fulltext import WARM_AFTER, Found, HeldText
from songkin.store.rows import Matches, StoredPassage, song_of
from songkin.store.tables import Tables
from songkin.store.vectors import EXACT_ROWS, ExactVectors
from songkin.types import Song, Where

__all__ = ["Candidates", "Counts", "SongVectors", "Store", "Title"]

T = TypeVar("T")

ROWS_AT_ONCE = 10_000  # a passage channel fetches no more rows than this
QUERY_TOKENS = 200  # a full-text request is cut after so many different tokens
PROBES = 40  # an index's partitions looked into at least, of some 8,192 rows each; more where a filter leaves too few
REFINE = 10  # an index's candidates a hit, looked at again exactly; recall@10 of a pool of 300 at 122 partitions: 1.00
SAMPLED_ROWS = 20_000  # vectors that show what is typical of a large library
KNOWN_IDS = 10_000  # whose keys are remembered
WHOLES = 1000  # songs whose passages are read to compare them as wholes
CANDIDATES = 500  # and at least so many in all: with 100 for ten hits, recall was 0.90 on 64 numbers a vector
SONG_TEXT = ("about", "about_stems", "title_words")  # full-text columns of songs; the others are of passages


class Counts(NamedTuple):
    """How much a library holds."""

    songs: int
    passages: int


class SongVectors(NamedTuple):
    """Songs' keys (n,), sorted, and a unit vector of each (n, dim)."""

    keys: NDArray[np.int64]
    vectors: NDArray[np.float32]


class Title(NamedTuple):
    """The words of a song's title and of its artists."""

    title: tuple[str, ...]
    artists: tuple[str, ...]


class Candidates(NamedTuple):
    """Passages that may hold a line: keys, parts (n,), and their words (n,), one text line a lyric line."""

    keys: NDArray[np.int64]
    parts: NDArray[np.int64]
    words: Any


class Store:
    """One library, open for reading. `songkin.store.writer` changes it."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._holding = threading.RLock()  # what is read into memory under it is of one version
        self._making = threading.RLock()  # never taken under `_holding`, for what is made may refresh the store
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
        """Drop what was cached of the version looked at so far.

        The caches are replaced, not emptied: who fills one binds it first, so that an answer about the old version can
        never land in the new one's cache.
        """
        self._catalogue: tuple[pa.Table, NDArray[np.int64], pa.Array] | None = None  # of this reading of the ids
        self._exact: dict[str, ExactVectors] = {}
        self._columns: dict[tuple[str, ...], pa.Table] = {}
        self._among = lru_cache(maxsize=64)(self._keys_where)
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
            with self._making:  # two threads that ask at once wait for one of them
                if what not in derived:
                    derived[what] = make()
        kept: T = derived[what]
        return kept

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
        """Return a text column of at most `limit` songs, evenly spaced over the library, for statistics."""
        count = self.count()
        if count <= limit:
            return list(self._fetch("songs", lambda query: query.select([column]))[column].to_pylist())
        offsets = np.linspace(0, count - 1, limit).astype(np.int64).tolist()
        rows = self._ask("songs", lambda rows: rows.take_offsets(offsets).select([column]).to_arrow())
        return list(rows[column].to_pylist())

    # -- songs ---------------------------------------------------------------------------------------------------------

    def catalogue(self) -> tuple[NDArray[np.int64], pa.Array]:
        """Return every song's key (n,), sorted, and its id beside it."""
        table = self.read(["id"])
        known = self._catalogue
        if known is None or known[0] is not table:
            known = self._catalogue = table, table["key"].to_numpy(), table["id"].combine_chunks()
        return known[1:]

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
        return np.isin(keys, self.read([])["key"].to_numpy())

    def keys(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the key of each id, -1 where the library lacks it; ids asked before are known."""
        known: dict[str, int] = self.kept("keys of ids", dict)
        found = {name: key for name in ids if (key := known.get(name)) is not None}
        wanted = ", ".join(quoted(name) for name in dict.fromkeys(ids) if name not in found)
        if wanted:
            rows = self._fetch("songs", lambda query: query.where(f"id IN ({wanted})").select(["id", "key"]))
            new = dict(zip(rows["id"].to_pylist(), rows["key"].to_pylist(), strict=True))
            found |= new
            if len(known) > KNOWN_IDS:
                known.clear()
            known |= new
        return np.array([found.get(name, -1) for name in ids], np.int64)

    def songs(self, keys: Any, *, lyrics: bool = False) -> list[Song | None]:
        """Return the song of each key, in order, None where no song has it; with its lyrics' text if asked."""
        rows = self._by_key("songs", keys, ["id", "record", *(["lyrics"] if lyrics else [])])
        found = {row["key"]: song_of(row) for row in rows}
        return [found.get(int(key)) for key in keys]

    def texts(self, keys: Any) -> dict[int, tuple[str, str]]:
        """Return a song's description in words and its stems, by key; read once if asked often of a small library."""
        self._asked.update(["about"])
        if not self._worth_holding("about"):
            rows = self._by_key("songs", keys, ["about", "about_stems"])
            return {row["key"]: (row["about"], row["about_stems"]) for row in rows}
        table = self.read(["about", "about_stems"])
        known = table["key"].to_numpy()
        at = np.flatnonzero(np.isin(known, np.asarray(keys, np.int64)))
        rows = table.take(pa.array(at))
        texts = zip(rows["about"].to_pylist(), rows["about_stems"].to_pylist(), strict=True)
        return dict(zip(known[at].tolist(), texts, strict=True))

    def stems(self, keys: Any) -> list[str]:
        """Return the stems of every passage of songs."""
        return [row["stems"] for row in self._by_key("passages", keys, ["stems"])]

    def sung(self, column: str, keys: Any) -> dict[int, list[str]]:
        """Return a search column of every passage of songs, by key and in the order they are sung."""
        if held := self._held.get(column):
            return held.of(np.asarray(keys, np.int64))
        sung: dict[int, list[str]] = {}
        for row in sorted(self._by_key("passages", keys, ["part", column]), key=lambda row: int(row["part"])):
            sung.setdefault(row["key"], []).append(row[column])
        return sung

    def passage_column(self, column: str, keys: Any = None) -> pa.Table:
        """Return a search column of every passage beside its song's key, in no order; of all songs, or of some."""
        if keys is None:
            rows = self._fetch("passages", lambda query: query.select(["key", column]))
            return rows.filter(pa.array(self.alive(rows["key"].to_numpy())))
        some = self._rows_of("passages", keys, [column])
        return pa.table({"key": np.empty(0, np.int64), column: pa.array([], pa.string())}) if some is None else some

    def stems_at(self, keys: Any, parts: Any) -> list[str]:
        """Return the stems of single passages, by key and place, '' where there is none."""
        if held := self._held.get("stems"):
            return held.at(keys, parts)
        rows = self._by_key("passages", keys, ["part", "stems"])
        found = {(row["key"], row["part"]): row["stems"] for row in rows}
        return [found.get((int(key), int(part)), "") for key, part in zip(keys, parts, strict=True)]

    def first_artists(self, keys: Any) -> list[str | None]:
        """Return the first artist of each song in its normal form, None where unknown."""
        table = self.read(["w_artist"])
        known = table["key"].to_numpy()
        if not len(known):
            return [None] * len(keys)
        at = np.clip(np.searchsorted(known, keys), 0, len(known) - 1)
        found = table["w_artist"].take(pa.array(at)).to_pylist()
        return [names[0] if names and known[i] == key else None for names, i, key in zip(found, at, keys, strict=True)]

    def truths(self, keys: Any, where: Where) -> NDArray[np.float32]:
        """Say whether the song of each key (n,) meets a condition: 1 = yes, 0 = no, NaN = it lacks the field."""
        asked = np.asarray(keys, np.int64)
        met, unmet = (self._meeting(asked, sql) for sql in (where.sql(), f"(NOT {where.sql()})"))
        return np.where(met, 1.0, np.where(unmet, 0.0, np.nan)).astype(np.float32)

    def _meeting(self, keys: NDArray[np.int64], sql: str) -> NDArray[np.bool_]:
        """Say which keys (n,) meet an SQL condition, from all that do while the library is small."""
        if self.count() <= EXACT_ROWS:
            return np.isin(keys, self._among(sql))
        rows = self._rows_of("songs", keys, [], f" AND {sql}")
        return np.isin(keys, rows["key"].to_numpy()) if rows is not None else np.zeros(len(keys), bool)

    def passages(self, keys: Any) -> list[StoredPassage]:
        """Return the passages of songs, by key and place."""
        rows = self._by_key("passages", keys, ["part", "text", "start_ms"])
        return sorted((_passage(row) for row in rows), key=lambda passage: (passage.key, passage.part))

    def _by_key(self, table: str, keys: Any, columns: list[str]) -> list[dict[str, Any]]:
        rows = self._rows_of(table, keys, columns)
        return list(rows.to_pylist()) if rows is not None else []

    def _rows_of(self, table: str, keys: Any, columns: list[str], also: str = "") -> pa.Table | None:
        """Return columns of the rows of songs that are there, in no order; None without such songs."""
        asked = np.unique(np.asarray(keys, np.int64))
        wanted = ", ".join(map(str, asked[self.alive(asked)].tolist()))
        if not wanted:
            return None
        return self._fetch(table, lambda query: query.where(f"key IN ({wanted}){also}").select(["key", *columns]))

    # -- search --------------------------------------------------------------------------------------------------------

    def match(self, column: str, tokens: Sequence[str], *, where: Where | None, limit: int) -> Matches:
        """Rank songs by BM25 of `tokens` in a full-text column.

        Of songs: `about_stems`, `title_words`; of passages: `words`, `stems`, `sounds`. Fetches more rows until `limit`
        songs are there, at most ten thousand. No tokens give no matches.
        """
        words = _asked(tokens)
        table = _table_of(column)
        if not words:
            return Matches.none()
        return self._grouped(table, limit, lambda rows: self._full_text(table, column, words, where, rows))

    def match_titles(self, tokens: Sequence[str], *, where: Where | None, limit: int) -> dict[int, Title]:
        """Return the `limit` songs whose title and artists hold most of `tokens` by BM25, as words, by key."""
        found = self._found({"title_words": tokens}, "title_words", where, limit)
        halves = (
            (key, text.partition("\t"))
            for rows in found
            for key, text in zip(rows.keys.tolist(), rows.texts.to_pylist(), strict=True)
        )
        return {key: Title(tuple(title.split()), tuple(artists.split())) for key, (title, _, artists) in halves}

    def match_passages(self, column: str, tokens: Sequence[str], *, where: Where | None, limit: int) -> Matches:
        """Rank passages by BM25 of `tokens`; a song may come more than once."""
        found = self._found({column: tokens}, None, where, limit)
        return self._living(Matches(*found[0][:3])) if found else Matches.none()

    def candidates(self, asked: Mapping[str, Sequence[str]], *, where: Where | None, limit: int) -> Candidates:
        """Return the passages that are among the `limit` best of any of some columns, each once, with their words."""
        found = self._found(asked, "words", where, limit)
        if not found:
            return Candidates(np.empty(0, np.int64), np.empty(0, np.int64), pa.array([], pa.string()))
        keys, parts = np.concatenate([rows.keys for rows in found]), np.concatenate([rows.parts for rows in found])
        once = np.unique(np.stack([keys, parts]), axis=1, return_index=True)[1]
        once = once[self.alive(keys[once])]
        words = pa.chunked_array([rows.texts for rows in found], pa.string()).combine_chunks().take(pa.array(once))
        return Candidates(keys[once], parts[once].astype(np.int64), words)

    def _full_text(self, table: str, column: str, words: str, where: Where | None, limit: int) -> Matches:
        """Return the best rows, dead ones among them, highest score first."""
        return Matches(*self._found({column: words.split()}, None, where, limit)[0][:3])

    def _found(
        self, asked: Mapping[str, Sequence[str]], text: str | None, where: Where | None, limit: int
    ) -> list[Found]:
        """Search several full-text columns of one table at once; `text` names a column to return beside each row."""
        asked = {column: list(dict.fromkeys(tokens))[:QUERY_TOKENS] for column, tokens in asked.items() if len(tokens)}
        if not asked:
            return []
        held = self._holds((*asked, *([text] if text else [])))
        if held:
            among = self._among(where.sql()) if where else None
            texts = held[text].texts if text else None
            return [held[column].best(tokens, limit, among=among, texts=texts) for column, tokens in asked.items()]
        table = _table_of(next(iter(asked)))
        columns = [*_own_columns(table, "_score"), *([text] if text else [])]

        def ask(rows: Any, column: str) -> Any:
            query = rows.query().nearest_to_text(" ".join(asked[column]), columns=column).select(columns).limit(limit)
            return (query.where(where.sql()) if where else query).to_arrow()

        found = self._ask(table, lambda rows: together(ask(rows, column) for column in asked))
        return [_found(rows, text) for rows in found]

    def _holds(self, columns: Sequence[str]) -> Mapping[str, HeldText] | None:
        """Return columns held in memory, all of one version; None unless each was asked often of a small library."""
        self._asked.update(columns)
        held = self._held
        if not all(column in held or self._worth_holding(column) for column in columns):
            return None
        with self._holding:
            for column in columns:
                self._hold(column)
            held = self._held
            return held if all(column in held for column in columns) else None

    def _worth_holding(self, column: str) -> bool:
        return self._asked[column] > WARM_AFTER and self._rows(_table_of(column)) <= EXACT_ROWS

    def _hold(self, column: str) -> None:
        """Read a full-text column into memory, unless the store had to refresh itself on the way."""
        held = self._held
        if column not in held:
            columns = [*_own_columns(_table_of(column)), column]
            rows = self._fetch(_table_of(column), lambda query: query.select(columns))
            found = HeldText(rows.filter(pa.array(self.alive(rows["key"].to_numpy()))), column)
            if held is self._held:
                held[column] = found

    def _grouped(self, table: str, limit: int, fetch: Callable[[int], Matches]) -> Matches:
        """Fetch rows, more each time, until `limit` songs are there or the rows run out."""
        rows = limit if table == "songs" else min(4 * limit, ROWS_AT_ONCE)
        while True:
            found = fetch(rows)
            matches = Matches.best_of(*self._living(found), limit)
            if len(found.keys) < rows or len(matches.keys) >= limit or rows >= ROWS_AT_ONCE:
                return matches
            rows = min(rows * 4, ROWS_AT_ONCE)

    def _living(self, rows: Matches) -> Matches:
        alive = self.alive(rows.keys)
        return Matches(rows.keys[alive], rows.scores[alive], rows.parts[alive])

    def nearest(self, table: str, vector: NDArray[np.float32], *, where: Where | None, limit: int) -> Matches:
        """Rank songs by cosine of description ("songs") or best passage ("passages") to a unit vector (dim,)."""
        return self.nearest_to_each(table, vector[None], where=where, limit=limit)[0]

    def nearest_to_each(
        self, table: str, vectors: NDArray[np.float32], *, where: Where | None, limit: int
    ) -> list[Matches]:
        """As `nearest`, for each of the vectors (m, dim); one product for all of them where the library is small."""
        limit = max(1, limit)
        if self._rows(table) > EXACT_ROWS:
            return [self._grouped(table, limit, partial(self._indexed, table, vector, where)) for vector in vectors]
        among = self._among(where.sql()) if where else None
        return self.exact(table).nearest(vectors, among=among, limit=limit)

    def nearest_wholes(self, vector: NDArray[np.float32], *, where: Where | None, limit: int) -> Matches:
        """Rank songs by the cosine of their lyrics as a whole, the mean direction of all passages, to a unit vector.

        In a library of many passages only the songs with the nearest ones are looked at.
        """
        if self._rows("passages") <= EXACT_ROWS:
            keys, means = self.lyric_vectors()
            if where:
                there = np.isin(keys, self._among(where.sql()))
                keys, means = keys[there], means[there]
        else:
            near = self.nearest("passages", vector, where=where, limit=max(limit, WHOLES)).keys
            found = self._rows_of("passages", near, ["vector"], " AND vector IS NOT NULL")
            if found is None:
                return Matches.none()
            exact = ExactVectors(found)
            keys, means = exact.songs, exact.centres()
        return Matches.best_of(keys, means @ vector, np.full(len(keys), -1), limit)

    def exact(self, table: str) -> ExactVectors:
        """Return the vectors of a table, in memory, kept until the next refresh."""
        exact = self._exact
        if table not in exact:
            columns = _own_columns(table, "vector")
            rows = self._fetch(table, lambda query: query.select(columns))
            exact[table] = ExactVectors(rows.filter(pa.array(self.alive(rows["key"].to_numpy()))))
        return exact[table]

    def typical(self, table: str) -> ExactVectors:
        """Return the vectors of a table that show what is typical: all of a small library, of every n-th song else."""
        rows = self._rows(table)
        name = f"{table}/typical"
        if rows <= EXACT_ROWS:
            return self.exact(table)
        if name not in self._exact:
            some = f"vector IS NOT NULL AND key % {-(-rows // SAMPLED_ROWS)} = 0"
            columns = _own_columns(table, "vector")
            self._exact[name] = ExactVectors(self._fetch(table, lambda query: query.where(some).select(columns)))
        return self._exact[name]

    def _indexed(self, table: str, vector: NDArray[np.float32], where: Where | None, limit: int) -> Matches:
        """Return the nearest rows by the index, dead ones among them; rows without a vector never come."""
        columns = _own_columns(table, "_distance")

        def ask(query: Any) -> Any:
            query = query.nearest_to(vector.astype(np.float32)).column("vector").distance_type("cosine")
            query = query.maximum_nprobes(0).minimum_nprobes(PROBES).refine_factor(max(REFINE, CANDIDATES // limit))
            query = query.select(columns).limit(limit)
            return query.where(where.sql()) if where else query

        rows = self._fetch(table, ask)
        return Matches(rows["key"].to_numpy(), 1.0 - rows["_distance"].to_numpy(), _parts(rows))

    def vectors_of(self, table: str, keys: Any) -> dict[int, NDArray[np.float32]]:
        """Return the vectors (rows, dim) of each song that has any."""
        if table in self._exact or self._rows(table) <= EXACT_ROWS:
            exact = self.exact(table)
            found = {int(key): exact.of(int(key)) for key in keys}
        else:
            found = self._stored_vectors(table, keys)
        return {key: rows for key, rows in found.items() if len(rows)}

    def vectors_with(self, table: str, keys: Any) -> ExactVectors | None:
        """Return the vectors of songs, and perhaps of others beside them; None where they have none."""
        if table in self._exact or self._rows(table) <= EXACT_ROWS:
            return self.exact(table)
        rows = self._rows_of(table, keys, _own_columns(table, "vector")[1:], " AND vector IS NOT NULL")
        return ExactVectors(rows) if rows is not None else None

    def _stored_vectors(self, table: str, keys: Any) -> dict[int, NDArray[np.float32]]:
        exact = self.vectors_with(table, keys)
        return {int(key): exact.of(int(key)) for key in exact.songs} if exact else {}

    def lyric_vectors(self) -> SongVectors:
        """Return one vector of each song that has words: the mean direction of its passages; kept."""
        return self.kept("lyric_vectors", self._lyric_vectors)

    def _lyric_vectors(self) -> SongVectors:
        if self._rows("passages") <= EXACT_ROWS:
            found = [self.exact("passages")]
        else:
            keys = self.read([])["key"].to_numpy()
            parts = (keys[at : at + ROWS_AT_ONCE] for at in range(0, len(keys), ROWS_AT_ONCE))
            columns, sung = _own_columns("passages", "vector")[1:], " AND vector IS NOT NULL"
            rows = (self._rows_of("passages", part, columns, sung) for part in parts)
            found = [ExactVectors(table) for table in rows if table is not None]
        keys = np.concatenate([np.empty(0, np.int64), *(part.songs for part in found)])
        vectors = np.concatenate([np.empty((0, self.tables.dim()), np.float32), *(part.centres() for part in found)])
        whole = vectors.any(1)
        return SongVectors(keys[whole], vectors[whole])

    def keys_where(self, where: Where) -> NDArray[np.int64]:
        """Return the keys (n,) of the songs that meet a condition, sorted; for exact paths over small libraries."""
        return self._among(where.sql())

    def _keys_where(self, sql: str) -> NDArray[np.int64]:
        rows = self._fetch("songs", lambda query: query.where(sql).select(["key"]))
        return np.sort(rows["key"].to_numpy())

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


def quoted(text: str) -> str:
    """Write a string for SQL; one that no file can hold (half an emoji) becomes one that is no song's id."""
    return "'" + text.encode("utf-8", "replace").decode("utf-8").replace("'", "''") + "'"


def _asked(tokens: Sequence[str]) -> str:
    """Return the different tokens of a request, the first 200."""
    return " ".join(list(dict.fromkeys(tokens))[:QUERY_TOKENS])


def _table_of(column: str) -> str:
    return "songs" if column in SONG_TEXT else "passages"


def _own_columns(table: str, *more: str) -> list[str]:
    return ["key", *(["part"] if table == "passages" else []), *more]


def _found(rows: pa.Table, text: str | None) -> Found:
    """Lay the rows of a full-text search out, with one text column beside them if it is named."""
    shown = rows[text].combine_chunks() if text else None
    return Found(rows["key"].to_numpy(), rows["_score"].to_numpy(), _parts(rows), shown)


def _parts(rows: pa.Table) -> NDArray[np.int32]:
    """Return each row's place in its song, -1 for a song's own row."""
    return rows["part"].to_numpy() if "part" in rows.column_names else np.full(rows.num_rows, -1, np.int32)


def _passage(row: Mapping[str, Any]) -> StoredPassage:
    stamps = tuple(None if stamp < 0 else stamp for stamp in row["start_ms"] or ())
    return StoredPassage(row["key"], row["part"], tuple(row["text"].split("\n")), stamps)
