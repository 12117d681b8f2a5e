"""A library in an object store, served by a program of its own: what is written, seen, kept, and never half there."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import obstore
import pytest
from store_rows import DIM, row

from bucket_server import BUCKET, client, names_in
from songkin.errors import StoreError
from songkin.store import Store, writing
from songkin.store.bucket import Bucket
from songkin.store.bucket_check import tried
from songkin.store.place import Folder, place_of
from songkin.store.state import Decision, State


@pytest.fixture
def made(bucket: str) -> str:
    """A library of three songs."""
    with writing(bucket, dim=DIM) as writer:
        writer.upsert([row(number) for number in range(3)])
    return bucket


def place(bucket: str) -> Bucket:
    at = place_of(bucket)
    assert isinstance(at, Bucket)
    return at


def test_songs_are_written_found_changed_and_removed(made: str) -> None:
    store = Store.open(made)
    assert tuple(store.counts()) == (3, 6)
    assert [song.title if song else None for song in store.songs(store.keys(["s1", "s9"]))] == ["Title 1", None]
    with writing(made, dim=DIM) as writer:
        assert writer.remove(["s0"]) == 1
        writer.upsert([row(1, passages=1, digest="e"), row(7)])
        writer.finish()
    assert tuple(store.counts()) == (3, 6), "a reader sees what it opened until it looks again"
    store.refresh()
    assert tuple(store.counts()) == (3, 5)
    assert store.ids(store.keys(["s0", "s1", "s7"])) == [None, "s1", "s7"]


def test_where_nothing_is_no_library_is_found_and_none_is_made(bucket: str) -> None:
    assert not Store.exists(bucket)
    with pytest.raises(StoreError) as caught:
        Store.open(bucket)
    assert str(caught.value) == f"{bucket}: no library here; make one with: songkin add SONGS.csv -L {bucket}"
    assert names_in(bucket) == []


def test_a_library_whose_maker_was_killed_is_no_library_and_is_made_anew(bucket: str) -> None:
    with writing(bucket, dim=DIM):
        pass
    for name in names_in(bucket, "facts.lance/"):
        obstore.delete(client(bucket), name)
    with pytest.raises(StoreError, match="the library is not whole"):
        Store.open(bucket)
    with writing(bucket, dim=DIM) as writer:
        writer.upsert([row(1)])
    assert Store.open(bucket).counts().songs == 1


def test_files_that_nobody_committed_are_not_seen_and_are_left_to_who_may_yet_commit_them(made: str) -> None:
    data = next(name for name in names_in(made, "songs.lance/data/"))
    content = bytes(obstore.get(client(made), data).bytes())
    obstore.put(client(made), "songs.lance/data/half-written.lance", content[: len(content) // 2])
    assert Store.open(made).counts().songs == 3
    with writing(made, dim=DIM) as writer:
        writer.upsert([row(8)])
        writer.finish()
    assert Store.open(made).counts().songs == 4
    assert "songs.lance/data/half-written.lance" in names_in(made)


def test_a_torn_file_of_the_library_is_told_and_a_lost_one_too(made: str) -> None:
    data = next(name for name in names_in(made, "songs.lance/data/"))
    content = bytes(obstore.get(client(made), data).bytes())
    obstore.put(client(made), data, content[: len(content) // 2])
    with pytest.raises(StoreError, match=rf"{made}: the library's engine failed .*put a copy back"):
        Store.open(made).songs([0, 1, 2])
    obstore.delete(client(made), data)
    with pytest.raises(StoreError, match="put a copy back"):
        Store.open(made).songs([0, 1, 2])


def test_a_table_whose_versions_are_gone_is_damage_and_not_nothing(made: str) -> None:
    State(Store.open(made).tables).keep(Decision("", "exclusion", "genre:jazz"))
    for name in names_in(made, "state.lance/_versions/"):
        obstore.delete(client(made), name)
    with pytest.raises(StoreError, match=r"state.lance: is damaged \(its versions are gone\)"):
        State(Store.open(made).tables).read("exclusion")


def test_what_users_decide_is_kept_once(made: str) -> None:
    one, other = State(Store.open(made).tables), State(Store.open(made).tables)
    assert one.keep(Decision("ann", "exclusion", "genre:jazz"))
    assert not other.keep(Decision("ann", "exclusion", "genre:jazz"))
    other.put(Decision("ann", "playlist", "mix", "{}"))
    assert [decision.name for decision in one.read("playlist")] == ["mix"]
    one.drop(Decision("ann", "exclusion", "genre:jazz"))
    assert other.read("exclusion") == []


# -- small files beside the tables, and what changes with a commit: the same of a folder and of a bucket ---------------


@pytest.fixture(params=["folder", "bucket"])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    home = str(tmp_path / "L") if request.param == "folder" else request.getfixturevalue("bucket")
    with writing(home, dim=DIM) as writer:
        writer.upsert([row(1)])
    return place_of(home)


def test_small_files_are_kept_read_and_stamped(at: Folder | Bucket) -> None:
    with pytest.raises(FileNotFoundError):
        at.open("themes/3.npz")
    assert at.stamp("themes/3.npz") == ""
    at.keep("themes/3.npz", lambda file: np.savez(file, a=np.arange(3)))
    with at.open("themes/3.npz") as file, np.load(file) as arrays:
        assert arrays["a"].tolist() == [0, 1, 2]
    before = at.stamp("themes/3.npz")
    at.keep("themes/3.npz", lambda file: file.write(b"longer than before" * 99))
    assert at.stamp("themes/3.npz") not in ("", before)


def test_a_small_file_whose_writing_breaks_off_leaves_the_one_before(at: Folder | Bucket) -> None:
    def half(file: Any) -> None:
        file.write(b"ha")
        raise OSError("no more")

    at.keep("map.parquet", lambda file: file.write(b"whole"))
    with pytest.raises(OSError, match="no more"):
        at.keep("map.parquet", half)
    with at.open("map.parquet") as file:
        assert file.read() == b"whole"


def test_the_standing_changes_with_every_commit_and_tells_one_library_from_the_next(at: Folder | Bucket) -> None:
    before = at.standing()
    assert at.standing() == before
    assert {table[0] for table in before.tables} == {"songs", "passages", "facts"}
    with writing(at.address, dim=DIM) as writer:
        writer.upsert([row(2)])
    after = at.standing()
    assert after.who == before.who
    assert after.tables != before.tables
    assert at.name in ("L", "songs")
    assert abs(at.written_at() - time.time()) < 3600


def test_a_library_made_anew_in_the_place_of_another_is_another(bucket: str) -> None:
    def made_anew() -> Any:
        for name in names_in(bucket):
            obstore.delete(client(bucket), name)
        with writing(bucket, dim=DIM):
            return place_of(bucket).standing().who

    assert made_anew() != made_anew()


def test_a_folder_copied_into_a_bucket_is_a_library_there(bucket: str, tmp_path: Path) -> None:
    with writing(tmp_path / "L", dim=DIM) as writer:
        writer.upsert([row(1), row(2)])
    for path in (tmp_path / "L").rglob("*"):
        if path.is_file():
            obstore.put(client(bucket), path.relative_to(tmp_path / "L").as_posix(), path.read_bytes())
    store = Store.open(bucket)
    assert store.counts().songs == 2
    assert place_of(bucket).standing().who == ()
    with writing(bucket, dim=DIM) as writer:  # the file that was the folder's lock is none here
        writer.upsert([row(3)])


# -- the store itself --------------------------------------------------------------------------------------------------


def test_a_store_is_tried_and_nothing_of_it_is_left(bucket: str) -> None:
    assert 0 < tried(place(bucket)) < 30
    assert names_in(bucket) == []


def test_a_store_that_overwrites_what_it_should_not_is_refused(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heedless = place(bucket)
    put = heedless.put
    monkeypatch.setattr(heedless, "put", lambda name, content, over=None: put(name, content))
    with pytest.raises(
        StoreError, match="the store overwrites what it was told not to; use a store that takes If-None"
    ):
        tried(heedless)
    assert names_in(bucket) == []


def test_writing_over_another_tag_is_refused_and_nothing_is_overwritten(bucket: str) -> None:
    at = place(bucket)
    tag = at.put("one", b"1", over="")
    with pytest.raises(FileExistsError):
        at.put("one", b"2", over="")
    at.put("one", b"3", over=tag)
    with pytest.raises(FileExistsError):
        at.put("one", b"4", over=tag)
    seen = at.get("one")
    assert seen is not None
    assert seen.content == b"3"
    assert at.get("none") is None
    at.delete("none")


def test_the_address_may_hold_the_endpoint(made: str, bucket_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    whole = f"{made}?endpoint={bucket_server}&allow_http=true"
    assert Store.open(whole).counts().songs == 3
    with writing(whole, dim=DIM) as writer:
        writer.upsert([row(5)])
    assert Store.open(whole).counts().songs == 4


def test_nothing_is_written_on_this_machine(made: str, tmp_path: Path) -> None:
    assert made.startswith(f"s3://{BUCKET}/")
    assert [name for name in os.listdir() if "s3" in name] == []
    assert not list(tmp_path.rglob("*.lance"))
