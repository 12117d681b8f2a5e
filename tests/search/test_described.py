"""Songs found by their descriptions, in a small library and in one too large to be held."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from search_songs import Shelf

from songkin.filters import Has
from songkin.search import described
from songkin.search.described import Described
from songkin.search.terms import request_terms
from songkin.types import Where

POOL = 300
REQUESTS = ("melancholic acoustic guitar", "walking in the rain", "a synthesizer", "piano", "sort7 jazz", "nothing")


def found(shelf: Shelf, text: str, where: Where | None = None) -> Sequence[str | None]:
    matches = Described(shelf.store).find(text, request_terms(text), ("en",), where, POOL)
    assert (np.diff(matches.scores) <= 0).all()
    return shelf.store.ids(matches.keys)


def test_the_song_whose_descriptors_are_named_comes_first(shelf: Shelf) -> None:
    assert found(shelf, "melancholic acoustic guitar")[0] == "rain"


def test_a_typo_still_finds_a_descriptor(shelf: Shelf) -> None:
    assert found(shelf, "melancolic acoustc guittar")[0] == "rain"


def test_a_condition_holds(shelf: Shelf) -> None:
    assert set(found(shelf, "jazz sort7", Has("genre", ("folk",)))) <= {"rain", "storm"}


def test_a_library_without_descriptions_gives_nothing(empty: Shelf) -> None:
    assert found(empty, "rain") == []


@pytest.mark.parametrize("text", REQUESTS)
def test_a_large_library_answers_as_a_small_one(shelf: Shelf, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    small = found(shelf, text)
    monkeypatch.setattr(described, "HELD_SONGS", 0)
    shelf.store.refresh()
    monkeypatch.setattr(shelf.store, "sample", lambda column, limit: shelf.store.read([column])[column].to_pylist())
    large = found(shelf, text)
    assert large == [name for name in small if name in set(large)]
    assert large[:1] == small[:1]


def test_a_sample_of_descriptions_is_spread_over_the_library(shelf: Shelf) -> None:
    assert 5 <= len(shelf.store.sample("about_stems", 10)) <= 10
    assert len(shelf.store.sample("about_stems", 1000)) == shelf.store.count()
