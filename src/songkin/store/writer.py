"""Change a library: one writer at a time, in chunks, each of which is whole or not there at all.

A chunk's passages are committed first and its songs after them. A song counts as added once its row is there; passages
whose song never came are invisible, and the next writer sweeps them away.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from songkin.errors import StoreError
from songkin.filters import FIELDS, PREDICTED, column, numbers
from songkin.store.drafts import Draft, committed
from songkin.store.engine import told_plainly
from songkin.store.indexes import FULL_TEXT, Indexes
from songkin.store.lock import writer_lock
from songkin.store.place import place_of
from songkin.store.quoting import one_of
from songkin.store.rows import AS_SUNG, Known, Slots, SongRow, filter_columns, laid_out, song_columns
from songkin.store.tables import Tables
from songkin.store.upkeep import SLACK
from songkin.types import Song

__all__ = ["Known", "Writer", "writing"]

log = logging.getLogger(__name__)

MAX_FEATURES = 256
LOOKED_AFTER = 128  # commits after which the disk is looked at
AT_ONCE = 1000  # songs a deletion names in one condition
LATE_KEYS = 1_000_000  # left to a writer that was taken for dead, and may yet wake up and commit a chunk
NEXT_KEY = "next_key"  # the fact that keeps a removed song's key from being given again


@contextmanager
def writing(place: str | Path, *, dim: int) -> Iterator[Writer]:
    """Open the library at `place` for writing, making it if need be; LockedError when another process writes."""
    with told_plainly(str(place)):
        place_of(place).make()
    with writer_lock(place) as lease:
        tables = Tables.open_for_writing(str(place), dim=dim)
        tables.guard = lease.check if lease else None
        if not tables.whole():
            log.info("finishing a change of encoder that was broken off")
            tables.forget_vectors(dim=dim)
        yield Writer(tables, after_dead=bool(lease and lease.after_dead))


class Writer:
    """The one writer of a library."""

    def __init__(self, tables: Tables, *, after_dead: bool = False) -> None:
        self.tables = tables
        self.slack = SLACK  # how much old versions may take, as a share of what is needed
        self._commits = 0
        self.known = self._read_known()
        self._features = set(tables.features())
        self._told_key = int(tables.facts().get(NEXT_KEY, "0"))
        self._next_key = max(self._told_key, max((known.key for known in self.known.values()), default=-1) + 1)
        self._next_key += LATE_KEYS if after_dead else 0
        self.sweep()
        self._indexes = Indexes(tables)
        self._indexes.make_full_text()

    def _read_known(self) -> dict[str, Known]:
        names = ("id", "key", "digest", "encoder", "passage_encoder")
        rows = self.tables.run(self.tables.songs.query().select(list(names)).to_arrow())
        columns = (rows[name].to_pylist() for name in names)
        known = {name: Known(*known) for name, *known in sorted(zip(*columns, strict=True), key=lambda row: row[1])}
        if len(known) < rows.num_rows:
            self._drop_doubles(rows["key"].to_pylist(), {one.key for one in known.values()})
        return known

    def _drop_doubles(self, keys: Sequence[int], kept: Set[int]) -> None:
        """Drop the earlier of songs that are there twice, since a writer that was taken for dead woke up."""
        doubles = sorted(set(keys) - kept)
        log.warning("%s: %d songs were written twice; the later of each stays", self.tables.place, len(doubles))
        for at in range(0, len(doubles), AT_ONCE):
            self.tables.run(self.tables.songs.delete(one_of("key", doubles[at : at + AT_ONCE])))

    def sweep(self) -> None:
        """Drop passages that no song holds: those of songs that were replaced, or that a killed writer leaves."""
        claimed = self.tables.run(self.tables.songs.query().select(["passages"]).to_arrow())["passages"]
        if (pc.sum(claimed).as_py() or 0) == self.tables.run(self.tables.passages.count_rows()):
            return
        held = np.fromiter((known.key for known in self.known.values()), np.int64)
        there = self.tables.run(self.tables.passages.query().select(["key"]).to_arrow())["key"].to_numpy()
        orphans = np.setdiff1d(there, held)
        log.info("sweeping the passages of %d songs that were never finished", len(orphans))
        self._next_key = max(self._next_key, int(orphans.max(initial=-1)) + 1)
        self._keep_keys()
        self._drop_passages(orphans.tolist())

    @property
    def features(self) -> set[str]:
        """The feature names the library has columns for, in the form their columns carry."""
        return self._features

    @property
    def next_key(self) -> int:
        """The key that the next committed song gets; those committed before have lower ones."""
        return self._next_key

    def upsert(self, rows: Sequence[SongRow]) -> None:
        """Commit songs, replacing those of the same id. Ids in one call differ."""
        if rows:
            slots = self.reserve([row.song for row in rows])
            self._replace(rows, slots.keys, *laid_out(rows, slots))

    def reserve(self, songs: Sequence[Song]) -> Slots:
        """Make room for songs (n,), and return the keys and the shape they are written in. Ids in one call differ."""
        assert len({song.id for song in songs}) == len(songs), "two songs of one id in one chunk"
        _refuse_broken_ids(songs)
        self._make_room(songs)
        keys = range(self._next_key, self._next_key + len(songs))
        self._next_key += len(songs)
        shapes = self._schema(self.tables.songs), self._schema(self.tables.passages)
        replacing = any(song.id in self.known for song in songs)
        return Slots(keys, tuple(sorted(self._features)), *shapes, replacing)

    def has_room(self, songs: Sequence[Song]) -> bool:
        """Say whether the tables have a column for every feature of songs."""
        return not self._new_features(songs)

    def commit(self, drafts: Sequence[Draft]) -> None:
        """Commit songs that workers wrote: all passages at once, then all songs, then drop what they replace."""
        place, known = self.tables.place, {name: one for draft in drafts for name, one in draft.known.items()}
        for name, files in (("passages", [one.passages for one in drafts]), ("songs", [one.songs for one in drafts])):
            table = getattr(self.tables, name)
            committed(place, name, files, self.tables.run(table.version()))
            self.tables.run(table.checkout_latest())
        old = [self.known[name].key for name in known if name in self.known]
        replacing = [draft.replacing for draft in drafts if draft.replacing is not None]
        if replacing:
            self._commit(pa.concat_tables(replacing), replacing=True)
        self.known |= known
        self._drop_passages(old)

    def relabel(self, rows: Sequence[SongRow]) -> None:
        """Commit songs that have other labels than before, but the same words: they keep their passages.

        The rows come without passages, and all are of ids the library holds.
        """
        if not rows:
            return
        slots = self.reserve([row.song for row in rows])
        keys, filters = slots.keys, filter_columns([row.song for row in rows], slots.features)
        before = [self.known[row.song.id].key for row in rows]
        passages = self._carried(before, keys, filters)
        songs = song_columns(rows, keys, slots.songs, filters, self._as_sung(before))
        self._replace(rows, keys, songs, passages)

    def _carried(self, before: Sequence[int], keys: Sequence[int], filters: Mapping[str, pa.Array]) -> pa.Table:
        """Return the passages of songs under their new keys, with their new filter columns."""
        kept = self.tables.run(self.tables.passages.query().where(one_of("key", before)).to_arrow())
        schema, places = self._schema(self.tables.passages), {key: at for at, key in enumerate(before)}
        owner = pa.array([places[key] for key in kept["key"].to_pylist()], pa.int64())
        fresh = {name: array.take(owner) for name, array in filters.items()}
        fresh["key"] = pa.array(np.asarray(keys, np.int64)).take(owner)
        columns = [fresh[name] if name in fresh else kept[name] for name in schema.names]
        return pa.Table.from_arrays(columns, schema=schema)

    def _as_sung(self, before: Sequence[int]) -> dict[str, pa.Array]:
        """Return what songs' rows say of their passages, in the order of `before` (n,)."""
        query = self.tables.songs.query().where(one_of("key", before)).select(["key", *AS_SUNG])
        kept = self.tables.run(query.to_arrow()).combine_chunks()
        places = {key: at for at, key in enumerate(kept["key"].to_pylist())}
        order = pa.array([places[key] for key in before], pa.int64())
        return {name: kept[name].take(order).combine_chunks() for name in AS_SUNG}

    def _replace(self, rows: Sequence[SongRow], keys: Sequence[int], songs: pa.Table, passages: pa.Table) -> None:
        """Commit passages, then their songs, then drop what they replace."""
        if passages.num_rows:
            self.tables.run(self.tables.passages.add(passages))
        old = [self.known[row.song.id].key for row in rows if row.song.id in self.known]
        self._commit(songs, replacing=bool(old))
        for row, key in zip(rows, keys, strict=True):
            self.known[row.song.id] = Known(key, row.digest, row.encoder, row.passage_encoder)
        self._drop_passages(old)
        self._keep_small()

    def _keep_small(self) -> None:
        """Tidy in the middle of a long write, where what it replaced takes too much of the disk."""
        self._commits += 1
        if self._commits % LOOKED_AFTER == 0 and self.tables.takes_too_much(self.slack):
            log.info("dropping versions that nobody needs any more")
            self.tables.tidy(slack=self.slack, finished=False)

    def _schema(self, table: Any) -> pa.Schema:
        return self.tables.run(table.schema())

    def copy(self, name: str, rows: pa.Table) -> None:
        """Commit rows of another library's table under the keys they have there; passages come before their songs."""
        table = getattr(self.tables, name)
        rows = rows.select(self._schema(table).names)
        if name == "passages":
            self.tables.run(table.add(rows))
            return
        ids = rows["id"].to_pylist()
        self._commit(rows, replacing=any(one in self.known for one in ids))
        told = (rows[name].to_pylist() for name in ("key", "digest", "encoder", "passage_encoder"))
        self.known |= {one: Known(*known) for one, *known in zip(ids, *told, strict=True)}

    def _commit(self, songs: pa.Table, *, replacing: bool) -> None:
        if not replacing:
            self.tables.run(self.tables.songs.add(songs))
            return
        merge = self.tables.songs.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
        self.tables.run(merge.execute(songs, on_bad_vectors="null"))

    def _new_features(self, songs: Sequence[Song]) -> set[str]:
        names = {name for song in songs for name in numbers(song) if name not in FIELDS}
        names |= {name.removeprefix(PREDICTED) for name in names if name.startswith(PREDICTED)}  # wished for by it
        return {column(name).removeprefix("f_") for name in names} - self._features

    def _make_room(self, songs: Sequence[Song]) -> None:
        """Add columns for features seen for the first time."""
        new = self._new_features(songs)
        if len(new) + len(self._features) > MAX_FEATURES:
            sample = ", ".join(sorted(new)[:3])
            cure = "name them as tags instead"
            place = self.tables.place
            raise StoreError(f"{place}: more than {MAX_FEATURES} different features ({sample} ...); {cure}")
        if new:
            self.tables.add_features(sorted(new))
            self._features |= new

    def remove(self, ids: Sequence[str]) -> int:
        """Take songs out, and return how many there were."""
        gone = [name for name in dict.fromkeys(ids) if name in self.known]
        if gone:
            self._keep_keys()
        for at in range(0, len(gone), AT_ONCE):
            chunk = gone[at : at + AT_ONCE]
            self.tables.run(self.tables.songs.delete(one_of("id", chunk)))
            self._drop_passages([self.known.pop(name).key for name in chunk])
        return len(gone)

    def _keep_keys(self) -> None:
        """Record the next key where the songs alone would not tell it: a key once seen never means another song."""
        if self._told_key < self._next_key:
            self.tables.tell(NEXT_KEY, str(self._next_key))
            self._told_key = self._next_key

    def _drop_passages(self, keys: Sequence[int]) -> None:
        for at in range(0, len(keys), AT_ONCE):
            self.tables.run(self.tables.passages.delete(one_of("key", keys[at : at + AT_ONCE])))

    def tell(self, name: str, value: str) -> None:
        """Record a fact about the library."""
        self.tables.tell(name, value)

    def forget_vectors(self, *, dim: int) -> None:
        """Make room for another encoder's vectors; every song counts as not encoded."""
        self.tables.forget_vectors(dim=dim)
        self._indexes.forget("vector", "whole")
        self.known = {name: known._replace(encoder=None, passage_encoder=None) for name, known in self.known.items()}

    def is_behind(self) -> bool:
        """Say whether there is something to finish that no write of this writer left: indexes that lack rows."""
        return self._indexes.lack()

    def finish(self, *, kept: timedelta | None = None) -> None:
        """Make the indexes that pay by now, bring them up to date, merge small files and drop versions.

        Those younger than `kept` stay, None = ten minutes, or one where they take too much of the disk.
        """
        self._indexes.make_what_pays()
        self.tables.tidy(slack=self.slack, kept=kept)

    def renew_full_text(self) -> None:
        """Index full text anew."""
        self._indexes.forget(*(column for columns in FULL_TEXT.values() for column in columns))
        self._indexes.make_full_text()


def _refuse_broken_ids(songs: Sequence[Song]) -> None:
    """Refuse an id that no file can hold: replacing the broken part could make two ids one."""
    for song in songs:
        try:
            song.id.encode("utf-8")
        except UnicodeEncodeError:
            cure = "give the song another id"
            raise StoreError(f"the id {song.id!a} holds half a character (a lone surrogate); {cure}") from None
