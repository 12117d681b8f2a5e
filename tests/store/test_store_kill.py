"""kill -9 at any moment: the library opens afterwards with everything that was committed, and nothing by halves."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from store_rows import DIM, row, unit

from songkin.errors import LockedError
from songkin.filters import parse
from songkin.store import Store, writing

WRITER = Path(__file__).with_name("store_killed_writer.py")
State = dict[str, str]  # id -> digest


def after(state: State, step: dict[str, Any]) -> State:
    """What the library holds once a step is committed."""
    ids = [f"s{number}" for number in step["numbers"]]
    if step["kind"] == "remove":
        return {name: digest for name, digest in state.items() if name not in ids}
    return {**state, **dict.fromkeys(ids, step["digest"])}


def write_and_kill(place: Path, state: State, *, seed: int, finishing: bool) -> list[State]:
    """Let a writer work, kill it, and return what the library may hold: the last step is done or not."""
    chance = random.Random(seed)
    command = [sys.executable, str(WRITER), str(place), str(seed), *(["finishing"] if finishing else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(1 + chance.randrange(12))]
        time.sleep(chance.random() * 0.04)
        with pytest.raises(LockedError), writing(place, dim=DIM):
            pass
        process.kill()
        said += process.stdout.readlines()
    steps = [json.loads(line) for line in said if line.endswith("\n")]
    for step in steps:
        state = after(state, step) if step["word"] == "did" else state
    begun = [step for step in steps[-1:] if step["word"] == "will"]
    return [state, *(after(state, step) for step in begun)]


def held(store: Store) -> State:
    rows = store.read(["id", "digest"])
    return dict(zip(rows["id"].to_pylist(), rows["digest"].to_pylist(), strict=True))


def check_search(store: Store, state: State) -> None:
    """Every song is found by words and vectors, with its passages, and none that is gone."""
    ids = set(state)
    assert store.counts() == (len(ids), 2 * len(ids))
    where = parse("year:1990..1999")
    assert where is not None
    assert set(store.ids(store.match("words", ["all"], where=None, limit=500).keys)) == ids
    assert set(store.ids(store.match("title_words", ["title"], where=None, limit=500).keys)) == ids
    assert set(store.ids(store.nearest("passages", unit(1), where=None, limit=500).keys)) == ids
    among = {name for name in ids if (song := row(int(name[1:])).song).year and song.year <= 1999}
    assert set(store.ids(store.match("stems", ["all"], where=where, limit=500).keys)) == among
    assert len(store.passages(store.keys(sorted(ids)))) == 2 * len(ids)


def kill_often(place: Path, *, times: int, finishing: bool, first_seed: int = 0) -> None:
    state: State = {}
    for seed in range(first_seed, first_seed + times):
        possible = write_and_kill(place, state, seed=seed, finishing=finishing)
        store = Store.open(place)
        state = held(store)
        assert state in possible
        check_search(store, state)
    with writing(place, dim=DIM) as writer:
        assert set(writer.known) == set(state)
        assert writer.tables.run(writer.tables.passages.count_rows()) == 2 * len(state)
        writer.upsert([row(500)])
        writer.finish()
    check_search(Store.open(place), {**state, "s500": "d"})


def test_a_writer_killed_at_any_moment_loses_nothing_it_committed(tmp_path: Path) -> None:
    kill_often(tmp_path, times=3, finishing=False)


@pytest.mark.slow
@pytest.mark.parametrize("finishing", [False, True])
def test_forty_writers_killed_lose_nothing_they_committed(tmp_path: Path, finishing: bool) -> None:
    kill_often(tmp_path, times=40, finishing=finishing, first_seed=100)
