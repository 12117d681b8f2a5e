"""Vectors kept beside the songs: put, replaced, read back by song; damaged, locked, and after songs are gone."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from store_rows import DIM, row

import songkin.store.kept_vectors as module
from songkin.errors import LockedError, StoreError
from songkin.store import Store, writing
from songkin.store.kept_vectors import KeptVectors, kept_by_key
from songkin.store.tables import Tables


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with writing(tmp_path / "L", dim=DIM) as writer:
        writer.upsert([row(number) for number in range(3)])
    return tmp_path / "L"


def kept(place: Path, name: str = "space") -> KeptVectors:
    return KeptVectors(Tables.open(str(place)), name)


def put(place: Path, vectors: dict[str, list[float]], mark: str = "m/1", name: str = "space") -> None:
    with writing(place, dim=DIM) as writer:
        KeptVectors(writer.tables, name).put(list(vectors), [mark] * len(vectors), list(vectors.values()))


def read(place: Path, ids: list[str] | None = None, **more: str) -> dict[str, list[float]]:
    return {name: own.tolist() for name, own in kept(place).read(ids, **more).by_id().items()}


def ids_of(place: Path) -> list[str]:
    return list(Store.open(place).catalogue()[1].to_pylist())


def test_a_library_that_keeps_none_has_no_table(place: Path) -> None:
    assert read(place) == {}
    assert kept(place).read().vectors.shape == (0, 0)
    assert kept(place).count() == 0
    assert not (place / "space.lance").exists()
    assert len(kept_by_key(Store.open(place), "space").keys) == 0


def test_what_is_put_is_read_back_and_what_is_put_again_replaces_it(place: Path) -> None:
    put(place, {"a": [0.5, 0.25], "b": [1.0, 0.0]})
    put(place, {"b": [0.0, 1.0], "it's": [0.0, 0.0]}, "m/2")
    assert read(place) == {"a": [0.5, 0.25], "b": [0.0, 1.0], "it's": [0.0, 0.0]}
    found = kept(place).read()
    assert dict(zip(found.ids.to_pylist(), found.marks.to_pylist(), strict=True)) == {
        "a": "m/1",
        "b": "m/2",
        "it's": "m/2",
    }
    assert found.vectors.dtype == np.float16


def test_songs_are_asked_for_by_id_and_by_who_made_the_vector(place: Path) -> None:
    put(place, {"a": [0.5], "b": [1.0]}, "one/1")
    put(place, {"it's": [0.25]}, "two/1")
    assert read(place, ["it's", "a", "a", "none"]) == {"a": [0.5], "it's": [0.25]}
    assert read(place, made_by="two") == {"it's": [0.25]}
    assert read(place, ["a"], made_by="two") == {}
    assert read(place, []) == {}


def test_many_ids_give_what_few_give(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(place, {f"s{number}": [float(number)] for number in range(9)})
    asked = ["s3", "s7", "none"]
    few = read(place, asked)
    monkeypatch.setattr(module, "AT_ONCE", 2)
    assert read(place, asked) == few
    monkeypatch.setattr(module, "ALL_FROM", 1)
    assert read(place, asked) == few == {"s3": [3.0], "s7": [7.0]}


def test_two_kinds_do_not_meet_and_may_differ_in_length(place: Path) -> None:
    put(place, {"a": [0.5]})
    put(place, {"a": [0.25, 0.5, 0.75]}, name="sound")
    assert read(place) == {"a": [0.5]}
    assert kept(place, "sound").read().vectors.tolist() == [[0.25, 0.5, 0.75]]


def test_after_a_change_of_length_the_commonest_stays(place: Path) -> None:
    put(place, {"a": [0.5], "b": [0.5], "c": [0.5]})
    put(place, {"a": [0.5, 0.5], "b": [0.5, 0.5]})
    assert set(read(place)) == {"a", "b"}


def test_songs_that_are_gone_are_not_seen_and_go(place: Path) -> None:
    here = ids_of(place)
    put(place, {here[0]: [0.5], here[1]: [0.25], "gone": [1.0]})
    store = Store.open(place)
    by_key = kept_by_key(store, "space")
    assert set(by_key.keys.tolist()) == set(store.keys(here[:2]).tolist())
    assert kept(place).count() == 3
    assert kept(place).count(pa.array(here)) == 2
    with writing(place, dim=DIM) as writer:
        own = KeptVectors(writer.tables, "space")
        assert own.only(writer.known) == 1
        assert own.only(writer.known) == 0
        own.tidy()
    assert set(read(place)) == set(here[:2])


def test_vectors_by_key_come_in_the_order_asked_and_zeros_for_none(place: Path) -> None:
    here = ids_of(place)
    put(place, {here[2]: [0.5, 0.5], here[0]: [0.25, 0.0]})
    store = Store.open(place)
    keys = store.keys([here[2], here[1], here[0]])
    vectors, there = kept_by_key(store, "space").of(keys)
    assert vectors.tolist() == [[0.5, 0.5], [0.0, 0.0], [0.25, 0.0]]
    assert there.tolist() == [True, False, True]


def test_while_another_writes_nothing_is_put(place: Path) -> None:
    with writing(place, dim=DIM), pytest.raises(LockedError):
        put(place, {"a": [1.0]})
    assert read(place) == {}


def test_readers_see_what_is_put_while_they_are_open(place: Path) -> None:
    open_before = kept(place)
    put(place, {"a": [1.0]})
    assert open_before.read().by_id().keys() == {"a"}


def test_a_table_whose_versions_are_gone_is_damage_and_not_empty(place: Path) -> None:
    put(place, {"a": [1.0]})
    shutil.rmtree(place / "space.lance" / "_versions")
    with pytest.raises(StoreError, match=r"space\.lance: is damaged"):
        read(place)


def test_a_torn_table_is_told_with_the_cure(place: Path) -> None:
    put(place, {"a": [1.0]})
    for file in (place / "space.lance" / "data").iterdir():
        file.write_bytes(file.read_bytes()[:10])
    with pytest.raises(StoreError, match=r"delete that folder: its vectors can be made again"):
        read(place)


def test_a_table_that_was_deleted_is_made_anew(place: Path) -> None:
    put(place, {"a": [1.0]})
    shutil.rmtree(place / "space.lance")
    assert read(place) == {}
    put(place, {"b": [1.0]})
    assert set(read(place)) == {"b"}


def test_small_files_are_merged(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIDY_FROM", 4)
    for number in range(10):
        put(place, {f"s{number}": [1.0]})
    table = Tables.open(str(place)).beside("space")
    assert kept(place)._tables.run(table.stats())["fragment_stats"]["num_fragments"] < 6
    assert len(read(place)) == 10


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=8)
@given(
    some.lists(
        some.dictionaries(
            some.text(max_size=4).filter(lambda t: "\x00" not in t), some.floats(-1, 1, width=16), max_size=4
        ),
        max_size=4,
    )
)
def test_the_last_word_counts(tmp_path_factory: pytest.TempPathFactory, puts: list[dict[str, float]]) -> None:
    place = tmp_path_factory.mktemp("kept") / "L"
    expected: dict[str, list[float]] = {}
    with writing(place, dim=DIM) as writer:
        own = KeptVectors(writer.tables, "space")
        for given_now in puts:
            own.put(list(given_now), ["m/1"] * len(given_now), [[value] for value in given_now.values()])
            expected |= {name: [value] for name, value in given_now.items()}
    assert read(place) == expected
