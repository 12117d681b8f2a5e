"""How much of the disk a library needs and could do without; and that long writes keep it small, readers unharmed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from store_rows import DIM, row, unit

from songkin.store import Store, Writer, writing
from songkin.store.upkeep import AT_ONCE, Upkeep, upkeep

SONGS = 20


def disk_of(place: Path) -> Upkeep:
    measured = upkeep(place)
    assert measured is not None
    return measured


def on_disk(place: Path) -> int:
    return sum(path.stat().st_size for path in place.rglob("*") if path.is_file())


def fill(writer: Writer, digest: str = "d") -> None:
    for at in range(0, SONGS, 5):
        writer.upsert([row(number, digest=digest) for number in range(at, at + 5)])


def test_what_is_needed_and_what_is_not_add_up(tmp_path: Path) -> None:
    with writing(tmp_path, dim=DIM) as writer:
        fill(writer)
        fill(writer, "changed")
        writer.finish()
        before = disk_of(tmp_path)
        assert sum(before) == on_disk(tmp_path)
        assert before.spare > before.needed / 2
        writer.finish(kept=AT_ONCE)
    after = disk_of(tmp_path)
    assert sum(after) == on_disk(tmp_path)
    assert after.needed == pytest.approx(before.needed, rel=0.3)
    assert after.spare < before.spare / 3
    assert Store.open(tmp_path).counts() == (SONGS, 2 * SONGS)


def test_what_is_called_spare_can_go_without_harm(tmp_path: Path) -> None:
    """Whatever is not needed is taken away by hand, and every answer is the same."""
    from songkin.store import upkeep as measuring

    with writing(tmp_path, dim=DIM) as writer:
        fill(writer)
        fill(writer, "changed")
        writer.remove(["s3"])
        writer.finish()
    for table in tmp_path.glob("*.lance"):
        latest, said = measuring._latest(table / "_versions")
        for path, _ in list(measuring._files(table)):
            if not measuring._is_needed(path.parts[len(table.parts) :], latest, said):
                path.unlink()
    store = Store.open(tmp_path)
    assert store.counts() == (SONGS - 1, 2 * (SONGS - 1))
    assert len(store.match("words", ["all"], where=None, limit=50).keys) == SONGS - 1
    assert len(store.nearest("passages", unit(1), where=None, limit=50).keys) == SONGS - 1
    assert len(store.passages(store.keys(["s1"]))) == 2


@pytest.mark.parametrize(("slack", "is_too_much"), [(0.4, True), (0.6, False)])
def test_how_much_is_too_much_is_a_share_of_what_is_needed(slack: float, is_too_much: bool) -> None:
    assert Upkeep(1 << 30, 1 << 29).is_too_much(slack) == is_too_much
    assert not Upkeep(1000, 2000).is_too_much(slack)  # of a small library it does not matter


def test_a_long_write_does_not_let_the_folder_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same songs over and over: the folder stays within a few times what is needed, and a reader goes on."""
    monkeypatch.setattr("songkin.store.upkeep.LEAST", 0)
    monkeypatch.setattr("songkin.store.tables.KEPT_VERSIONS", timedelta(milliseconds=1))
    monkeypatch.setattr("songkin.store.writer.LOOKED_AFTER", 8)
    with writing(tmp_path, dim=DIM) as writer:
        fill(writer)
        writer.finish(kept=AT_ONCE)
        reader, first = Store.open(tmp_path), on_disk(tmp_path)
        most = 0
        for turn in range(12):
            fill(writer, f"turn {turn}")
            most = max(most, on_disk(tmp_path))
            assert len(reader.match("words", ["all"], where=None, limit=50).keys) == SONGS
        versions = len(list((tmp_path / "songs.lance" / "_versions").glob("*.manifest")))
    assert versions < 40  # of some hundred
    assert most < 8 * first


def test_a_bucket_is_not_measured() -> None:
    assert upkeep("s3://bucket/songs") is None


def test_an_empty_folder_needs_nothing(tmp_path: Path) -> None:
    assert disk_of(tmp_path) == (0, 0)
