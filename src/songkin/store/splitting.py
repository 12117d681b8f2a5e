"""Split a library into shards, or bring the shards of one up to date: rows are copied, nothing is encoded again.

Conventions
-----------
A song lies in the shard that a hash of its id names, now and ever. It keeps its key, and a key is one version of a song
(docs/decisions/0003): what a shard lacks and what it has too much is seen by keys alone. The facts of the whole are
committed last, so that half-made shards are no library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from songkin.errors import StoreError
from songkin.store.engine import run, told_plainly
from songkin.store.indexes import FULL_TEXT
from songkin.store.lock import writer_lock
from songkin.store.place import place_of
from songkin.store.scattered import MOST_SHARDS
from songkin.store.snapshot import Snapshot
from songkin.store.statistics import TABLE, Counted, counted, rows_of
from songkin.store.tables import FACTS, Tables, connected, shard_place
from songkin.store.writer import Writer, writing

__all__ = ["Split", "home", "split"]

AT_ONCE = 40_000  # rows held in memory, of all shards together
OWN = ("songs", "passages", "facts", TABLE)
DECIDED = "state"  # what users decided at the shards stays

Progress = Callable[[int], None]


class Split(NamedTuple):
    """What a split did: shards, songs in all, and how many were copied into their shard and taken out of one."""

    shards: int
    songs: int
    copied: int
    removed: int


def home(song: str, shards: int) -> int:
    """Return the shard a song lies in, by its id."""
    return int.from_bytes(blake2b(song.encode("utf-8"), digest_size=8).digest(), "big") % shards


def split(source: str, place: str, shards: int, *, progress: Progress = lambda copied: None) -> Split:
    """Make the library at `place` the one at `source`, in so many shards; only what differs is written.

    StoreError where something else rests at `place`, or other shards; LockedError where another process writes there.
    """
    if not 1 <= shards <= MOST_SHARDS:
        raise StoreError(f"{shards} shards: a library is split into 1 to {MOST_SHARDS}")
    taken = Snapshot(source)
    if "shards" in taken.facts:
        raise StoreError(f"{source}: is in shards itself; split the library it was made from")
    with told_plainly(place):
        place_of(place).make()
    with writer_lock(place), ExitStack() as opened:
        _refuse_other(place, shards)
        dim = taken.tables.dim()
        places = [shard_place(place, at) for at in range(shards)]
        writers = [opened.enter_context(writing(one, dim=dim)) for one in places]
        done = _copied(taken, writers, dim, progress)
        statistics = [_counted(writers, name, column) for name, all_ in FULL_TEXT.items() for column in all_]
        _finish(taken, place, shards, pa.concat_tables(statistics))
        return done


def _refuse_other(place: str, shards: int) -> None:
    """Refuse a place where a library rests that is not in so many shards."""
    if not place_of(place).committed("facts"):
        return
    said = Tables.facts_at(place).get("shards")
    if said is None:
        raise StoreError(f"{place}: a library rests there that is not in shards; name another place")
    if int(said) != shards:
        cure = f"say --shards {said}, or name another place"
        raise StoreError(f"{place}: is in {said} shards, and a song's shard goes by their number; {cure}")


def _copied(taken: Snapshot, writers: Sequence[Writer], dim: int, progress: Progress) -> Split:
    """Copy what the shards lack, passages first, and drop what they have too much."""
    catalogue = taken.tables.run(taken.tables.songs.query().select(["key", "id"]).to_arrow())
    keys, ids = catalogue["key"].to_numpy(), catalogue["id"].to_pylist()
    homes = np.array([home(one, len(writers)) for one in ids], np.int64)
    lacking = ~np.isin(keys, np.fromiter(_at_home(writers), np.int64))
    order = np.argsort(keys[lacking])
    wanted = Wanted(keys[lacking][order], homes[lacking][order])
    gone = [set(writer.known).difference(_of(ids, homes, at)) for at, writer in enumerate(writers)]
    for writer in writers:
        if writer.tables.dim() != dim:
            writer.forget_vectors(dim=dim)
        writer.tables.add_features(taken.tables.features())
    for name in ("passages", "songs"):
        _fill(taken, name, wanted, writers, progress if name == "songs" else lambda copied: None)
    for writer, names in zip(writers, gone, strict=True):
        _settle(writer, sorted(names), taken, copied=bool((wanted.homes == writers.index(writer)).any()))
    return Split(len(writers), len(keys), len(wanted.keys), sum(map(len, gone)))


def _at_home(writers: Sequence[Writer]) -> Iterator[int]:
    """Give the keys of the songs in the shard they belong in; a stopped split into fewer or more left others."""
    for at, writer in enumerate(writers):
        yield from (known.key for name, known in writer.known.items() if home(name, len(writers)) == at)


class Wanted(NamedTuple):
    """Songs to be copied: keys (n,), sorted, and the shard of each (n,)."""

    keys: NDArray[np.int64]
    homes: NDArray[np.int64]

    def of(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the shard of each key (m,), -1 where it need not be copied."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        at = np.clip(np.searchsorted(self.keys, keys), 0, len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.homes[at], -1)


def _of(ids: Sequence[str], homes: NDArray[np.int64], shard: int) -> Iterator[str]:
    return (ids[at] for at in np.flatnonzero(homes == shard).tolist())


def _fill(taken: Snapshot, name: str, wanted: Wanted, writers: Sequence[Writer], progress: Progress) -> None:
    """Copy the rows of one table into their shards, some ten thousand at a time."""
    waiting: list[list[pa.RecordBatch]] = [[] for _ in writers]
    held = done = 0
    for batch in taken.batches(name):
        homes = wanted.of(batch["key"].to_numpy())
        for at in np.unique(homes[homes >= 0]).tolist():
            waiting[at].append(batch.filter(pa.array(homes == at)))
        held += int((homes >= 0).sum())
        if held >= AT_ONCE:
            _flush(name, waiting, writers)
            done, held = done + held, 0
            progress(done)
    _flush(name, waiting, writers)
    progress(done + held)


def _flush(name: str, waiting: list[list[pa.RecordBatch]], writers: Sequence[Writer]) -> None:
    for rows, writer in zip(waiting, writers, strict=True):
        if rows:
            writer.copy(name, pa.Table.from_batches(rows))
            rows.clear()


def _settle(writer: Writer, gone: Sequence[str], taken: Snapshot, *, copied: bool) -> None:
    """Take songs out that are no more, and bring indexes and facts in order.

    Full text is indexed anew, for an index goes on counting the rows that went.
    """
    if copied or gone:
        writer.remove(gone)
        writer.sweep()
        writer.finish()
        writer.renew_full_text()
    for name, value in taken.facts.items():
        if writer.tables.facts().get(name) != value:
            writer.tell(name, value)


def _counted(writers: Sequence[Writer], name: str, column: str) -> pa.Table:
    """Count the terms of one column in every shard."""
    return rows_of(column, [_in_shard(writer, name, column) for writer in writers])


def _in_shard(writer: Writer, name: str, column: str) -> Counted:
    query = getattr(writer.tables, name).query().select([column])
    return counted(pa.chunked_array([batch[column]]) for batch in writer.tables.batches(query))


def _finish(taken: Snapshot, place: str, shards: int, statistics: pa.Table) -> None:
    """Write what belongs to the whole: the tables beside the songs, how common words are, and the facts."""
    connection = connected(place)
    there = place_of(place).committed

    def keep(name: str, rows: pa.Table) -> Any:
        mode = "overwrite" if there(name) else "create"
        return run(connection.create_table(name, rows, mode=mode), place=place)

    for name in taken.names:
        if name not in OWN and not (name == DECIDED and there(name)):
            keep(name, pa.Table.from_batches(list(taken.batches(name)), schema=taken.schema(name)))
    _index_terms(keep(TABLE, statistics), place)
    facts = {**taken.facts, "shards": str(shards), "split_from": taken.tables.place}
    told = pa.Table.from_pylist([{"name": name, "value": value} for name, value in facts.items()], schema=FACTS)
    keep("facts", told)


def _index_terms(table: Any, place: str) -> None:
    from lancedb.index import BTree

    if run(table.count_rows(), place=place):
        run(table.create_index("term", config=BTree()), place=place)
