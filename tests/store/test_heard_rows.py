"""What was measured in songs' sound, kept beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from songkin.store import Store, writing
from songkin.store.heard import HeardRow, HeardRows

ROWS = [HeardRow(id_, f"ear/{id_}", {"tempo_bpm": 120.0, "key": 0.0}) for id_ in ("a", "it's", "ä/1")]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with writing(tmp_path / "L", dim=1):
        pass
    return tmp_path / "L"


def read(place: Path) -> dict[str, HeardRow]:
    return HeardRows(Store.open(place).tables).read()


def test_nothing_was_ever_heard(place: Path) -> None:
    assert read(place) == {}
    with writing(place, dim=1) as writer:
        rows = HeardRows(writer.tables)
        rows.put([])
        rows.drop(["a"])
        rows.tidy(())
    assert read(place) == {}


def test_rows_come_back_and_later_ones_replace_them(place: Path) -> None:
    with writing(place, dim=1) as writer:
        HeardRows(writer.tables).put(ROWS)
        HeardRows(writer.tables).put([HeardRow("a", "ear/new", {})])
    assert read(place) == {row.id: row for row in ROWS} | {"a": HeardRow("a", "ear/new", {})}


def test_rows_are_dropped_by_id_whatever_is_in_it(place: Path) -> None:
    with writing(place, dim=1) as writer:
        HeardRows(writer.tables).put(ROWS)
        HeardRows(writer.tables).drop(["it's", "nobody"])
        assert read(place).keys() == {"a", "ä/1"}
        HeardRows(writer.tables).tidy({"ä/1"})
    assert read(place).keys() == {"ä/1"}


def test_a_feature_is_by_ear_where_the_song_carries_the_measured_value() -> None:
    row = HeardRow("a", "ear/1", {"tempo_bpm": 120.0, "energy": 0.5})
    assert row.by_ear({"tempo_bpm": 120.0, "energy": 0.6, "valence": 0.1}) == {"tempo_bpm"}
