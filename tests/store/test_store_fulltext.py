"""Exact full text in memory: BM25 by hand, and the same answers as the index."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from store_rows import DIM, row

from songkin.filters import parse
from songkin.store import Store, writing
from songkin.store.fulltext import WARM_AFTER, ExactText, best_rows


def test_bm25_is_what_the_formula_gives() -> None:
    text = ExactText(pa.array(["moon river moon", "river", ""]))
    idf = math.log(1 + (2 - 1 + 0.5) / (1 + 0.5))  # of two rows that say anything
    relative = 3 / 2  # three words against their mean of two
    by_hand = idf * 2 * 2.2 / (2 + 1.2 * (1 - 0.75 + 0.75 * relative))
    assert text.scores(["moon"]) == pytest.approx([by_hand, 0, 0])


def test_a_term_asked_for_twice_counts_once_and_an_unknown_one_not_at_all() -> None:
    text = ExactText(pa.array(["moon river", "river"]))
    assert text.scores(["moon", "moon", "sea"]).tolist() == text.scores(["moon"]).tolist()
    assert not text.scores([]).any()


@pytest.mark.parametrize("texts", [[], ["", ""], [None, "moon"]])
def test_empty_columns_and_missing_texts_are_no_fault(texts: list[str | None]) -> None:
    assert len(ExactText(pa.array(texts, pa.string())).scores(["moon"])) == len(texts)


def test_the_best_rows_come_best_first_and_rows_without_a_score_not_at_all() -> None:
    assert best_rows(np.array([0.0, 2.0, 3.0, 2.0]), 2).tolist() == [2, 1]
    assert best_rows(np.array([0.0, 2.0, 3.0, 2.0]), 9).tolist() == [2, 1, 3]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("fulltext") / "library"
    with writing(place, dim=DIM) as writer:
        writer.upsert([row(number) for number in range(60)])
        writer.upsert([row(number) for number in range(40, 90)])
        writer.finish()
    return place


@pytest.mark.parametrize("column", ["stems", "words", "about_stems", "title_words"])
@pytest.mark.parametrize("condition", [None, "genre:jazz", "-language:en year:1995.."])
def test_memory_answers_as_the_index_does(place: Path, column: str, condition: str | None) -> None:
    terms = ["n3", "w52", "title", "7", "p1"]
    where = parse(condition) if condition else None
    cold, warm = Store.open(place), Store.open(place)
    indexed = cold.match(column, terms, where=where, limit=20)
    for _ in range(WARM_AFTER + 1):
        held = warm.match(column, terms, where=where, limit=20)
    assert column in warm._held
    assert column not in cold._held
    assert len(held.keys) == len(indexed.keys)
    assert held.scores == pytest.approx(indexed.scores, rel=0.02)


def test_of_a_large_library_the_texts_of_songs_alone_are_held(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.store.view.EXACT_ROWS", 0)
    for most, held in ((1000, {"about_stems", "title_words"}), (0, set())):
        monkeypatch.setattr("songkin.store.view.HELD_SONGS", most)
        store = Store.open(place)
        for _ in range(WARM_AFTER + 1):
            for column in ("about_stems", "title_words", "words", "stems"):
                assert len(store.match(column, ["n3", "w52", "title", "jazz"], where=None, limit=20).keys)
        assert set(store._held) == held


def test_candidates_are_the_same_from_memory_and_from_the_index(place: Path) -> None:
    cold, warm = Store.open(place), Store.open(place)
    asked = {"words": ["w52", "p1"], "sounds": ["W7", "AL"]}
    indexed = cold.candidates(asked, where=None, limit=500)
    for _ in range(WARM_AFTER + 1):
        held = warm.candidates(asked, where=None, limit=500)
    assert list(zip(held.keys, held.parts, strict=True)) == list(zip(indexed.keys, indexed.parts, strict=True))
    assert held.words.to_pylist() == indexed.words.to_pylist()


def test_what_is_held_is_forgotten_when_the_library_changes(place: Path) -> None:
    store = Store.open(place)
    for _ in range(WARM_AFTER + 1):
        store.match("stems", ["n3"], where=None, limit=5)
    with writing(place, dim=DIM) as writer:
        writer.upsert([row(200, digest="new")])
    store.refresh()
    assert not store._held
    assert store.ids(store.match("words", ["w200"], where=None, limit=1).keys) == ["s200"]


def test_titles_come_with_their_words(place: Path) -> None:
    found = Store.open(place).match_titles(["title", "52"], where=None, limit=1)
    assert list(found.values()) == [(("title", "52"), ("artist",))]
