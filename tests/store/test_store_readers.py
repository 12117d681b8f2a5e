"""Readers are never blocked, see what was committed when they opened, and outlive the clean-up of their version."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from store_rows import DIM, row, unit

from songkin.filters import parse
from songkin.store import Store, Writer, writing
from songkin.store.migrations import SCHEMA


@pytest.fixture
def writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writer]:
    """A writer at work that keeps no old version."""
    monkeypatch.setattr("songkin.store.tables.KEPT_VERSIONS", timedelta(milliseconds=1))
    with writing(tmp_path, dim=DIM) as writer:
        writer.upsert([row(number) for number in range(20)])
        yield writer


def change_and_clean_up(writer: Writer) -> None:
    writer.upsert([row(number, digest="new", passages=1) for number in range(10)])
    writer.remove(["s19"])
    writer.finish()
    writer.upsert([row(100)])
    writer.finish()


def test_a_reader_sees_what_was_committed_when_it_opened_until_it_refreshes(tmp_path: Path, writer: Writer) -> None:
    store = Store.open(tmp_path)
    assert store.counts() == (20, 40)
    writer.upsert([row(number) for number in range(15, 30)])
    assert store.counts() == (20, 40)
    assert store.match("words", ["w25"], where=None, limit=5).keys.size == 0
    store.refresh()
    assert store.counts() == (30, 60)
    assert store.ids(store.match("words", ["w25"], where=None, limit=5).keys) == ["s25"]


@pytest.mark.parametrize("warm", [False, True])
def test_a_reader_whose_version_was_cleaned_away_gets_the_latest(tmp_path: Path, writer: Writer, warm: bool) -> None:
    store = Store.open(tmp_path)
    if warm:
        store.counts()
        store.nearest("passages", unit(1), where=None, limit=3)
    change_and_clean_up(writer)
    where = parse("year:1990..")
    for limit in (3, 50):
        found = store.match("words", ["all"], where=None, limit=limit).keys
        assert len(found) == min(limit, 20)
        assert None not in store.ids(found)
    assert len(store.nearest("passages", unit(1), where=where, limit=5).keys) == 5
    assert all(store.songs(store.keys(["s1", "s100"])))
    assert store.facts()["schema"] == str(SCHEMA)
    assert store.counts() == (20, 30)


def test_each_question_alone_survives_the_clean_up(tmp_path: Path, writer: Writer) -> None:
    where = parse("year:1990..")
    assert where is not None
    questions = {
        "counts": lambda store: store.counts(),
        "count": lambda store: store.count("w_year > 1990"),
        "facts": lambda store: store.facts(),
        "read": lambda store: store.read(["w_year"]),
        "keys": lambda store: store.keys(["s1"]),
        "match": lambda store: store.match("sounds", ["W15"], where=where, limit=3),
        "passages": lambda store: store.passages([1, 2]),
        "nearest": lambda store: store.nearest("songs", unit(1), where=where, limit=3),
        "common": lambda store: store.common("w_genre"),
    }
    stores = {name: Store.open(tmp_path) for name in questions}
    change_and_clean_up(writer)
    for name, ask in questions.items():
        ask(stores[name])


def test_readers_and_the_writer_work_at_the_same_time(tmp_path: Path, writer: Writer) -> None:
    failures: list[BaseException] = []
    ended = threading.Event()

    def read() -> None:
        store = Store.open(tmp_path)
        try:
            while not ended.is_set():
                found = store.match("words", ["all"], where=None, limit=100)
                assert len(found.keys) >= 20
                assert len(store.nearest("passages", unit(1), where=None, limit=30).keys) >= 20
                store.refresh()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in range(6):
        writer.upsert([row(number, digest=f"{turn}") for number in range(100 + turn, 110 + turn)])
        writer.finish()
    ended.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Store.open(tmp_path).counts() == (35, 70)


def test_tidying_up_keeps_the_folder_small(tmp_path: Path, writer: Writer) -> None:
    """Versions, a fact told often, and the files a killed writer left are gone after finish()."""
    debris = tmp_path / "songs.lance" / "data" / ("0" * 50 + ".lance")
    debris.write_bytes(bytes(1000))
    for turn in range(15):
        writer.tell("turn", str(turn))
        writer.upsert([row(turn, digest="new")])
    writer.finish()
    writer.finish()
    assert not debris.exists()
    assert len(list((tmp_path / "facts.lance" / "_versions").iterdir())) <= 2
    assert len(list((tmp_path / "songs.lance" / "data").iterdir())) <= 2
    assert Store.open(tmp_path).counts() == (20, 40)


def test_threads_that_share_a_store_never_mix_its_versions(
    tmp_path: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Columns held in memory stand row by row beside each other, while another thread refreshes the store."""
    monkeypatch.setattr("songkin.store.search.WARM_AFTER", 1)
    store = Store.open(tmp_path)
    failures: list[BaseException] = []
    ended = threading.Event()

    def ask() -> None:
        try:
            while not ended.is_set():
                found = store.candidates({"stems": ["all"], "sounds": ["AL"]}, where=None, limit=100)
                said = [words.split()[1] for words in found.words.to_pylist()]
                names = store.ids(found.keys)
                assert {
                    name for name, word in zip(names, said, strict=True) if name not in (None, f"s{word[1:]}")
                } == set()
                assert len(store.nearest("passages", unit(1), where=None, limit=30).keys) >= 20
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in range(8):
        writer.remove([f"s{turn}"])
        writer.upsert([row(turn, digest="new"), row(200 + turn)])
        store.refresh()
    ended.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.counts() == (28, 56)
    assert len(store.match("words", ["all"], where=None, limit=100).keys) == 28


def test_what_two_threads_derive_at_once_is_made_once(tmp_path: Path) -> None:
    with writing(tmp_path, dim=DIM) as writer:
        writer.upsert([row(0)])
    store = Store.open(tmp_path)
    made: list[int] = []
    at_once = threading.Barrier(2)

    def make() -> int:
        made.append(1)
        time.sleep(0.05)
        return len(made)

    def ask(_: int) -> int:
        at_once.wait(5)
        return store.kept("derived", make)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(ask, range(2))) == [1, 1]
