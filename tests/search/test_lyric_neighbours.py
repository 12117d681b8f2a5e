"""The published recommender: nearest cluster, hard conditions against the seed's values, cosine distance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from search_songs import Shelf, shelved

from songkin.errors import QueryError
from songkin.filters import Between, Has
from songkin.search import LyricNeighbours, Partition
from songkin.search.clusters import MEASURES
from songkin.search.engine import Engine
from songkin.search.explain import Explain
from songkin.types import Lyrics, Query, Song

SONGS = (  # cosines to "seed" (rain sun moon): a 2/√6, b 1/√3, c 3/√12, d and e 0
    Song("seed", year=1990, genres=("Rock",), lyrics=Lyrics("rain sun moon"), features={"energy": 0.5, "valence": 0.5}),
    Song("a", year=1995, genres=("Jazz",), lyrics=Lyrics("rain sun"), features={"energy": 0.7, "valence": 0.5}),
    Song("b", year=1980, genres=("Jazz",), lyrics=Lyrics("rain"), features={"energy": 0.9, "valence": 0.2}),
    Song("c", year=1990, genres=("Rock",), lyrics=Lyrics("rain sun moon glass"), features={"energy": 0.5}),
    Song("d", year=2000, lyrics=Lyrics("glass stone"), features={"energy": 0.8, "valence": 0.9}),
    Song("e", year=2000, lyrics=Lyrics("glass stone river"), features={"valence": 0.9}),
    Song("mute", description="rain sun moon", lyrics=Lyrics(instrumental=True), features={"energy": 0.9}),
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelved(tmp_path_factory.mktemp("neighbours") / "library", SONGS)


def engine(shelf: Shelf) -> Engine:
    """An engine with both ways: among all, and with the weather in one cluster and the stones in another."""

    def clustered(more: str) -> LyricNeighbours:
        return LyricNeighbours(shelf.store, shelf.meaning, lambda: halves(shelf))

    ways: dict[str, Callable[[str], Any]] = {
        "clusters": clustered,
        "cosine": lambda more: LyricNeighbours(shelf.store, shelf.meaning, None),
    }
    stages = [shelf.engine._stages[0], shelf.engine._stages[2]]  # Others, Tilt
    return Engine(shelf.store, [], stages, Explain(shelf.store, shelf.meaning), strategies=ways)


def halves(shelf: Shelf) -> Partition:
    songs = shelf.store.lyric_vectors()
    labels = np.array([name in ("d", "e") for name in shelf.store.ids(songs.keys)], np.int32)
    means = np.stack([songs.vectors[labels == label].mean(0) for label in (0, 1)])
    return Partition(songs.keys, labels, means, "drawn by hand")


def found(shelf: Shelf, **more: Any) -> list[str]:
    return [
        hit.song.id for hit in engine(shelf).answer(Query(**{"like": ("seed",), "strategy": "clusters"} | more)).hits
    ]


def test_songs_come_by_the_cosine_of_their_lyrics(shelf: Shelf) -> None:
    answer = engine(shelf).answer(Query(like=("seed",), strategy="cosine"))
    scores = {hit.song.id: hit.score for hit in answer.hits}
    assert list(scores)[:3] == ["c", "a", "b"]
    assert scores["c"] == pytest.approx(3 / np.sqrt(12), abs=1e-3)
    assert scores["a"] == pytest.approx(2 / np.sqrt(6), abs=1e-3)
    assert set(scores) == {"a", "b", "c", "d", "e"}


def test_only_the_cluster_with_the_nearest_centroid_is_looked_at(shelf: Shelf) -> None:
    assert found(shelf) == ["c", "a", "b"]
    assert found(shelf, like=("e",)) == ["d"]


def test_conditions_are_strictly_beyond_the_seeds_own_value(shelf: Shelf) -> None:
    assert found(shelf, targets={"energy": 1.0}) == ["a", "b"]  # c is equal, and equal is not more
    assert found(shelf, targets={"energy": 1.0, "valence": -1.0}) == ["b"]
    assert found(shelf, targets={"energy": -1.0}) == []


def test_a_song_that_lacks_the_feature_does_not_meet_the_condition(shelf: Shelf) -> None:
    assert "c" not in found(shelf, targets={"valence": -1.0}, strategy="cosine")


@pytest.mark.parametrize(("wish", "names"), [(1.0, ["a"]), (-1.0, ["b"])])
def test_the_year_may_be_a_condition_too(shelf: Shelf, wish: float, names: list[str]) -> None:
    assert "year" in MEASURES
    assert found(shelf, targets={"year": wish}) == names


def test_the_filter_stays_hard(shelf: Shelf) -> None:
    assert found(shelf, where=Has("genre", ("jazz",))) == ["a", "b"]
    assert found(shelf, where=Has("genre", ("jazz",)), targets={"valence": -1.0}) == ["b"]


def test_reasons_name_the_cluster_the_distance_each_condition_and_the_line(shelf: Shelf) -> None:
    hit = engine(shelf).answer(Query(like=("seed",), strategy="clusters", targets={"energy": 1.0})).hits[0]
    (reason,) = hit.reasons
    assert reason.channel == "clusters"
    assert reason.share == 1.0
    assert reason.words == "cluster 1 of 2 (4 songs); distance 0.184; energy 0.7 > 0.5"
    assert reason.line == "rain sun"


def test_notes_say_who_took_no_part_and_how_few_met_the_conditions(shelf: Shelf) -> None:
    asked = Query(like=("seed",), strategy="clusters", targets={"energy": 1.0}, where=Has("genre", ("jazz",)))
    said = engine(shelf).answer(asked).notes
    assert "1 of 7 songs have no lyrics that are encoded, and take no part" in said
    assert "drawn by hand" in said
    assert "2 of the 4 songs of cluster 1 of 2 (4 songs) meet the conditions: genre is jazz, energy > 0.5" in said


def test_a_text_is_a_seed_and_more_starts_at_the_median(shelf: Shelf) -> None:
    asked = Query("glass stone", strategy="clusters", targets={"energy": 1.0})  # energies .5 .5 .7 .8 .9 .9: median .75
    assert [hit.song.id for hit in engine(shelf).answer(asked).hits] == ["d"]


def test_a_song_from_outside_is_a_seed_and_brings_its_own_values(shelf: Shelf) -> None:
    asked = Query(lyrics="rain sun", features={"energy": 0.8}, strategy="clusters", targets={"energy": 1.0})
    hit = engine(shelf).answer(asked).hits[0]
    assert hit.song.id == "b"
    assert "energy 0.9 > 0.8" in hit.reasons[0].words


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Query(like=("c",), targets={"valence": 1.0}), "the seed has no valence to compare with; say it with --where"),
        (Query(lyrics="rain", features={"energy": 0.5}, targets={"valence": 1.0}), "--features valence="),
        (Query(like=("mute",)), "compares lyrics, and the seed has none"),
        (Query(features={"energy": 0.5}), "compares lyrics, and the seed has none"),
        (Query(like=("seed",), targets={"tempo": 1.0}), "no song here has a feature called 'tempo'"),
        (Query(like=("seed",), channels=("words",)), "no channel is called 'words'"),
        (Query(like=("seed",), part="description"), "leave out --channels, --weights and --in description"),
    ],
)
def test_what_cannot_be_met_is_an_error_with_the_cure(shelf: Shelf, asked: Query, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        engine(shelf).answer(Query.of(asked, strategy="clusters"))


def test_an_unknown_strategy_is_an_error_that_names_the_known(shelf: Shelf) -> None:
    with pytest.raises(QueryError, match="no strategy is called 'cluster'; did you mean 'clusters'"):
        engine(shelf).run(Query(like=("seed",), strategy="cluster"))
    with pytest.raises(QueryError, match="there are clusters, cosine"):
        engine(shelf).run(Query(like=("seed",), strategy="magic"))


def test_without_vectors_the_error_names_the_command_that_makes_them(tmp_path: Path) -> None:
    bare = shelved(tmp_path / "library", SONGS[:2], encode=False)
    with pytest.raises(QueryError, match="songkin add without --no-encode"):
        LyricNeighbours(bare.store, None, None)(Query(like=("seed",), strategy="cosine"))


def test_no_songs_give_no_hits(empty: Shelf) -> None:
    ranking = LyricNeighbours(empty.store, empty.meaning, None)(Query("rain", strategy="cosine"))
    assert len(ranking) == 0


def test_every_hit_meets_the_filter(shelf: Shelf) -> None:
    asked = Query(like=("seed",), where=Between("year", 1990, 1999), strategy="cosine")
    assert all(asked.where is not None and asked.where.matches(hit.song) for hit in engine(shelf).answer(asked).hits)
