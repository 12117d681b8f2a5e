"""An add of many songs cuts them in processes of its own, and the library is the same as if it had not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from library_songs import LOAD, add, song, use

from songkin.library import adding, ahead, importing
from songkin.store import Store
from songkin.testing import ToyEncoder
from songkin.types import Lyrics, Song

DYING = "import sys; sys.exit(3)"
SLEEPING = "import time; time.sleep(600)"


@pytest.fixture(autouse=True)
def _many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of three songs, of which the first five are few."""
    monkeypatch.setattr(*LOAD, use(ToyEncoder()))
    monkeypatch.setattr(adding, "CHUNK", 3)
    monkeypatch.setattr(ahead, "FEW", 5)
    monkeypatch.setattr(importing, "processes", lambda threads: 2)


def songs(count: int = 20) -> list[Song]:
    """Songs of several kinds: words in two languages, a bag, no words, half an emoji."""
    odd = {
        7: song(7, lyrics=None),
        8: song(8, lyrics=Lyrics(bag={"rain": 2, "train": 1})),
        9: song(9, lyrics=Lyrics("Unter dem Regen \ud83d\nDer Zug kam zu spät nach Haus", language="de")),
        10: song(10, language=None, lyrics=Lyrics("Nobody told me the harbour was closed\nI waited for hours in vain")),
    }
    return [odd.get(number) or song(number) for number in range(count)]


def rows(place: Path, table: str) -> pa.Table:
    """Return every row of a table, in the order of keys."""
    tables = Store.open(place).tables
    order = [("key", "ascending"), *([("part", "ascending")] if table == "passages" else [])]
    return tables.run(getattr(tables, table).query().to_arrow()).sort_by(order)


@pytest.mark.slow
@pytest.mark.parametrize("encode", [True, False])
def test_the_library_is_the_same_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encode: bool) -> None:
    monkeypatch.setattr(adding, "PLAIN_CHUNK", 3)
    assert add(tmp_path / "ahead", songs(), encode=encode).added == 20
    monkeypatch.setattr(importing, "processes", lambda threads: 1)
    add(tmp_path / "here", songs(), encode=encode)
    for table in ("songs", "passages"):
        assert rows(tmp_path / "ahead", table).equals(rows(tmp_path / "here", table))


def test_songs_that_a_process_dies_of_are_cut_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "WORKER", DYING)
    assert add(tmp_path / "L", songs()).added == 20
    assert Store.open(tmp_path / "L").counts().songs == 20


def test_few_songs_start_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_Cutter", None)
    assert add(tmp_path / "L", songs(5)).added == 5


def test_an_add_that_is_stopped_ends_its_processes_and_keeps_what_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "WORKER", SLEEPING)
    started: list[ahead._Cutter] = []

    class Noted(ahead._Cutter):
        def __init__(self) -> None:
            super().__init__()
            started.append(self)

    monkeypatch.setattr(ahead, "_Cutter", Noted)

    def stopped() -> Iterator[Song]:
        yield from songs(10)
        raise KeyboardInterrupt

    told: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        add(tmp_path / "L", stopped(), progress=lambda done: told.append(done.added))
    assert len(started) == 2
    assert all(cutter._process.poll() is not None for cutter in started)
    assert told[-1] == Store.open(tmp_path / "L").counts().songs == 3  # the rest was handed on, and is not counted


@pytest.mark.parametrize(("threads", "count"), [(1, 1), (2, 2), (64, 4)])
def test_as_many_processes_as_threads_are_allowed_up_to_four(threads: int, count: int) -> None:
    assert ahead.processes(threads) == count


def test_at_least_this_process_works() -> None:
    assert 1 <= ahead.processes(None) <= 4
