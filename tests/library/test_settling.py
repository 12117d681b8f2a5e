"""A library that settled answers as it did before, with less work; it settles no longer than it is asked to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from library_songs import THEMES, add, song

from songkin.library import Library
from songkin.search.described import LAID_OUT
from songkin.store import Store
from songkin.testing import ToyEncoder

REQUESTS = (*(f"a song about a {theme}" for theme in THEMES), "songs like a paino", "twin", "bicycle or boat, not slow")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("settling") / "L"
    takes = [song(n, id=f"twin-{n}", title="Twin", artists=(f"Ann {n // 2}",)) for n in range(8)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
        add(place, [*(song(n) for n in range(16)), *takes])
        yield place


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every library be one whose descriptions are too many to be laid out at the first request."""
    monkeypatch.setattr("songkin.search.described.HELD_SONGS", 0)


def answers(library: Library) -> list[Any]:
    found = (library.search(request, k=5).hits for request in REQUESTS)
    return [[(hit.song.id, hit.score, hit.reasons, hit.versions) for hit in hits] for hits in found]


@pytest.mark.usefixtures("large")
def test_a_settled_library_answers_as_before(place: Path) -> None:
    often = Library.open(place)
    often.store.expect_many()  # texts in memory and in the index differ by .001, settled or not
    before = answers(often)
    library = Library.open(place)
    library.settle()
    assert answers(library) == before
    assert library.store.known(LAID_OUT), "the descriptions were laid out"
    assert not len(library._versions.undecided(1)), "all versions are told apart"


@pytest.mark.usefixtures("large")
def test_a_settled_library_reads_no_descriptions(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library.open(place)
    library.settle()
    monkeypatch.setattr(Store, "texts", lambda *_: pytest.fail("a description was read"))
    assert library.search(REQUESTS[0]).hits


def test_settling_ends_when_it_is_told_to(place: Path) -> None:
    library = Library.open(place)
    library.settle(lambda: False)
    assert len(library._versions.undecided(1)), "nothing was compared"


def test_a_library_that_grew_settles_anew(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(n) for n in range(4)])
    library = Library.open(tmp_path / "L")
    library.settle()
    add(tmp_path / "L", [song(9, id="new", title="The Bicycle Song 3", artists=("Artist 0",))])
    library.refresh()
    assert library.store.known(LAID_OUT) is None
    assert len(library._versions.undecided(9)) >= 1
    library.settle()
    assert not len(library._versions.undecided(9))


def test_a_library_without_vectors_or_songs_settles_too(tmp_path: Path) -> None:
    add(tmp_path / "bare", [song(1)], encode=False)
    Library.open(tmp_path / "bare").settle()
    add(tmp_path / "empty", [song(1)])
    Library.remove(["s1"], tmp_path / "empty")
    library = Library.open(tmp_path / "empty")
    library.settle()
    assert not library.search("rain").hits


def test_nothing_is_settled_in_a_library_that_is_too_large(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.library.settling.SETTLED_SONGS", 3)
    library = Library.open(place)
    library.settle()
    assert len(library._versions.undecided(1))
