"""The published retrieval: keywords, candidates by the full-text index, TF-IDF and vectors in one score."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from search_songs import Shelf, shelved

from songkin.errors import QueryError
from songkin.filters import Has
from songkin.search import KeywordNeighbours, Partition
from songkin.search.engine import Engine
from songkin.search.explain import Explain
from songkin.types import Lyrics, Query, Song

SONGS = (
    Song("seed", genres=("Rock",), lyrics=Lyrics("rain sun moon"), features={"energy": 0.5}),
    Song("a", genres=("Jazz",), lyrics=Lyrics("rain sun"), features={"energy": 0.7}),
    Song("b", genres=("Jazz",), lyrics=Lyrics("rain"), features={"energy": 0.9}),
    Song("c", genres=("Rock",), lyrics=Lyrics("rain sun moon glass"), features={"energy": 0.5}),
    Song("d", lyrics=Lyrics("glass stone"), features={"energy": 0.8}),
    Song("mute", description="rain sun moon", lyrics=Lyrics(instrumental=True)),
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelved(tmp_path_factory.mktemp("keywords") / "library", SONGS)


def way(shelf: Shelf, **more: Any) -> KeywordNeighbours:
    return KeywordNeighbours(shelf.store, shelf.meaning, **more)


def found(shelf: Shelf, query: Query, **more: Any) -> dict[str, float]:
    ranking = way(shelf, **more)(query)
    return dict(zip(shelf.store.ids(ranking.keys), ranking.scores.tolist(), strict=True))  # type: ignore[arg-type]


def rarity(having: int) -> float:
    return math.log(1 + (5 - having + 0.5) / (having + 0.5))  # five songs sing


def test_candidates_are_the_songs_that_sing_a_keyword_and_the_seed_is_none(shelf: Shelf) -> None:
    assert set(found(shelf, Query(like=("seed",)))) == {"a", "b", "c"}
    assert set(found(shelf, Query(like=("seed",)), telling=1, near=0)) == {"c"}  # moon is the rarest: seed and c


def test_tfidf_is_the_cosine_worked_out_by_hand(shelf: Shelf) -> None:
    rain, sun, moon = rarity(4), rarity(3), rarity(2)  # rain in seed a b c, sun in seed a c, moon in seed c
    length = math.sqrt(rain**2 + sun**2 + moon**2)
    own = found(shelf, Query(like=("seed",)), weight=0.0)
    assert own["b"] == pytest.approx(rain / length, abs=1e-5)
    assert own["a"] == pytest.approx((rain**2 + sun**2) / (length * math.hypot(rain, sun)), abs=1e-5)


def test_the_weight_blends_both_scores(shelf: Shelf) -> None:
    words, vectors, both = (found(shelf, Query(like=("seed",)), weight=weight) for weight in (0.0, 1.0, 0.25))
    assert vectors["b"] == pytest.approx(1 / math.sqrt(3), abs=1e-3)
    for name in ("a", "b", "c"):
        assert both[name] == pytest.approx(0.75 * words[name] + 0.25 * vectors[name], abs=1e-6)


def test_conditions_are_hard_as_for_clusters(shelf: Shelf) -> None:
    assert set(found(shelf, Query(like=("seed",), where=Has("genre", ("jazz",))))) == {"a", "b"}
    assert set(found(shelf, Query(like=("seed",), targets={"energy": 1.0}))) == {"a", "b"}  # c is equal, not more


def test_with_clusters_only_the_nearest_is_looked_in(shelf: Shelf) -> None:
    songs = shelf.store.lyric_vectors()
    labels = np.array([name in ("b", "d") for name in shelf.store.ids(songs.keys)], np.int32)
    means = np.stack([songs.vectors[labels == label].mean(0) for label in (0, 1)])
    part = Partition(songs.keys, labels, means)
    assert set(found(shelf, Query(like=("seed",)), partition=lambda: part)) == {"a", "c"}


def test_a_request_in_words_is_looked_for_by_its_words(shelf: Shelf) -> None:
    assert set(found(shelf, Query("some glass"))) == {"c", "d"}


def test_a_song_from_outside_brings_its_keywords(shelf: Shelf) -> None:
    verses = "\n\n".join(["glass glass stone glass\nstone glass stone"] * 3)
    assert set(found(shelf, Query(lyrics=verses, features={"energy": 0.1}))) == {"c", "d"}


def test_keywords_by_the_encoder_are_the_words_nearest_to_the_seed(shelf: Shelf) -> None:
    own = way(shelf, telling=0, near=2).keywords(Query(like=("c",)))
    assert len(own.stems) == 2
    assert set(own.stems) <= {"rain", "sun", "moon", "glass"}
    assert own.spelt["moon"] == "moon"


def test_the_reason_names_shared_keywords_and_both_scores(shelf: Shelf) -> None:
    engine = Engine(
        shelf.store, [], [], Explain(shelf.store, shelf.meaning), strategies={"keywords": lambda more: way(shelf)}
    )
    answer = engine.answer(Query(like=("seed",), strategy="keywords", k=1))
    (hit,) = answer.hits
    (reason,) = hit.reasons
    assert (hit.song.id, reason.channel, reason.line) == ("c", "keywords", "rain sun moon glass")
    assert reason.words.startswith("sings moon, sun, rain; TF-IDF 0.")
    assert "; distance 0.1" in reason.words
    assert "1 of 6 songs have no lyrics that are encoded, and take no part" in answer.notes
    few = engine.answer(Query(like=("seed",), strategy="keywords", where=Has("genre", ("jazz",)))).notes
    assert "2 of the 2 songs that sing a keyword meet the conditions: genre is jazz" in few


def test_a_seed_without_lyrics_is_an_error_with_the_cure(shelf: Shelf) -> None:
    with pytest.raises(QueryError, match="compares lyrics, and the seed has none"):
        way(shelf)(Query(like=("mute",), strategy="keywords"))


def test_words_that_nobody_sings_find_nothing(shelf: Shelf) -> None:
    assert found(shelf, Query("zebra")) == {}


def test_no_songs_give_no_hits(empty: Shelf) -> None:
    assert len(KeywordNeighbours(empty.store, empty.meaning)(Query("rain", strategy="keywords"))) == 0


def test_without_vectors_the_error_names_the_command_that_makes_them(tmp_path: Path) -> None:
    bare = shelved(tmp_path / "library", SONGS[:2], encode=False)
    with pytest.raises(QueryError, match="songkin add without --no-encode"):
        KeywordNeighbours(bare.store, None)(Query(like=("seed",), strategy="keywords"))
