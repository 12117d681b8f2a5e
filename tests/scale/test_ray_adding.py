"""Adding through a real Ray on this machine: the same library, also where a worker or the driver is killed."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from command_line import outside, started
from ray_command import ENDED_S, below, first_worker, made_songs, waited

from songkin.datasets import demo
from songkin.library import Library, Reading
from songkin.store import Store

pytest.importorskip("ray", reason="Ray comes with songkin[scale]")
pytest.importorskip("lance", reason="pylance comes with songkin[scale]")

SONGS = 2000
FEW = 400  # enough to be killed in the middle of
PATIENCE_S = 600
NEAR = 1e-5


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_songs(tmp_path_factory.mktemp("made") / "songs.jsonl", SONGS)


@pytest.fixture(scope="module")
def alone(catalogue: Path) -> Path:
    """The library that one process makes of the demo songs and of the made ones."""
    place = catalogue.parent / "alone"
    Library.add(Reading.of([demo.path(), catalogue]), place)
    return place


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_songs(tmp_path_factory.mktemp("few") / "songs.jsonl", FEW)


@pytest.fixture(scope="module")
def few_alone(few: Path) -> Path:
    Library.add(Reading.of([few]), few.parent / "alone")
    return few.parent / "alone"


def counts(out: str) -> dict[str, int]:
    return {name: count for name, count in json.loads(out).items() if name in ("read", "added", "unchanged", "lost")}


def assert_same(one: Path, other: Path) -> None:
    """The songs, their passages and vectors, and what is found for requests and lines."""
    here, there = Store.open(one), Store.open(other)
    order = [np.argsort(np.array(store.read(["id"])["id"].to_pylist())) for store in (here, there)]
    for columns in (["id", "digest", "about", "passages"],):
        tables = [store.read(columns).take(at).drop(["key"]) for store, at in zip((here, there), order, strict=True)]
        assert tables[0].equals(tables[1])
    for table in ("songs", "passages"):
        vectors = [by_id(store, table) for store in (here, there)]
        assert vectors[0].keys() == vectors[1].keys()
        assert max(np.abs(vectors[0][name] - vectors[1][name]).max() for name in vectors[0]) <= NEAR
    asked = ("sad piano songs about rain", "driving at night", "a cheerful party")
    for library in (Library.open(one),):
        others = Library.open(other)
        for text in asked:
            assert found(library, text) == found(others, text)
            assert found(library, text, lines=True) == found(others, text, lines=True)


def by_id(store: Store, table: str) -> dict[str, np.ndarray]:
    keys, ids = store.catalogue()
    named = dict(zip(keys.tolist(), ids.to_pylist(), strict=True))
    return {named[key]: rows for key, rows in store.vectors_of(table, keys).items()}


def found(library: Library, text: str, *, lines: bool = False) -> list[tuple[str, float]]:
    answer = library.line(text) if lines else library.search(text)
    return [(hit.song.id, round(hit.score, 4)) for hit in answer.hits]


@pytest.fixture
def ended() -> Iterator[list[psutil.Process]]:
    """What was started in a test, all of which must have ended with it."""
    seen: list[psutil.Process] = []
    yield seen
    assert waited(lambda: not [one for one in seen if one.is_running()], ENDED_S)


@pytest.mark.slow
def test_two_workers_make_the_library_that_one_process_makes(catalogue: Path, alone: Path, tmp_path: Path) -> None:
    process = started("add", demo.path(), catalogue, "-L", tmp_path / "L", "--workers", "2", "--json")
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (0, "")
    assert counts(out)["added"] == Store.open(alone).count()
    assert_same(alone, tmp_path / "L")


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_nothing(
    few: Path, few_alone: Path, tmp_path: Path, ended: list[psutil.Process]
) -> None:
    process = started("add", few, "-L", tmp_path / "L", "--workers", "2", "--json")
    own = psutil.Process(process.pid)
    assert waited(lambda: first_worker(own) is not None or process.poll() is not None, PATIENCE_S)
    ended += below(own)
    victim = first_worker(own)
    assert victim
    victim.kill()
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (0, "")
    assert counts(out)["added"] == FEW
    assert_same(few_alone, tmp_path / "L")


@pytest.mark.slow
def test_a_driver_that_is_killed_leaves_no_process_and_the_same_command_goes_on(
    few: Path, few_alone: Path, tmp_path: Path, ended: list[psutil.Process]
) -> None:
    process = started("add", few, "-L", tmp_path / "L", "--workers", "2", "--json")
    own = psutil.Process(process.pid)
    assert waited(lambda: first_worker(own) is not None or process.poll() is not None, PATIENCE_S)
    ended += below(own)
    process.kill()
    process.communicate()
    before = Store.open(tmp_path / "L").count()
    again = started("add", few, "-L", tmp_path / "L", "--workers", "2", "--json")
    out, err = again.communicate(timeout=PATIENCE_S)
    assert (again.returncode, err) == (0, "")
    assert counts(out)["unchanged"] == before
    assert_same(few_alone, tmp_path / "L")


@pytest.mark.slow
def test_an_address_where_nothing_answers_fails_in_one_line_soon(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "songs.csv").write_text("title,lyrics\nOne,la la\n")
    said = outside("add", tmp_path / "songs.csv", "-L", tmp_path / "L", "--on", f"ray://127.0.0.1:{port}")
    assert said.code == 1
    assert re.search(r"no Ray answers there \(.*\); start one there with: ray start --head", said.err)
    assert not (tmp_path / "L").exists()
