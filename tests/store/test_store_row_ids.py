"""Rows fetched where they lie are the rows that were asked for, before and after the store's row ids are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from store_rows import DIM, row

from songkin.filters import parse
from songkin.store import Store, writing
from songkin.store.row_ids import RowIds

SOME = [f"s{number}" for number in (3, 17, 4, 11)]


def answers(store: Store) -> dict[str, Any]:
    """What a store says of some songs, by every way that row ids are used."""
    keys = store.keys(SOME)
    where = parse("year:1990..2005")
    return {
        "songs": [song.id if song else None for song in store.songs([*keys, 10_000])],
        "passages": [(passage.part, passage.lines, passage.stems) for passage in store.passages(np.sort(keys))],
        "sung": [store.sung("stems", keys)[key] for key in keys.tolist()],
        "stems": store.stems_at([*keys, 10_000], [1, 0, 1, 0, 0]),
        "vectors": [len(store.sung_in(keys).vectors[key]) for key in keys.tolist()],
        "found": sorted(filter(None, store.ids(store.match("stems", ["n3"], where=None, limit=9).keys))),
        "met": sorted(filter(None, store.ids(store.match("words", ["all"], where=where, limit=9).keys))),
        "lines": sorted(store.candidates({"words": ["w4"], "sounds": ["W11"]}, where=None, limit=5).words.to_pylist()),
    }


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row ids are read at the first fetch, and no column is held in memory."""
    monkeypatch.setattr("songkin.store.keyed.KNOWN_AFTER", 0)
    monkeypatch.setattr("songkin.store.search.WARM_AFTER", 10_000)


def test_rows_taken_by_their_ids_are_those_looked_for_by_keys(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with writing(tmp_path, dim=DIM) as writer:
        writer.upsert([row(number) for number in range(20)])
    by_key = answers(Store.open(tmp_path))
    request.getfixturevalue("at_once")
    store = Store.open(tmp_path)
    assert answers(store) == by_key
    assert set(store._row_ids) == {"songs", "passages"}


@pytest.mark.usefixtures("at_once")
def test_row_ids_of_a_version_are_not_used_for_the_next(tmp_path: Path) -> None:
    with writing(tmp_path, dim=DIM) as writer:
        writer.upsert([row(number) for number in range(20)])
        store = Store.open(tmp_path)
        answers(store)
        writer.upsert([row(number, digest="new", passages=3) for number in range(10)])
        writer.remove(["s17"])
        writer.finish()
    store.refresh()
    assert [song.id for song in store.songs(store.keys(["s3", "s11"])) if song] == ["s3", "s11"]
    assert [passage.part for passage in store.passages(store.keys(["s3"]))] == [0, 1, 2]
    assert store.songs(store.keys(["s17"])) == [None]


@pytest.fixture
def ids() -> RowIds:
    """Two songs' passages, the later song's first, as an update may leave them."""
    rows = {"_rowid": [30, 31, 7, 8, 9], "key": [1, 1, 2, 2, 2], "part": [0, 1, 0, 1, 2]}
    kinds = {"_rowid": pa.uint64(), "key": pa.int64(), "part": pa.int32()}
    return RowIds(pa.table({name: pa.array(own, kinds[name]) for name, own in rows.items()}))


def test_the_rows_of_songs_come_by_key(ids: RowIds) -> None:
    assert sorted(ids.of(np.array([2])).tolist()) == [7, 8, 9]
    assert sorted(ids.of(np.array([1, 2])).tolist()) == [7, 8, 9, 30, 31]
    assert ids.of(np.array([0, 5])).tolist() == []


def test_single_rows_come_by_key_and_part_and_what_is_not_there_is_left_out(ids: RowIds) -> None:
    assert ids.at(np.array([2, 1]), np.array([2, 0])).tolist() == [9, 30]
    assert ids.at(np.array([2, 9]), np.array([3, 0])).tolist() == []


def test_a_row_whose_song_is_not_there_is_not_located(ids: RowIds) -> None:
    located = ids.located(np.array([31, 99, 8], np.uint64))
    assert located.there.tolist() == [True, False, True]
    assert located.keys.tolist() == [1, 2]
    assert located.parts.tolist() == [1, 1]


def test_a_table_without_rows_has_none() -> None:
    none = pa.table({"_rowid": pa.array([], pa.uint64()), "key": pa.array([], pa.int64())})
    ids = RowIds(none)
    assert ids.of(np.array([1])).tolist() == []
    assert ids.at(np.array([1]), np.array([0])).tolist() == []
    assert ids.located(np.array([1], np.uint64)).there.tolist() == [False]
