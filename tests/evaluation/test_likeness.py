"""How near songs are: rankings and correlations by hand, and an artist's own songs never count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from songkin.datasets import data_folder
from songkin.errors import QueryError
from songkin.evaluation import Bm25, Resembling, TfIdf, judge_likeness
from songkin.evaluation.correlation import partial_spearman
from songkin.evaluation.likeness import Closeness, PairCorrelation
from songkin.evaluation.systems.likeness import by_chance, by_fields, by_lyrics, by_words, same_genre, same_time
from songkin.evaluation.tasks import similar
from songkin.evaluation.tasks.similar import SungSong
from songkin.testing import ToyEncoder

SONGS = [
    SungSong("a1", "Ada Moss", "rain on the river", "folk", 1990),
    SungSong("a2", "Ada Moss feat. Jo Quay", "rain again", "folk", 1991),
    SungSong("b1", "The Gutters", "rain and a river of stars", "folk", 1992),
    SungSong("c1", "Night Tram", "iron wheels", "metal", 2010),
    SungSong("d1", "Low Tide", "wheels of iron and smoke", "metal", 2015),
    SungSong("e1", "Nobody", "nothing", None, None),
]


def knowing(near: NDArray[np.float64]) -> Resembling:
    return Resembling("knowing", "by heart", lambda songs: lambda asked: near[asked])


def of(closeness: Closeness) -> NDArray[np.float64]:
    return closeness(np.arange(len(SONGS)))


def test_songs_of_one_genre_by_other_artists_are_wanted() -> None:
    question = similar.by_genre(SONGS)
    assert [SONGS[at].id for at in question.asked] == ["a1", "a2", "b1", "c1", "d1"]
    assert np.isnan(question.relevance[0, :2]).all()  # a song feat. another is by its first artist
    assert question.relevance[0, 2:].tolist() == [1, 0, 0, 0]
    assert len(similar.by_genre(SONGS, asked=2).asked) == 2


def test_rankings_are_judged_by_hand_and_an_artists_own_songs_are_struck_out() -> None:
    near = np.zeros((6, 6))
    near[0] = [9, 8, 1, 3, 2, 0]  # a1: its own and a2 do not count, b1 comes third
    near[3] = [0, 0, 0, 9, 5, 0]  # c1: d1 first
    found = judge_likeness("toy", similar.by_genre(SONGS), [knowing(near)], ("nDCG@10", "P@10")).values["knowing"]
    assert found["nDCG@10"][[0, 3]].tolist() == pytest.approx([1 / np.log2(4), 1.0])
    assert found["P@10"][[0, 3]].tolist() == pytest.approx([0.1, 0.1])


def test_a_song_that_is_not_named_gains_nothing() -> None:
    silent = knowing(np.full((6, 6), -np.inf))
    found = judge_likeness("toy", similar.by_genre(SONGS), [silent], ("nDCG@10",)).values["knowing"]
    assert found["nDCG@10"].tolist() == [0.0] * 5


PLAYS = {
    "Ada Moss": dict.fromkeys(range(8), 100),
    "Gutters": dict.fromkeys(range(6), 50),  # the article does not count in a name
    "Night Tram": dict.fromkeys(range(10, 16), 9),
    "Low Tide": dict.fromkeys(range(9, 16), 9),
    "Nobody": {1: 5, 2: 5},
}


def test_songs_whose_artists_the_same_people_hear_are_wanted_and_rare_artists_left_out() -> None:
    question = similar.by_listeners(SONGS, PLAYS)
    assert [song.id for song in question.songs] == ["a1", "a2", "b1", "c1", "d1"]
    assert question.relevance[0, 2] == pytest.approx(np.sqrt(6 / 8))  # six of eight listeners, counts of equal weight
    assert question.relevance[0, 3] == 0.0
    assert question.controls[0] == pytest.approx(np.log([8, 8, 6, 6, 7]))


def test_two_names_of_one_artist_are_heard_together() -> None:
    plays = {"Ada Moss": {1: 1, 2: 1, 3: 1}, "ADA MOSS": {3: 1, 4: 1, 5: 1}, "Gutters": dict.fromkeys(range(1, 6), 3)}
    assert [song.id for song in similar.by_listeners(SONGS, plays).songs] == ["a1", "a2", "b1"]


@given(st.integers(4, 12), st.integers(0, 999))
def test_the_correlation_over_pairs_is_that_of_all_ordered_pairs(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    relevance, near, fame = rng.uniform(size=(n, n)), rng.uniform(size=(n, n)), rng.uniform(size=n)
    groups = np.arange(n) // 2
    relevance[groups[:, None] == groups] = np.nan
    rows, columns = np.nonzero(~np.isnan(relevance))
    found = PairCorrelation(relevance, [fame], groups)(near)
    whole = partial_spearman(near[rows, columns], relevance[rows, columns], [fame[rows], fame[columns]])
    assert found.mean == pytest.approx(whole, nan_ok=True)


def test_what_is_equally_near_everywhere_has_no_correlation() -> None:
    question = similar.by_listeners(SONGS, PLAYS)
    report = judge_likeness("toy", question, [knowing(np.ones((5, 5)))], similar.COLISTEN).as_json()
    assert report["measures"]["partial Spearman"] == [None, None, None]
    assert report["n_queries"] == 5
    assert report["compared"] == {}


def test_fields_are_near_where_they_are_equal_and_say_nothing_where_one_lacks() -> None:
    genre, time = of(same_genre(SONGS)), of(same_time(SONGS))
    assert (genre[0, 2], genre[0, 3]) == (1, 0)
    assert np.isnan(genre[0, 5])
    assert time[0, 2] == pytest.approx(np.exp(-0.2))
    assert np.isnan(time[0, 5])
    both = of(by_fields("both", "", same_genre, same_time).fit(SONGS))
    assert both[0, 2] > both[0, 5] > both[0, 4]


def test_words_and_lyrics_are_near_where_they_are_shared() -> None:
    for system in (by_words("tf-idf", "", TfIdf), by_words("bm25", "", Bm25), by_lyrics("toy", ToyEncoder())):
        near = of(system.fit(SONGS))
        assert near.shape == (6, 6)
        assert near[0, 2] > near[0, 3]
        assert near[3, 4] > near[3, 0]


def test_chance_is_the_same_each_time() -> None:
    assert (of(by_chance().fit(SONGS)) == of(by_chance().fit(SONGS))).all()


def test_where_no_song_is_wanted_the_task_says_so() -> None:
    with pytest.raises(QueryError, match="no two songs by different artists share a genre"):
        similar.by_genre(SONGS[:2])
    with pytest.raises(QueryError, match="no song is by an artist with 5 listeners"):
        similar.by_listeners(SONGS, {"Ada Moss": {1: 1}})


@pytest.mark.slow
def test_the_open_corpora_give_both_questions() -> None:
    if data_folder() is None:
        pytest.skip("the public corpora are not here; SONGKIN_DATA names their folder")
    songs = similar.songs()
    heard = similar.by_listeners(songs)
    assert (len(songs), len(heard.songs)) == (4112, 1739)
    report = judge_likeness("similar-colisten", heard, [by_chance()], ("nDCG@10",))
    assert report.as_json()["measures"]["nDCG@10"][0] < 0.2
