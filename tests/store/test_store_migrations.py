"""An older library is brought up to date step by step; a newer one is refused."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from store_rows import DIM, row

from songkin.errors import LockedError, SchemaError
from songkin.store import Store, writing
from songkin.store.migrations import MIGRATIONS, SCHEMA, migrate
from songkin.store.tables import Tables


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with writing(tmp_path, dim=DIM) as writer:
        writer.upsert([row(1)])
    return tmp_path


def test_a_library_says_which_schema_it_was_written_with(place: Path) -> None:
    assert Store.open(place).facts()["schema"] == str(SCHEMA)
    assert set(MIGRATIONS) <= set(range(2, SCHEMA + 1))


def test_a_library_of_a_newer_songkin_is_refused_with_the_cure(place: Path) -> None:
    with writing(place, dim=DIM) as writer:
        writer.tell("schema", str(SCHEMA + 1))
        writer.tables.run(writer.tables.songs.drop_columns(["vector"]))
    for attempt in (lambda: Store.open(place), lambda: writing(place, dim=DIM).__enter__()):
        with pytest.raises(SchemaError, match=r"made by a newer songkin \(schema 2.*pip install -U songkin") as told:
            attempt()
        assert "\n" not in str(told.value)
        assert str(place) in str(told.value)


def test_steps_run_in_order_and_go_on_where_a_kill_stopped_them(place: Path) -> None:
    tables = Tables.open(str(place))
    ran: list[int] = []

    def killed(tables: Tables) -> None:
        ran.append(3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(tables, steps={2: lambda tables: ran.append(2), 3: killed}, to=5)
    assert tables.schema_number() == 2
    migrate(tables, steps={2: lambda tables: ran.append(2), 3: lambda tables: ran.append(3)}, to=5)
    assert ran == [2, 3, 3]
    assert tables.schema_number() == 5


def test_opening_an_older_library_brings_it_up_to_date(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def add_a_column(tables: Tables) -> None:
        tables.run(tables.songs.add_columns(pa.schema([pa.field("colour", pa.string())])))

    monkeypatch.setattr("songkin.store.tables.SCHEMA", 2)
    monkeypatch.setattr("songkin.store.migrations.SCHEMA", 2)
    monkeypatch.setattr("songkin.store.tables.migrate", lambda tables: migrate(tables, steps={2: add_a_column}, to=2))
    store = Store.open(place)
    assert store.facts()["schema"] == "2"
    assert store.lacking("colour") == 1
    assert Store.open(place).counts() == (1, 2)


def test_an_older_library_in_another_writers_hands_is_left_alone(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing(place, dim=DIM):
        monkeypatch.setattr("songkin.store.tables.SCHEMA", 2)
        with pytest.raises(LockedError):
            Store.open(place)
    monkeypatch.undo()
    assert Store.open(place).facts()["schema"] == "1"
