"""The writer's lock in an object store: one writer at a time, a dead one's ends, and a late one harms nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import obstore
import pytest
from store_rows import DIM, row

from bucket_server import client, names_in
from songkin.errors import LockedError
from songkin.store import Store, lease, writing
from songkin.store.bucket import Bucket
from songkin.store.lease import Lease, lease_name, leased
from songkin.store.lock import LOCK as FILE
from songkin.store.lock import deciding_lock, writer_lock
from songkin.store.place import place_of
from songkin.store.state import Decision, State

LOCK = lease_name(FILE)


def at(place: str) -> Bucket:
    found = place_of(place)
    assert isinstance(found, Bucket)
    return found


def left_by_the_dead(place: str, *, for_s: float) -> None:
    """Leave a lease that nobody renews."""
    told = {"holder": "far away, process 7, 0000", "for_s": for_s, "beats": 3}
    obstore.put(client(place), LOCK, json.dumps(told).encode())


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Lets a process sleep in no time: what is appended is added to its clock."""
    naps: list[float] = []
    now = lease._moment
    monkeypatch.setattr(lease, "_moment", lambda: now() + sum(naps))
    return naps


def test_of_two_writers_one_writes_and_the_other_is_told_who(bucket: str) -> None:
    with (
        writing(bucket, dim=DIM) as writer,
        pytest.raises(
            LockedError, match=rf"^{bucket}: another songkin is writing .*wait for it.* \(it is .*, process \d+, "
        ),
        writing(bucket, dim=DIM),
    ):
        raise AssertionError("two writers")
    with writing(bucket, dim=DIM) as writer:
        writer.upsert([row(1)])


def test_of_many_that_want_it_at_once_one_has_it(bucket: str) -> None:
    wanted = [Lease(at(bucket), LOCK) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(Lease.take, wanted))
    assert taken.count(True) == 1


def test_a_lease_is_given_back_also_where_the_writer_fails(bucket: str) -> None:
    with pytest.raises(ZeroDivisionError), writer_lock(bucket):
        raise ZeroDivisionError
    assert names_in(bucket) == []


def test_readers_and_deciders_go_on_while_somebody_writes(bucket: str) -> None:
    with writing(bucket, dim=DIM) as writer:
        writer.upsert([row(1)])
        store = Store.open(bucket)
        assert store.counts().songs == 1
        assert State(store.tables).keep(Decision("ann", "exclusion", "genre:jazz"))


def test_a_living_writer_is_heard_of(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "BEAT_S", 0.05)
    with writer_lock(bucket):
        first = obstore.head(client(bucket), LOCK)["e_tag"]
        until = time.monotonic() + 30
        while obstore.head(client(bucket), LOCK)["e_tag"] == first and time.monotonic() < until:
            time.sleep(0.05)
        assert obstore.head(client(bucket), LOCK)["e_tag"] != first
    assert names_in(bucket) == []


def test_a_dead_writers_lease_holds_to_its_end_and_no_longer(bucket: str) -> None:
    with writing(bucket, dim=DIM) as writer:
        writer.upsert([row(1)])
    left_by_the_dead(bucket, for_s=600)
    with (
        pytest.raises(LockedError, match=r"far away, process 7.* its lease ends within 30 seconds"),
        writer_lock(bucket),
    ):
        raise AssertionError("it was not over yet")
    left_by_the_dead(bucket, for_s=-60)
    with writing(bucket, dim=DIM) as writer:
        writer.upsert([row(2)])
    assert Store.open(bucket).counts().songs == 2
    assert LOCK not in names_in(bucket)


def test_a_clock_that_is_wrong_takes_nobody_for_dead(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with writer_lock(bucket):
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() + 86_400)
        with pytest.raises(LockedError), writer_lock(bucket):
            raise AssertionError("our clock was believed")


@pytest.mark.parametrize("torn", [b"", b"{", b"[1]", b'{"for_s": "long"}'])
def test_a_lease_that_says_nothing_holds_like_any_other(bucket: str, torn: bytes) -> None:
    obstore.put(client(bucket), LOCK, torn)
    with pytest.raises(LockedError, match="somebody"), writer_lock(bucket):
        raise AssertionError("it was taken for nobody's")


def test_of_two_that_take_over_from_the_dead_one_does(bucket: str) -> None:
    left_by_the_dead(bucket, for_s=-60)
    wanted = [Lease(at(bucket), LOCK) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(Lease.take, wanted))
    assert taken.count(True) == 1


def test_who_slept_too_long_writes_no_more(bucket: str, slept: list[float]) -> None:
    with writing(bucket, dim=DIM) as late:
        late.upsert([row(1)])
        left_by_the_dead(bucket, for_s=-60)  # as it looks to others after so long
        with writing(bucket, dim=DIM) as writer:
            writer.upsert([row(2)])
            slept.append(3600)
            with pytest.raises(LockedError, match=r"took the writing over.*what was committed is kept"):
                late.upsert([row(3)])
    store = Store.open(bucket)
    assert store.ids(store.keys(["s1", "s2", "s3"])) == ["s1", "s2", None]


def test_who_slept_and_was_not_replaced_goes_on(bucket: str, slept: list[float]) -> None:
    with writing(bucket, dim=DIM) as writer:
        writer.upsert([row(1)])
        slept.append(3600)
        writer.upsert([row(2)])
    assert Store.open(bucket).counts().songs == 2


def test_a_commit_that_comes_after_all_neither_shares_keys_nor_stays_double(bucket: str) -> None:
    with ExitStack() as stack:
        late = stack.enter_context(writing(bucket, dim=DIM))
        late.upsert([row(1)])
        left_by_the_dead(bucket, for_s=-60)
        with writing(bucket, dim=DIM) as writer:
            late.tables.guard = None  # it passed its check before it was frozen
            writer.upsert([row(2), row(3, digest="new")])
            late.upsert([row(3), row(4)])
    with writing(bucket, dim=DIM) as after:
        assert after.known["s3"].digest == "new"
    store = Store.open(bucket)
    keys, ids = store.catalogue()
    assert sorted(ids.to_pylist()) == ["s1", "s2", "s3", "s4"]
    assert len(set(keys.tolist())) == 4
    assert [len(store.passages([key])) for key in keys] == [2, 2, 2, 2]


def test_a_renewal_whose_answer_was_lost_is_no_loss_of_the_lease(bucket: str, slept: list[float]) -> None:
    with leased(at(bucket), LOCK, patience_s=0, otherwise="") as held:
        before = held._tag
        held._renew()
        held._tag = before  # the answer to that never came
        slept.append(3600)
        held.check()
        assert held._tag not in ("", before)


def test_a_lease_whose_making_was_answered_late_is_ours(bucket: str) -> None:
    mine = Lease(at(bucket), LOCK)
    assert mine.take()
    mine._tag = ""
    assert mine.take()


def test_who_decides_waits_for_the_other(bucket: str) -> None:
    order: list[str] = []
    inside = threading.Event()

    def first() -> None:
        with deciding_lock(bucket):
            inside.set()
            time.sleep(0.3)
            order.append("first")

    one = threading.Thread(target=first)
    one.start()
    assert inside.wait(30)
    with deciding_lock(bucket):
        order.append("second")
    one.join()
    assert order == ["first", "second"]


@pytest.mark.slow
def test_a_killed_writer_loses_nothing_it_committed_and_the_next_one_goes_on(bucket: str) -> None:
    script = Path(__file__).parent / "store_bucket_writer.py"
    for round_ in range(4):
        with subprocess.Popen([sys.executable, str(script), bucket, str(round_)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            said = [json.loads(process.stdout.readline()) for _ in range(2 + round_)]
            process.kill()
            said += [json.loads(line) for line in process.stdout]
        store = Store.open(bucket)
        there = set(store.catalogue()[1].to_pylist())
        assert {name for step in said for name in step["committed"]} <= there
        assert [len(store.passages([key])) for key in store.keys(sorted(there))] == [2] * len(there)
        time.sleep(4)  # its lease, of two seconds, and what stores round
    with writing(bucket, dim=DIM) as writer:
        writer.finish()
        known = writer.known
    store = Store.open(bucket)
    assert store.counts().passages == 2 * len(known) == 2 * store.counts().songs
