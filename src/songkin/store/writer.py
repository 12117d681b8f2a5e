"""Change a library: one writer at a time, in chunks, each of which is whole or not there at all.

A chunk's passages are committed first and its songs after them. A song counts as added once its row is there; passages
whose song never came are invisible, and the next writer sweeps them away.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from songkin.errors import StoreError
from songkin.store.engine import run, told_plainly
from songkin.store.lock import writer_lock
from songkin.store.rows import SongRow, passage_columns, song_columns
from songkin.store.store import quoted
from songkin.store.tables import Tables
from songkin.store.vectors import EXACT_ROWS

__all__ = ["Known", "Writer", "writing"]

log = logging.getLogger(__name__)

INDEX_FROM_ROWS = 20_000  # scalar indexes pay from here on
MAX_FEATURES = 256
FULL_TEXT = {"songs": ("about_stems", "title_words"), "passages": ("words", "stems", "sounds")}
SCALAR = {"w_year": "BTREE", "w_language": "BITMAP", "w_explicit": "BITMAP", "w_genre": "LABEL_LIST", "w_artist": "LABEL_LIST"}


class Known(NamedTuple):
    """What the library holds of one id."""

    key: int
    digest: str
    encoder: str | None


@contextmanager
def writing(place: str | Path, *, dim: int) -> Iterator[Writer]:
    """Open the library at `place` for writing, making it if need be; LockedError when another process writes."""
    with told_plainly():
        Path(place).mkdir(parents=True, exist_ok=True)
    with writer_lock(Path(place)):
        tables = Tables.open(str(place)) if Tables.exist(str(place)) else Tables.create(str(place), dim=dim)
        tables.migrate()
        yield Writer(tables)


class Writer:
    """The one writer of a library."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.known = self._read_known()
        self._features = set(tables.features())
        self._sweep()
        self._next_key = max((known.key for known in self.known.values()), default=-1) + 1

    def _read_known(self) -> dict[str, Known]:
        rows = run(self.tables.songs.query().select(["id", "key", "digest", "encoder"]).to_arrow())
        columns = (rows[name].to_pylist() for name in ("id", "key", "digest", "encoder"))
        return {name: Known(key, digest, encoder) for name, key, digest, encoder in zip(*columns, strict=True)}

    def _sweep(self) -> None:
        """Drop passages that no song holds, which a killed writer leaves."""
        claimed = run(self.tables.songs.query().select(["passages"]).to_arrow())["passages"]
        if (pc.sum(claimed).as_py() or 0) == run(self.tables.passages.count_rows()):
            return
        held = np.fromiter((known.key for known in self.known.values()), np.int64)
        there = np.unique(run(self.tables.passages.query().select(["key"]).to_arrow())["key"].to_numpy())
        orphans = np.setdiff1d(there, held)
        log.info("sweeping the passages of %d songs that were never finished", len(orphans))
        self._drop_passages(orphans.tolist())

    @property
    def features(self) -> set[str]:
        """The feature names the library has columns for."""
        return self._features

    def upsert(self, rows: Sequence[SongRow]) -> None:
        """Commit songs, replacing those of the same id. Ids in one call differ."""
        if not rows:
            return
        self._make_room(rows)
        keys = list(range(self._next_key, self._next_key + len(rows)))
        self._next_key += len(rows)
        passages = passage_columns(rows, keys, run(self.tables.passages.schema()))
        if passages.num_rows:
            run(self.tables.passages.add(passages))
        old = [self.known[row.song.id].key for row in rows if row.song.id in self.known]
        self._commit(song_columns(rows, keys, run(self.tables.songs.schema())), replacing=bool(old))
        self._drop_passages(old)
        for row, key in zip(rows, keys, strict=True):
            self.known[row.song.id] = Known(key, row.digest, row.encoder)
        self._index_full_text()

    def _commit(self, songs: pa.Table, *, replacing: bool) -> None:
        if not replacing:
            run(self.tables.songs.add(songs))
            return
        merge = self.tables.songs.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
        run(merge.execute(songs))

    def _make_room(self, rows: Sequence[SongRow]) -> None:
        new = {name for row in rows for name in row.song.features} - self._features
        if len(new) + len(self._features) > MAX_FEATURES:
            sample = ", ".join(sorted(new)[:3])
            raise StoreError(f"more than {MAX_FEATURES} different features ({sample} ...): name them as tags instead")
        if new:
            self.tables.add_features(sorted(new))
            self._features |= new

    def remove(self, ids: Sequence[str]) -> int:
        """Take songs out, and return how many there were."""
        gone = [name for name in ids if name in self.known]
        for at in range(0, len(gone), 1000):
            chunk = gone[at : at + 1000]
            run(self.tables.songs.delete(f"id IN ({', '.join(quoted(name) for name in chunk)})"))
            self._drop_passages([self.known.pop(name).key for name in chunk])
        return len(gone)

    def _drop_passages(self, keys: Sequence[int]) -> None:
        for at in range(0, len(keys), 1000):
            run(self.tables.passages.delete(f"key IN ({', '.join(str(key) for key in keys[at : at + 1000])})"))

    def tell(self, name: str, value: str) -> None:
        """Record a fact about the library."""
        self.tables.tell(name, value)

    def forget_vectors(self, *, dim: int) -> None:
        """Make room for another encoder's vectors; every song counts as not encoded."""
        self.tables.forget_vectors(dim=dim)
        self.known = {name: known._replace(encoder=None) for name, known in self.known.items()}

    def finish(self) -> None:
        """Bring indexes up to date, merge small files and drop old versions, after a bulk write."""
        self._index_full_text()
        for name, table in (("songs", self.tables.songs), ("passages", self.tables.passages)):
            if run(table.count_rows()) >= INDEX_FROM_ROWS:
                self._index_scalars(table)
            if run(table.count_rows(filter="vector IS NOT NULL")) > EXACT_ROWS:
                self._index_vectors(name, table)
        self.tables.tidy()

    def _index_full_text(self) -> None:
        """Make the full-text indexes that are missing; rows that come later are searched all the same."""
        from lancedb.index import FTS

        kind = FTS(with_position=False, base_tokenizer="whitespace", max_token_length=None, lower_case=False, stem=False,
                   remove_stop_words=False, ascii_folding=False)  # fmt: skip
        for name, columns in FULL_TEXT.items():
            table = self.tables.songs if name == "songs" else self.tables.passages
            self._index(table, dict.fromkeys(columns, kind))

    def _index_scalars(self, table: Any) -> None:
        from lancedb.index import Bitmap, BTree, LabelList

        kinds = {"BTREE": BTree, "BITMAP": Bitmap, "LABEL_LIST": LabelList}
        self._index(table, {"key": BTree(), **{column: kinds[kind]() for column, kind in SCALAR.items()}})

    def _index_vectors(self, name: str, table: Any) -> None:
        from lancedb.index import IvfRq

        log.info("indexing the vectors of %s", name)
        self._index(table, {"vector": IvfRq(distance_type="cosine")})

    def _index(self, table: Any, wanted: Mapping[str, Any]) -> None:
        have = {column for index in run(table.list_indices()) for column in index.columns}
        for column, kind in wanted.items():
            if column not in have:
                run(table.create_index(column, config=kind))


