"""A copy of a bucket's tables on this machine: read in place of the bucket, followed, shared, never ahead or torn."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import obstore
import pytest
from store_rows import DIM, row

from bucket_server import client, names_in
from songkin.errors import StoreError
from songkin.store import Store, writing
from songkin.store.bucket import Bucket
from songkin.store.state import Decision, State


@pytest.fixture
def copied(bucket: str, tmp_path: Path) -> str:
    """The address of a library of three songs that is to be read in a copy."""
    with writing(bucket, dim=DIM) as writer:
        writer.upsert([row(number) for number in range(3)])
    return f"{bucket}?cache={tmp_path / 'copies'}"


def pieces(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list that tells what is fetched from now on."""
    fetched: list[str] = []
    piece = Bucket.piece
    monkeypatch.setattr(Bucket, "piece", lambda at, name, *of: (fetched.append(name), piece(at, name, *of))[1])
    return fetched


def ids(store: Store) -> list[str]:
    return sorted(store.catalogue()[1].to_pylist())


def test_songs_and_passages_are_read_in_the_copy_and_the_bucket_is_asked_for_neither(
    copied: str, bucket: str, tmp_path: Path
) -> None:
    store = Store.open(copied)
    for name in [name for name in names_in(bucket) if name.startswith(("songs.lance/data", "passages.lance/data"))]:
        obstore.delete(client(bucket), name)
    assert ids(store) == ["s0", "s1", "s2"]
    assert len(store.passages([0, 1, 2])) == 6
    assert [path.name for path in (tmp_path / "copies").iterdir()] == [store.tables.at.name + path_mark(tmp_path)]


def path_mark(tmp_path: Path) -> str:
    return "-" + next((tmp_path / "copies").iterdir()).name.rpartition("-")[2]


def test_a_copy_follows_when_it_is_refreshed_and_fetches_only_what_is_new(
    copied: str, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(copied)
    with writing(bucket, dim=DIM) as writer:
        writer.remove(["s0"])
        writer.upsert([row(7), row(1, digest="e")])
    assert ids(store) == ["s0", "s1", "s2"]
    before, fetched = set(names_in(bucket)), pieces(monkeypatch)
    store.refresh()
    assert ids(store) == ["s1", "s2", "s7"]
    assert [len(store.passages([key])) for key in store.catalogue()[0]] == [2, 2, 2]
    assert fetched
    assert len(fetched) == len(set(fetched)) < len(before)
    again = len(fetched)
    store.refresh()
    Store.open(copied)
    assert len(fetched) == again, "what is there is not fetched again"


def test_who_looks_at_the_version_before_still_can(copied: str, bucket: str) -> None:
    old = Store.open(copied)
    with writing(bucket, dim=DIM) as writer:
        writer.remove(["s0"])
        writer.finish()
    assert ids(Store.open(copied)) == ["s1", "s2"]
    assert ids(old) == ["s0", "s1", "s2"]


def test_what_is_written_and_decided_goes_to_the_bucket(copied: str, bucket: str) -> None:
    with writing(copied, dim=DIM) as writer:
        writer.upsert([row(9)])
    State(Store.open(copied).tables).keep(Decision("ann", "exclusion", "genre:jazz"))
    assert ids(Store.open(bucket)) == ["s0", "s1", "s2", "s9"]
    assert [one.name for one in State(Store.open(bucket).tables).read("exclusion")] == ["genre:jazz"]


def test_many_may_share_a_copy(copied: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda _: len(ids(Store.open(copied))), range(12))) == [3] * 12


def test_a_copying_that_breaks_off_leaves_what_was_there_and_is_done_again(
    copied: str, bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store = Store.open(copied)
    with writing(bucket, dim=DIM) as writer:
        writer.upsert([row(7)])
    piece, left = Bucket.piece, [2]
    counting = threading.Lock()

    def breaking(at: Bucket, name: str, start: int, length: int) -> bytes:
        with counting:
            left[0] -= 1
            if left[0] < 0:
                raise StoreError("the connection to the store broke off")
        return piece(at, name, start, length)

    monkeypatch.setattr(Bucket, "piece", breaking)
    with pytest.raises(StoreError, match="broke off"):
        store.refresh()
    assert ids(store) == ["s0", "s1", "s2"]
    left[0] = 1000
    store.refresh()
    assert ids(store) == ["s0", "s1", "s2", "s7"]
    assert not [path for path in tmp_path.rglob(".*.lance.*") if path.is_file()]


def test_a_library_made_anew_leaves_nothing_of_the_one_before(copied: str, bucket: str, tmp_path: Path) -> None:
    Store.open(copied)
    for name in names_in(bucket):
        obstore.delete(client(bucket), name)
    with writing(bucket, dim=DIM) as writer:
        writer.upsert([row(8)])
    assert ids(Store.open(copied)) == ["s8"]
    assert len([path for path in next((tmp_path / "copies").iterdir()).iterdir() if path.is_dir()]) == 1


def test_a_copy_that_cannot_be_written_is_told_with_its_cure(bucket: str, tmp_path: Path) -> None:
    with writing(bucket, dim=DIM):
        pass
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=rf"^{bucket}: its copy at .*; free some space there, or leave cache= out"):
        Store.open(f"{bucket}?cache={tmp_path / 'file'}")


def test_a_note_of_what_was_copied_that_is_torn_is_written_anew(copied: str, tmp_path: Path) -> None:
    Store.open(copied)
    note = next((tmp_path / "copies").rglob("copied.json"))
    note.write_text("{")
    assert ids(Store.open(copied)) == ["s0", "s1", "s2"]
    assert note.read_text().endswith("}")
