"""An older library is brought up to date step by step; a newer one is refused."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from lancedb.index import IvfRq
from store_rows import DIM, row, unit

from songkin.errors import LockedError, SchemaError, StoreError
from songkin.filters import FIELDS, Has, column
from songkin.store import Store, migrations, writing
from songkin.store.lock import writer_lock
from songkin.store.migrations import FIRST_FILTERS, MIGRATIONS, SCHEMA, migrate
from songkin.store.tables import Tables

NEXT = SCHEMA + 1
SONGS = 12


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with writing(tmp_path, dim=DIM) as writer:
        rows = [row(number) for number in range(SONGS)]
        rows[3] = replace(rows[3], song=replace(rows[3].song, title="Christmas Day - Live", tags={"christmas": 1.0}))
        writer.upsert(rows)
        writer.finish()
    return tmp_path


@pytest.fixture
def first(place: Path) -> Path:
    """The same library as a songkin of schema 1 left it."""
    make_first(place)
    return place


LATEST = ["sung_stems", "whole"]  # columns that came with schema 5


def make_first(place: Path) -> None:
    tables = Tables.open(str(place))
    new = [column(name) for name in FIELDS if column(name) not in FIRST_FILTERS]
    tables.run(tables.songs.drop_columns(["work", "passage_encoder", *LATEST, *new]))
    if new:
        tables.run(tables.passages.drop_columns(new))
    tables.tell("schema", "1")


def contents(place: Path) -> dict[str, list[dict[str, object]]]:
    """All rows of both tables, vectors included."""
    tables = Tables.open(str(place))
    both = {"songs": tables.songs, "passages": tables.passages}
    rows = {name: tables.run(table.query().to_arrow()).to_pylist() for name, table in both.items()}
    return {name: sorted(own, key=lambda one: (one["key"], one.get("part", 0))) for name, own in rows.items()}


def test_a_library_says_which_schema_it_was_written_with(place: Path) -> None:
    assert Store.open(place).facts()["schema"] == str(SCHEMA)
    assert set(MIGRATIONS) == set(range(2, SCHEMA + 1))


def test_a_library_of_a_newer_songkin_is_refused_with_the_cure(place: Path) -> None:
    with writing(place, dim=DIM) as writer:
        writer.tell("schema", str(NEXT))
        writer.tables.run(writer.tables.songs.drop_columns(["vector"]))
    for attempt in (lambda: Store.open(place), lambda: writing(place, dim=DIM).__enter__()):
        with pytest.raises(
            SchemaError, match=rf"made by a newer songkin \(schema {NEXT}.*pip install -U songkin"
        ) as told:
            attempt()
        assert "\n" not in str(told.value)
        assert str(place) in str(told.value)


def test_steps_run_in_order_and_go_on_where_a_kill_stopped_them(place: Path) -> None:
    tables = Tables.open(str(place))
    ran: list[int] = []

    def killed(tables: Tables) -> None:
        ran.append(NEXT + 1)
        raise KeyboardInterrupt

    steps = {NEXT: lambda tables: ran.append(NEXT), NEXT + 1: killed}
    with pytest.raises(KeyboardInterrupt):
        migrate(tables, steps=steps, to=NEXT + 3)
    assert tables.schema_number() == NEXT
    migrate(tables, steps={**steps, NEXT + 1: lambda tables: ran.append(NEXT + 1)}, to=NEXT + 3)
    assert ran == [NEXT, NEXT + 1, NEXT + 1]
    assert tables.schema_number() == NEXT + 3


def test_opening_an_older_library_brings_it_up_to_date(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def add_a_column(tables: Tables) -> None:
        tables.run(tables.songs.add_columns(pa.schema([pa.field("colour", pa.string())])))

    monkeypatch.setattr("songkin.store.tables.SCHEMA", NEXT)
    monkeypatch.setattr("songkin.store.migrations.SCHEMA", NEXT)
    monkeypatch.setattr(
        "songkin.store.tables.migrate", lambda tables: migrate(tables, steps={NEXT: add_a_column}, to=NEXT)
    )
    store = Store.open(place)
    assert store.facts()["schema"] == str(NEXT)
    assert store.lacking("colour") == SONGS
    assert Store.open(place).counts() == (SONGS, 2 * SONGS)


def test_an_older_library_in_another_writers_hands_is_left_alone(first: Path) -> None:
    with writer_lock(first), pytest.raises(LockedError):
        Store.open(first)
    tables = Tables._opened(str(first))
    assert "work" not in tables.run(tables.songs.schema()).names


def test_a_library_of_schema_1_gets_what_a_new_one_has(place: Path) -> None:
    wanted = contents(place)
    make_first(place)
    store = Store.open(place)
    assert store.facts()["schema"] == str(SCHEMA)
    assert contents(place) == wanted
    works = [f"title {number}" for number in range(SONGS)]
    assert store.read(["work"])["work"].to_pylist() == [*works[:3], "christmas day", *works[4:]]
    assert store.count(Has("season", ("christmas",)).sql()) == 1
    assert len(store.match("words", ["all"], where=Has("genre", ("Jazz",)), limit=SONGS).keys)


def test_the_step_is_safe_to_run_again_wherever_it_was_killed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = contents(place)
    make_first(place)
    monkeypatch.setattr(migrations, "SONGS_AT_ONCE", 5)
    fill = migrations._fill
    for allowed in (0, 1, 2):
        monkeypatch.setattr(migrations, "_fill", dying_after(allowed, fill))
        with pytest.raises(KeyboardInterrupt):
            Store.open(place)
        assert Tables._opened(str(place)).schema_number() == 1
    monkeypatch.setattr(migrations, "_fill", fill)
    assert Store.open(place).facts()["schema"] == str(SCHEMA)
    assert contents(place) == wanted


def dying_after(chunks: int, fill: Callable[..., None]) -> Callable[..., None]:
    left = iter(range(chunks))

    def dying(*args: object) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        fill(*args)

    return dying


@pytest.mark.parametrize("step", MIGRATIONS.values())
def test_running_a_step_twice_changes_nothing(first: Path, step: Callable[[Tables], None]) -> None:
    tables = Store.open(first).tables
    once = contents(first)
    step(tables)
    assert contents(first) == once


def test_from_schema_2_the_passages_were_read_by_what_read_their_song(place: Path) -> None:
    with writing(place, dim=DIM) as writer:
        writer.upsert([row(SONGS, vectors=False)])
    wanted = contents(place)
    tables = Tables.open(str(place))
    tables.run(tables.songs.drop_columns(["passage_encoder"]))
    tables.tell("schema", "2")
    assert contents(place) == wanted
    told = Store.open(place).read(["passage_encoder"])["passage_encoder"].to_pylist()
    assert told == ["toy"] * SONGS + [None]


def test_from_schema_3_vectors_are_indexed_anew_and_found_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(tmp_path, dim=DIM) as writer:
        writer.upsert([row(number) for number in range(400)])
        writer.finish()
    exact = Store.open(tmp_path).nearest("songs", unit(50), where=None, limit=20)
    tables = Tables.open(str(tmp_path))
    for table in (tables.songs, tables.passages):
        tables.run(table.create_index("vector", config=IvfRq(distance_type="cosine")))
    tables.tell("schema", "3")
    monkeypatch.setattr("songkin.store.indexes.EXACT_ROWS", 300)
    monkeypatch.setattr("songkin.store.view.EXACT_ROWS", 0)
    store = Store.open(tmp_path)
    told = [store.tables.run(table.index_stats("vector_idx")) for table in (store.tables.songs, store.tables.passages)]
    assert [(one.distance_type, one.num_indices) for one in told] == [("dot", 1), ("dot", 1)]
    found = store.nearest("songs", unit(50), where=None, limit=20)
    assert found.keys.tolist() == exact.keys.tolist()


@pytest.mark.parametrize("killed", [False, True])
def test_from_schema_4_songs_get_a_vector_as_wholes(place: Path, monkeypatch: pytest.MonkeyPatch, killed: bool) -> None:
    with writing(place, dim=DIM) as writer:
        writer.upsert([row(SONGS, vectors=False), row(SONGS + 1, passages=0)])
    wanted = contents(place)
    tables = Tables.open(str(place))
    tables.run(tables.songs.drop_columns(LATEST))
    tables.tell("schema", "4")
    monkeypatch.setattr(migrations, "SONGS_AT_ONCE", 3)
    monkeypatch.setattr(migrations, "WHOLES_AT_ONCE", 5)
    if killed:
        monkeypatch.setattr(migrations, "_update", dying_after(1, migrations._update))
        with pytest.raises(KeyboardInterrupt):
            Store.open(place)
        monkeypatch.undo()
    assert contents(place) == wanted
    assert Store.open(place).facts()["schema"] == str(SCHEMA)


def test_a_schema_4_library_without_vectors_of_one_size_is_left_to_its_next_writer(place: Path) -> None:
    tables = Tables.open(str(place))
    tables.run(tables.songs.drop_columns(LATEST))
    tables.run(tables.passages.drop_columns(["vector"]))
    tables.tell("schema", "4")
    assert Store.open(place).counts() == (SONGS, 2 * SONGS)
    with writing(place, dim=16) as writer:
        assert writer.tables.dim() == 16
        writer.upsert([row(1, dim=16)])
    assert len(Store.open(place).lyric_vectors().keys) == 1
    assert Store.open(place).song_stems().num_rows == SONGS


def test_an_empty_library_is_brought_up_to_date_as_well(tmp_path: Path) -> None:
    with writing(tmp_path, dim=DIM):
        pass
    make_first(tmp_path)
    assert Store.open(tmp_path).counts() == (0, 0)


def test_vectors_and_indexes_stay_as_they_were(first: Path) -> None:
    store = Store.open(first)
    found = store.match("about_stems", ["all"], where=None, limit=SONGS)
    assert len(found.keys) == SONGS
    rows = store.vectors_of("songs", found.keys)
    np.testing.assert_allclose([np.linalg.norm(own) for own in rows.values()], 1, atol=1e-3)
    told = store.tables.run(store.tables.songs.index_stats("about_stems_idx"))
    assert told.num_unindexed_rows == 0


def test_a_schema_1_library_that_must_not_be_written_to_is_refused_with_the_cure(
    first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path) -> None:
        raise StoreError(f"{folder}: cannot be written to (Read-only file system); check its owner and rights")

    monkeypatch.setattr("songkin.store.tables.writer_lock", refuse)
    with pytest.raises(StoreError, match=r"made by an older songkin, and cannot be written to; .*open a copy"):
        Store.open(first)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_of_this_schema_is_read_all_the_same(place: Path) -> None:
    place.chmod(0o500)
    try:
        assert Store.open(place).counts().songs == SONGS
    finally:
        place.chmod(0o700)
