"""One vector of each song, kept beside the songs in a table of its own: where it lies in a space, how it sounds.

Conventions
-----------
A row is a song's id, a mark and the vector, as float16 of any length. The mark says what the vector was made from and
by what, "MAKER/CONTENT": whoever made it compares marks and sees which are stale. Rows of songs that are gone are never
seen by those who ask for songs that are there, and go when the next writer tidies up. The writer's lock is held while
vectors are put or dropped; readers need none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

from songkin.errors import StoreError
from songkin.store.engine import VanishedError
from songkin.store.keyed import Keyed
from songkin.store.quoting import one_of
from songkin.store.tables import Tables

__all__ = ["ByKey", "Kept", "KeptVectors", "kept_by_key"]

SCHEMA = pa.schema([("id", pa.string()), ("mark", pa.string()), ("vector", pa.list_(pa.float16()))])
# names of other tables
TAKEN = ("songs", "passages", "facts", "state", "edits", "files", "served", "heard", "found", "terms")
AT_ONCE = 1000  # ids in one condition
ALL_FROM = 20_000  # ids from which the whole table is read
TIDY_FROM = 64  # commits after which small files are merged

Halves = NDArray[np.float16]


class Kept(NamedTuple):
    """Vectors as they are kept: ids (n,), marks (n,), vectors (n, dim) float16, in no order, each song once."""

    ids: pa.Array
    marks: pa.Array
    vectors: Halves

    def by_id(self) -> dict[str, NDArray[np.float32]]:
        """Return each song's vector (dim,)."""
        return dict(zip(self.ids.to_pylist(), self.vectors.astype(np.float32), strict=True))


class ByKey(NamedTuple):
    """Vectors of the songs a library has: keys (n,), sorted, and vectors (n, dim) float16."""

    keys: NDArray[np.int64]
    vectors: Halves

    def of(self, keys: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return the vectors (m, dim) of songs by key, zeros where none is kept, and of which one is (m,)."""
        if not len(self.keys):
            return np.zeros((len(keys), self.vectors.shape[1]), np.float32), np.zeros(len(keys), bool)
        at = np.clip(np.searchsorted(self.keys, keys), 0, len(self.keys) - 1)
        there = np.asarray(self.keys[at] == keys)
        return np.where(there[:, None], self.vectors[at], 0).astype(np.float32), there


class KeptVectors:
    """The table of one kind of vectors, by its name: "space", "sound"."""

    def __init__(self, tables: Tables, name: str) -> None:
        assert name.isidentifier(), name
        assert name not in TAKEN, name
        self._tables, self.name = tables, name

    def read(self, ids: Sequence[str] | None = None, *, made_by: str = "") -> Kept:
        """Return what is kept of the songs `ids`, or of all; of those made by a maker, if one is named.

        Nothing was ever kept: (0, 0) vectors. StoreError where the table is damaged.
        """
        with self._damage_told():
            table = self._tables.beside(self.name)
            parts = [] if table is None else [self._ask(table, where) for where in self._conditions(ids)]
        rows = pa.concat_tables(parts) if parts else SCHEMA.empty_table()
        if ids is not None and len(ids) > ALL_FROM:
            rows = rows.filter(pc.is_in(rows["id"], pa.array(ids, pa.string())))
        if made_by:
            rows = rows.filter(pc.starts_with(rows["mark"], f"{made_by}/"))
        return _laid_out(rows)

    def _ask(self, table: Any, where: str | None) -> pa.Table:
        query = table.query() if where is None else table.query().where(where)
        return self._tables.run(query.to_arrow())

    def _conditions(self, ids: Sequence[str] | None) -> Iterator[str | None]:
        if ids is None or len(ids) > ALL_FROM:
            yield None
            return
        once = list(dict.fromkeys(ids))
        for at in range(0, len(once), AT_ONCE):
            yield one_of("id", once[at : at + AT_ONCE])

    def count(self, among: pa.Array | None = None) -> int:
        """Return how many songs have a vector; `among` counts only songs with these ids (m,)."""
        with self._damage_told():
            table = self._tables.beside(self.name)
            if table is None:
                return 0
            if among is None:
                return int(self._tables.run(table.count_rows()))
            ids = self._tables.run(table.query().select(["id"]).to_arrow())["id"]
        return int(pc.sum(pc.is_in(ids, among)).as_py() or 0)

    # -- writing, under the writer's lock ------------------------------------------------------------------------------

    def put(self, ids: Sequence[str], marks: Sequence[str], vectors: ArrayLike) -> None:
        """Keep vectors (n, dim) of songs, in place of those they had; ids differ, and one commit holds all."""
        rows = np.asarray(vectors, np.float16)
        assert len(set(ids)) == len(ids) == len(marks) == len(rows), "one mark and one vector for each song"
        if not len(rows):
            return
        dim = rows.shape[1]
        ends = pa.array(np.arange(0, rows.size + 1, dim) if dim else np.zeros(len(rows) + 1), pa.int32())
        lists = pa.ListArray.from_arrays(ends, pa.array(np.ascontiguousarray(rows).ravel(), pa.float16()))
        new = pa.table({"id": pa.array(ids, pa.string()), "mark": pa.array(marks, pa.string()), "vector": lists})
        with self._damage_told():
            self._commit(new.cast(SCHEMA))
        self._known.update(ids)

    def _commit(self, new: pa.Table) -> None:
        table = self._table
        if self._known.isdisjoint(new["id"].to_pylist()):
            self._tables.run(table.add(new))
        else:
            merge = table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
            self._tables.run(merge.execute(new))
        if not self._tables.run(table.version()) % TIDY_FROM:
            self.tidy()

    def only(self, ids: Iterable[str]) -> int:
        """Drop the vectors of all songs but these, and return how many went."""
        with self._damage_told():
            if self._tables.beside(self.name) is None:
                return 0
            gone = sorted(self._known.difference(ids))
            for at in range(0, len(gone), AT_ONCE):
                self._tables.run(self._table.delete(one_of("id", gone[at : at + AT_ONCE])))
        self._known.difference_update(gone)
        return len(gone)

    def tidy(self) -> None:
        """Merge small files, and drop versions that no reader needs and files of killed writers."""
        if self._tables.beside(self.name) is not None:
            self._tables.optimize(self._table)

    @cached_property
    def _table(self) -> Any:
        return self._tables.beside(self.name) or self._tables.made_beside(self.name, SCHEMA)

    @cached_property
    def _known(self) -> set[str]:
        """The ids that have a row."""
        return set(self._tables.run(self._table.query().select(["id"]).to_arrow())["id"].to_pylist())

    @contextmanager
    def _damage_told(self) -> Iterator[None]:
        """Add to what the engine says that the table can be made again."""
        try:
            yield
        except StoreError as error:
            if f"{self.name}.lance" in str(error) and "is damaged" in str(error):
                raise
            kind = VanishedError if isinstance(error, VanishedError) else StoreError
            cure = f"if {self.name}.lance is damaged, delete that folder: its vectors can be made again"
            raise kind(f"{error}; {cure}") from error


def kept_by_key(view: Keyed, name: str) -> ByKey:
    """Return the kept vectors of the songs that a library has.

    They stay in memory until the next refresh: 64 MB for a million songs of 32 numbers.
    """
    return view.kept(("kept vectors", name), lambda: _by_key(view, name))


def _by_key(view: Keyed, name: str) -> ByKey:
    kept = KeptVectors(view.tables, name).read()
    keys, ids = view.catalogue()
    if not len(kept.ids) or not len(keys):
        return ByKey(np.empty(0, np.int64), kept.vectors[:0])
    places = pc.index_in(kept.ids, ids)
    there = pc.is_valid(places).to_numpy(zero_copy_only=False)
    own = keys[places.drop_null().to_numpy()]
    order = np.argsort(own, kind="stable")
    return ByKey(own[order], kept.vectors[there][order])


def _laid_out(rows: pa.Table) -> Kept:
    """Lay rows out as arrays; where lengths differ, as they do after a change of maker, the commonest stay."""
    rows = rows.combine_chunks()
    if not rows.num_rows:
        return Kept(pa.array([], pa.string()), pa.array([], pa.string()), np.empty((0, 0), np.float16))
    lengths = pc.list_value_length(rows["vector"]).to_numpy()
    sizes, counts = np.unique(lengths, return_counts=True)
    dim = int(sizes[np.argmax(counts)])
    if len(sizes) > 1:
        rows = rows.filter(pa.array(lengths == dim)).combine_chunks()
    flat = pc.list_flatten(rows["vector"]).to_numpy().reshape(-1, dim)
    ids, marks = (_whole(rows[name]) for name in ("id", "mark"))
    return Kept(ids, marks, flat)


def _whole(column: Any) -> pa.Array:
    """Return a chunked column as one array."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
