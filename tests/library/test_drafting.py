"""Adding through a crew: the same library as adding here, in rounds that are whole or not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from library_songs import LOAD, song, use

from songkin.errors import StoreError
from songkin.library import Added, Library
from songkin.library import adding as adding_module
from songkin.library.drafting import Crewed, Draft, Job, Task, Worker
from songkin.store import Store
from songkin.testing import ToyEncoder
from songkin.types import Song

lance = pytest.importorskip("lance", reason="pylance comes with songkin[scale]")


class Hand:
    """A crew of one: this process, which hands a draft back one task late, as a worker elsewhere does."""

    def __init__(self, *, dies_at: int = -1) -> None:
        self._worker: Worker | None = None
        self._waiting: list[Draft] = []
        self._left = dies_at

    def begin(self, job: Job) -> None:
        self._worker = Worker(job)
        if fault := self._worker.fault():
            raise StoreError(fault)

    def put(self, task: Task) -> list[Draft]:
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1
        done, self._waiting = self._waiting, [self._draft(task)]
        return done

    def _draft(self, task: Task) -> Draft:
        assert self._worker
        self._worker.draft(task)  # as where a worker dies after writing, and its task is done again
        return self._worker.draft(task)

    def rest(self) -> list[Draft]:
        done, self._waiting = self._waiting, []
        return done


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding_module, "CHUNK", 3)
    monkeypatch.setattr(*LOAD, use(ToyEncoder()))


def added(place: Path, songs: Sequence[Song], crew: Hand | None = None, **how: bool) -> Added:
    return Library.add(songs, place, crew=crew, **how)


def same(one: Path, other: Path) -> bool:
    here, there = Store.open(one), Store.open(other)
    columns = ["id", "record", "lyrics", "digest", "about", "about_stems", "encoder", "passage_encoder", "work"]
    told = here.read(columns).equals(there.read(columns)) and here.counts() == there.counts()
    vectors = all((here.exact(name).vectors == there.exact(name).vectors).all() for name in ("songs", "passages"))
    return told and vectors and here.passages(range(99)) == there.passages(range(99))


def test_a_crew_makes_the_library_that_one_process_makes(tmp_path: Path) -> None:
    songs = [song(n) for n in range(11)]
    assert added(tmp_path / "A", songs) == added(tmp_path / "B", songs, Hand())
    assert same(tmp_path / "A", tmp_path / "B")


def test_a_crew_replaces_songs_that_changed_and_fills_vectors_that_are_missing(tmp_path: Path) -> None:
    songs = [song(n) for n in range(11)]
    changed = [replace(one, title=f"Another {one.title}") if n % 2 else one for n, one in enumerate(songs)]
    for place, crew in (("A", None), ("B", Hand())):
        added(tmp_path / place, songs, crew, encode=False)
        done = added(tmp_path / place, [*changed, song(20)], crew)
        assert (done.read, done.added, done.changed, done.unchanged) == (12, 1, 5, 6)
        assert (done.encoded, done.waiting, done.filled) == (12, 6, 6)
    assert same(tmp_path / "A", tmp_path / "B")
    assert Store.open(tmp_path / "B").lacking("encoder") == 0


def test_features_that_come_late_get_their_columns(tmp_path: Path) -> None:
    songs = [
        replace(song(n), features={"valence": 0.1 * n} | ({"tempo_bpm": 90.0 + n} if n > 5 else {})) for n in range(9)
    ]
    added(tmp_path / "L", songs, Hand())
    store = Store.open(tmp_path / "L")
    assert store.lacking("f_tempo_bpm") == 6
    assert store.count("f_valence > 0.35") == 5


def test_a_round_that_is_not_committed_is_not_there_and_the_next_add_does_only_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Crewed.__init__, "__kwdefaults__", {"round_s": 0.0})
    songs = [song(n) for n in range(11)]
    with pytest.raises(KeyboardInterrupt):
        added(tmp_path / "L", songs, Hand(dies_at=3))
    assert Store.open(tmp_path / "L").count() == 9  # three rounds of three; the fourth task never came back
    done = added(tmp_path / "L", songs, Hand())
    assert (done.unchanged, done.added, done.encoded) == (9, 2, 2)


def test_what_nobody_committed_is_cleared_away_with_the_end_of_the_next_add(tmp_path: Path) -> None:
    added(tmp_path / "L", [song(n) for n in range(9)], Hand())  # which writes everything twice
    for name in ("songs", "passages"):
        table = lance.dataset(str(tmp_path / "L" / f"{name}.lance"))
        named = {file.path for version in table.versions() for file in files_of(table, version["version"])}
        assert {path.name for path in (tmp_path / "L" / f"{name}.lance" / "data").iterdir()} == named


def files_of(table: Any, version: int) -> list[Any]:
    return [file for fragment in table.checkout_version(version).get_fragments() for file in fragment.data_files()]


def test_a_worker_that_sees_another_library_says_so(tmp_path: Path) -> None:
    added(tmp_path / "L", [song(1)])
    worker = Worker(Job(str(tmp_path / "L"), 1, "another moment"))
    assert worker.fault() == f"finds another library at {tmp_path / 'L'}, or an older state of it"


def test_a_worker_with_another_songkin_or_encoder_says_so(tmp_path: Path) -> None:
    added(tmp_path / "L", [song(1)])
    crew = Hand()
    added(tmp_path / "L", [song(2)], crew)
    assert crew._worker
    job = crew._worker._job
    assert Worker(job._replace(mark="other")).fault() == "has another version of the encoder toy"
    assert Worker(job._replace(songkin="0.0")).fault().endswith("and this is songkin 0.0")
