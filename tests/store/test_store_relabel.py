"""Labelling songs anew whose words are as they were: passages and vectors stay, bit for bit."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_rows import DIM, row, song, unit

from songkin.filters import parse
from songkin.store import SongRow, Store, writing

SONGS = 6
OWN = ("key", "w_", "f_")  # columns that a song gives its passages


def row_of(number: int, **more: Any) -> SongRow:
    """The row of a song with other fields than before, without passages."""
    changed = dataclasses.replace(song(number), **{"predicted": {"energy": 0.25, "theme:sea": 0.5}, **more})
    return dataclasses.replace(row(number), song=changed, about=f"other {number}", passages=(), vector=unit(99))


def passages(store: Store) -> pa.Table:
    """All passages, by the id of their song and their place in it."""
    table = store.tables.run(store.tables.passages.query().to_arrow())
    table = table.append_column("id", pa.array(store.ids(table["key"].to_numpy())))
    return table.sort_by([("id", "ascending"), ("part", "ascending")])


def texts(table: pa.Table) -> pa.Table:
    """What passages say themselves."""
    return table.select([name for name in table.schema.names if not name.startswith(OWN)])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made") / "L"
    with writing(place, dim=DIM) as writer:
        writer.upsert([row(number, passages=number % 3) for number in range(SONGS)])
        writer.finish()
    return place


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "L"))


def relabelled(place: Path, *rows: SongRow) -> Store:
    with writing(place, dim=DIM) as writer:
        writer.relabel(rows)
    return Store.open(place)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(st.integers(0, SONGS - 1), unique=True))
def test_passages_and_their_vectors_stay_bit_for_bit(place: Path, numbers: list[int]) -> None:
    before = passages(Store.open(place))
    store = relabelled(place, *(row_of(number) for number in numbers))
    after = passages(store)
    assert texts(after).equals(texts(before))
    assert after["vector"].combine_chunks().equals(before["vector"].combine_chunks())
    assert store.counts() == (SONGS, before.num_rows)


def test_the_song_has_its_new_fields(place: Path) -> None:
    store = relabelled(place, row_of(1), row_of(2))
    keys = store.keys(["s1", "s2", "s4"])
    first, second, other = store.songs(keys, lyrics=True)
    assert first == row_of(1).song
    assert second == row_of(2).song
    assert other == song(4)
    table = store.read(["id", "about", "passages"]).to_pylist()
    assert {found["id"]: found["about"] for found in table}["s1"] == "other 1"
    assert {found["id"]: found["passages"] for found in table} == {f"s{n}": n % 3 for n in range(SONGS)}


def test_songs_and_passages_get_one_new_key_and_the_old_one_is_gone(place: Path) -> None:
    store = relabelled(place, row_of(1), row_of(2))
    keys = store.keys(["s1", "s2"]).tolist()
    assert keys == [SONGS, SONGS + 1]
    assert set(passages(store)["key"].to_pylist()) == {4, 5, SONGS, SONGS + 1}
    assert store.ids([1, 2]) == [None, None]


def test_new_filter_columns_stand_beside_songs_and_passages(place: Path) -> None:
    store = relabelled(place, row_of(1), row_of(2, features={"danceability": 0.5}))
    assert {"predicted_energy", "energy", "danceability"} <= set(store.features())
    where = parse("predicted_energy:0.2..0.3", store.features())
    assert set(store.ids(store.keys_where(where))) == {"s1", "s2"}
    found = store.match("words", ["all"], where=where, limit=9)
    assert set(store.ids(found.keys)) == {"s1", "s2"}
    assert store.count("f_energy IS NOT NULL") == 0


def test_a_song_is_found_by_its_passages_as_before(place: Path) -> None:
    store = relabelled(place, *(row_of(number) for number in range(SONGS)))
    assert store.ids(store.match("words", ["w5"], where=None, limit=5).keys) == ["s5"]
    found = store.nearest("passages", unit(10 * 5 + 1), where=None, limit=1)
    assert store.ids(found.keys) == ["s5"]


def test_songs_stay_the_wholes_they_were(place: Path) -> None:
    before, after = Store.open(place), relabelled(place, row_of(5), row_of(1), row_of(3))

    def wholes(store: Store) -> dict[str | None, tuple[object, object]]:
        vectors, sung = store.lyric_vectors(), store.song_stems()
        told = dict(zip(store.ids(sung["key"].to_numpy()), sung["sung_stems"].to_pylist(), strict=True))
        near = dict(zip(store.ids(vectors.keys), vectors.vectors.tolist(), strict=True))
        assert near.keys() == told.keys()
        return {name: (near[name], told[name]) for name in near}

    assert wholes(after) == wholes(before)
    assert len(wholes(after)) == 4  # two of six songs have no passages


def test_nothing_told_changes_nothing(place: Path) -> None:
    before = Store.open(place)
    after = relabelled(place)
    assert after.keys(["s0", "s5"]).tolist() == before.keys(["s0", "s5"]).tolist()


def test_the_writer_knows_the_new_keys(place: Path) -> None:
    with writing(place, dim=DIM) as writer:
        assert writer.next_key == SONGS
        writer.relabel([row_of(3)])
        assert writer.known["s3"] == (SONGS, "d", "toy", "toy")
        assert writer.next_key == SONGS + 1
        writer.relabel([row_of(3, title="Again")])
    store = Store.open(place)
    (again,) = store.songs(store.keys(["s3"]))
    assert again is not None
    assert again.title == "Again"


def test_a_writer_that_died_between_passages_and_songs_leaves_what_was(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = passages(Store.open(place))

    def dies(*given: object, **more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("songkin.store.writer.Writer._commit", dies)
        with pytest.raises(KeyboardInterrupt):
            relabelled(place, row_of(1), row_of(2))
    with writing(place, dim=DIM):
        pass
    store = Store.open(place)
    assert texts(passages(store)).equals(texts(before))
    assert store.songs(store.keys(["s1"]))[0] is not None
    np.testing.assert_array_equal(store.keys(["s1", "s2"]), [1, 2])
