"""Items of beets as its plugin hands them over: what changed, what moved, what is gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from library_songs import add, song

from songkin.library import Library
from songkin.library.beets import Brought, bring

RECORDING = "c0a7f1d2-1111-4222-8333-0123456789ab"


def item(number: int, **more: Any) -> dict[str, Any]:
    own = {"id": number, "title": f"Song {number}", "artist": "Ada Moss", "path": f"/m/{number}.mp3".encode()}
    return {**own, "lyrics": f"the words of number {number}", **more}


def handed(*items: dict[str, Any], prune: bool = False) -> Brought:
    return bring(items, "L", prune=prune)


def titles() -> list[str]:
    store = Library.open("L").store
    return sorted(song.title for song in store.songs(store.catalogue()[0]) if song)


def test_items_arrive_once_and_then_only_what_changed() -> None:
    first = handed(item(1), item(2))
    assert (first.added.added, first.moved, first.gone, first.lost) == (2, 0, 0, [])
    again = handed(item(1), item(2, lyrics="other words now"))
    assert (again.added.read, again.added.changed, again.added.unchanged) == (2, 1, 1)


def test_an_item_that_moved_stays_one_song() -> None:
    handed(item(1), item(2))
    done = handed(item(1, path=b"/elsewhere/1.mp3"), item(2))
    assert (done.added.added, done.moved, done.gone) == (1, 1, 0)
    assert titles() == ["Song 1", "Song 2"]


def test_an_item_whose_recording_became_known_stays_one_song() -> None:
    handed(item(1))
    assert handed(item(1, mb_trackid=RECORDING)).moved == 1
    assert titles() == ["Song 1"]


def test_an_item_with_a_recording_moves_without_another_id() -> None:
    handed(item(1, mb_trackid=RECORDING))
    done = handed(item(1, mb_trackid=RECORDING, path=b"/elsewhere/1.mp3"))
    assert (done.added.changed, done.moved) == (1, 0)
    [moved] = Library.open("L").store.songs(Library.open("L").store.catalogue()[0])
    assert moved
    assert moved.audio == Path("/elsewhere/1.mp3")


def test_a_song_whose_item_is_gone_stays_until_it_is_pruned() -> None:
    handed(item(1), item(2))
    assert handed(item(1)).gone == 1
    assert titles() == ["Song 1", "Song 2"]
    assert handed(item(1), prune=True).gone == 1
    assert titles() == ["Song 1"]


def test_songs_from_elsewhere_are_left_alone() -> None:
    add(Path("L"), [song(1)])
    handed(item(1), prune=True)
    handed(item(2), prune=True)
    assert titles() == ["Song 2", "The Train Song 1"]


def test_no_items_take_nothing_out_and_make_no_library() -> None:
    assert handed().added.read == 0
    assert not Path("L").exists()
    handed(item(1))
    assert handed(prune=True).gone == 0
    assert titles() == ["Song 1"]


def test_an_item_that_says_little_arrives_and_what_means_nothing_is_told() -> None:
    done = handed(item(1), {"id": 2}, item(3, year="long ago"))
    assert (done.added.added, len(done.kept)) == (3, 1)
    assert done.kept[0].startswith("beets:3: ")
