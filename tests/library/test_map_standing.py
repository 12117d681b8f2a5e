"""Whether a map is kept yet, what laying one out lacks, and whose exclusions it minds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from library_songs import LOAD, add, load_toys, song

from songkin.library import Library


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setattr(*LOAD, load_toys)
    add(tmp_path / "L", [song(n) for n in range(6)])
    return Library.open(tmp_path / "L")


def test_a_map_is_kept_once_it_was_asked_for(library: Library) -> None:
    assert not library.map_standing().kept
    library.map()
    assert library.map_standing().kept


def test_the_mark_changes_when_songs_are_filled_in_and_not_by_looking(library: Library) -> None:
    library.map()
    before = library.map_standing().mark
    library.map()
    assert library.map_standing().mark == before
    add(Path(library.store.tables.place), [song(7)])
    library.refresh()
    library.map()
    assert library.map_standing().mark != before


def test_what_is_missing_is_named_with_its_cure(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    assert library.map_standing().lacks.endswith("pip install 'songkin[map]'")


def test_a_map_leaves_out_what_its_user_excluded(library: Library) -> None:
    library.exclude("genre:folk", user="anna")
    assert len(library.map().ids) == 6
    assert len(library.map(user="anna").ids) == 3
