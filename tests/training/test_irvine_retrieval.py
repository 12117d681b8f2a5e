"""Judged retrieval: what is relevant, precision by hand, the blend of two scores and the search for its weight."""

from __future__ import annotations

import numpy as np
import pytest

from songkin.training.irvine.judged import Candidates, Judge, blend, by_weight, interval, mean, precision
from songkin.training.irvine.retrieval import measured
from songkin.training.irvine.songs import MOODS, MoodSet, MoodSong
from songkin.types import Query, Ranking


def song(name: str, artist: str, mood: int, *tags: str) -> MoodSong:
    return MoodSong(name, artist, name, "words", mood, tags=frozenset(tags))


SONGS = [
    song("seed", "A", 1, "folk", "pop"),
    song("good", "B", 1, "folk"),
    song("same artist", "The A", 1, "folk"),
    song("other mood", "C", 0, "folk"),
    song("other tag", "D", 1, "metal"),
    *(song(f"pop {at}", f"P{at}", 1, "pop") for at in range(40)),
]


@pytest.fixture
def judge() -> Judge:
    return Judge(MoodSet("toy", SONGS, MOODS))


def test_a_relevant_song_has_the_mood_and_a_rare_tag_and_another_artist(judge: Judge) -> None:
    relevant = {own.id for own in SONGS if judge.relevant("seed", own.id)}
    assert relevant == {"good"}  # "pop" is carried by too many to join anything
    assert not judge.counts("seed", "same artist")
    assert not judge.counts("seed", "unknown")
    assert not judge.counts("seed", "seed")
    assert judge.share("seed") == pytest.approx(1 / 43)
    assert judge.share("pop 1") == 0.0


def test_precision_skips_what_does_not_count_and_counts_empty_places_as_wrong(judge: Judge) -> None:
    assert precision(judge, "seed", ["seed", "same artist", "good", "pop 1"], at=2) == 0.5
    assert precision(judge, "seed", ["good"]) == pytest.approx(0.1)
    assert precision(judge, "seed", []) == 0.0


def found(**scores: tuple[float, float]) -> Candidates:
    tfidf, cosine = np.array(list(scores.values()), np.float32).reshape(-1, 2).T
    return Candidates([name.replace("_", " ") for name in scores], tfidf, cosine)


def test_the_blend_goes_from_one_score_to_the_other() -> None:
    own = found(a=(0.9, 0.1), b=(0.5, 0.4), c=(0.1, 0.9))
    assert blend(own, 0.0) == ["a", "b", "c"]
    assert blend(own, 1.0) == ["c", "b", "a"]
    assert blend(found(), 0.5) == []


def test_the_weight_that_brings_the_right_song_up_is_found(judge: Judge) -> None:
    others = {f"pop_{at}": (0.5, 0.2 + 0.02 * at) for at in range(20)}
    asked = {"seed": found(good=(0.45, 0.6), **others)}  # in the first ten from a weight of .2 on
    weighed = by_weight(judge, asked)
    assert precision(judge, "seed", blend(asked["seed"], weighed.peak.at)) == pytest.approx(0.1)
    assert weighed.grid[0] == (0.0, 0.0)
    assert weighed.grid[-1][1] == pytest.approx(0.1)
    assert mean(judge, {}, lambda one: one.ids) == 0.0
    assert by_weight(judge, {}).peak.value == 0.0


def test_the_interval_holds_the_mean_and_is_narrow_where_all_agree() -> None:
    low, high = interval([0.1, 0.2, 0.3, 0.4] * 10)
    assert low < 0.25 < high
    assert interval([0.3] * 20) == pytest.approx((0.3, 0.3))
    assert interval([]) == (0.0, 0.0)


class _Told:
    """A way to retrieve that says the same for every seed."""

    def __call__(self, query: Query) -> Ranking:
        scores = np.array([0.9, 0.5, 0.1], np.float32)
        return Ranking.of(np.arange(3), scores, {"tf-idf": scores, "cosine": scores[::-1].copy()})


def test_every_way_is_judged_on_other_seeds_than_the_weight_was_searched_on(judge: Judge) -> None:
    from songkin.training.irvine.retrieval import PLAIN, Ways

    names = ["other tag", "good", "pop 1"]
    way = _Told()
    ways = Ways(lambda keys: [names[key] for key in keys], way, way, {3: way}, {PLAIN: lambda seed: []})  # type: ignore[arg-type, dict-item]
    told = measured(ways, judge, ["good", "pop 2"], ["seed", "pop 1"])
    assert (told["searched"], told["judged"], told["candidates"]) == (1, 1, 3.0)  # pop songs have nothing relevant
    assert told["precision"]["both scores"][0] == pytest.approx(0.1)
    assert told["against_plain"]["both scores"][0] == pytest.approx(0.1)
    assert set(told["precision"]) == {
        "any ten songs",
        PLAIN,
        "TF-IDF alone",
        "vectors alone, of the candidates",
        "both scores",
        "both scores, keywords by TF-IDF only",
        "both scores, nearest of 3 clusters",
    }
