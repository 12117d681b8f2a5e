"""Decisions of users: kept once, read back in order, dropped; safe with others deciding, writing and dying beside."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from store_rows import DIM, row

import songkin.store.state as state_module
from songkin.errors import StoreError
from songkin.store import Store, writing
from songkin.store.state import Decision, State
from songkin.store.tables import Tables

DECIDING = Path(__file__).with_name("store_deciding.py")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with writing(tmp_path / "L", dim=DIM) as writer:
        writer.upsert([row(0)])
    return tmp_path / "L"


def state(place: Path) -> State:
    return State(Tables.open(str(place)))


def names(place: Path) -> list[str]:
    return [row.name for row in state(place).read("exclusion")]


def deciding(place: Path, user: str, times: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(DECIDING), str(place), user, str(times)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_library_where_nothing_was_decided_has_no_table(place: Path) -> None:
    assert names(place) == []
    state(place).drop(Decision("", "exclusion", "x"))
    assert not (place / "state.lance").exists()


def test_decisions_are_read_back_oldest_first_and_each_once(place: Path) -> None:
    kept = state(place)
    assert kept.keep(Decision("", "exclusion", 'artist:"O\'Neil"', "{}"))
    assert kept.keep(Decision("anna", "exclusion", 'artist:"O\'Neil"'))
    assert not kept.keep(Decision("anna", "exclusion", 'artist:"O\'Neil"'))
    assert kept.keep(Decision("anna", "playlist", "morning"))
    found = kept.read("exclusion")
    assert [(row.user, row.name, row.value) for row in found] == [
        ("", 'artist:"O\'Neil"', "{}"),
        ("anna", 'artist:"O\'Neil"', ""),
    ]
    assert all(row.created_at.startswith("20") for row in found)


def test_only_the_decision_of_that_user_and_kind_is_dropped(place: Path) -> None:
    kept = state(place)
    for user, kind in (("", "exclusion"), ("it's", "exclusion"), ("it's", "playlist")):
        kept.keep(Decision(user, kind, "x"))
    kept.drop(Decision("it's", "exclusion", "x"))
    assert [row.user for row in kept.read("exclusion")] == [""]
    assert len(kept.read("playlist")) == 1


def test_versions_do_not_pile_up(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_module, "TIDY_FROM", 4)
    kept = state(place)
    for number in range(12):
        kept.keep(Decision("", "exclusion", str(number)))
    assert names(place) == [str(number) for number in range(12)]
    table = Tables.open(str(place)).beside("state")
    assert kept._tables.run(table.stats())["fragment_stats"]["num_fragments"] < 6


def test_two_processes_decide_at_once_while_a_third_adds_songs(place: Path) -> None:
    processes = [deciding(place, user, 12) for user in ("anna", "ben")]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    with writing(place, dim=DIM) as writer:
        for number in range(1, 5):
            writer.upsert([row(number)])
        writer.finish()
    said = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], [err for _, err in said]
    assert sorted(names(place)) == sorted(name for out, _ in said for name in out.split())
    assert len(names(place)) == 18
    assert Store.open(place).counts().songs == 5


def test_what_was_said_to_be_kept_survives_kill_9(place: Path) -> None:
    for round_ in range(2):
        process = deciding(place, f"u{round_}", 0)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("go\n")
        process.stdin.flush()
        said = [process.stdout.readline().strip() for _ in range(5)]
        process.kill()
        said += [line.strip() for line in process.stdout.readlines() if line.endswith("\n")]
        process.communicate()
        assert set(said) <= set(names(place))
        assert state(place).keep(Decision("after", "exclusion", f"{round_}"))


def test_a_table_whose_versions_are_gone_is_damage_and_not_empty(place: Path) -> None:
    state(place).keep(Decision("anna", "exclusion", "genre:jazz"))
    shutil.rmtree(place / "state.lance" / "_versions")
    with pytest.raises(StoreError, match=r"state\.lance: is damaged"):
        state(place).read("exclusion")


def test_a_decision_put_again_has_its_new_value_alone(place: Path) -> None:
    kept = state(place)
    for value in ("1", "2", "3"):
        kept.put(Decision("anna", "playlist", "morning's", value))
        kept.put(Decision("ben", "playlist", "morning's", f"ben's {value}"))
    found = [(row.user, row.value) for row in kept.read("playlist")]
    assert found == [("anna", "3"), ("ben", "ben's 3")]
    kept.drop(Decision("anna", "playlist", "morning's"))
    assert [row.user for row in kept.read("playlist")] == ["ben"]
