"""Soft conditions weigh: what meets them comes first, and nothing is left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from search_songs import Shelf

from songkin.filters import And, Between, Has, Is, Not, parse
from songkin.search import Prefer
from songkin.testing import StageContract
from songkin.types import Query, Ranking, Where

FROM_2000, FOLK = Between("year", 2000.0), Has("genre", ("folk",))


class TestPrefer(StageContract):
    queries = (Query(prefer=(FROM_2000,)), Query(prefer=(FROM_2000, FOLK)), Query())

    @pytest.fixture(autouse=True)
    def library(self, shelf: Shelf) -> None:
        self.stage = Prefer(shelf.store)
        self.rankings = (shelf.ranking(rain=0.9, storm=0.8, bare=0.7), Ranking.of([404], [1.0]))


def scores(shelf: Shelf, ranking: Ranking) -> dict[str | None, float]:
    return dict(zip(shelf.ids(ranking), ranking.scores.tolist(), strict=True))


def test_what_meets_the_condition_keeps_its_score_and_what_lacks_the_field_counts_between(shelf: Shelf) -> None:
    preferred = Prefer(shelf.store)(shelf.ranking(rain=0.9, storm=0.8, bare=0.7), Query(prefer=(FROM_2000,)))
    assert shelf.ids(preferred) == ["storm", "bare", "rain"]  # 2001, no year, 1994
    assert preferred.scores.tolist() == pytest.approx([0.8, 0.7 * 0.625, 0.9 * 0.25])
    assert preferred.parts["prefer"].tolist() == [1.0, 0.5, 0.0]


def test_two_conditions_multiply(shelf: Shelf) -> None:
    ranking = shelf.ranking(rain=0.8, storm=0.8, disco=0.8)
    preferred = Prefer(shelf.store)(ranking, Query(prefer=(FROM_2000, FOLK)))
    assert scores(shelf, preferred) == pytest.approx({"storm": 0.8, "rain": 0.2, "disco": 0.2})


def test_no_soft_condition_is_no_change(shelf: Shelf) -> None:
    ranking = shelf.ranking(rain=0.9, storm=0.8)
    assert Prefer(shelf.store)(ranking, Query()) is ranking


TERMS: tuple[Where, ...] = (
    FROM_2000,
    FOLK,
    Not(FOLK),
    Is("explicit", (True,)),
    And((FROM_2000, Not(Is("language", ("en",))))),
    Between("valence", 0.25, 0.9),
    Is("title", ('it\'s "odd"',)),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(where=some.sampled_from(TERMS), few=some.booleans())
def test_the_store_says_of_every_song_what_the_condition_says(shelf: Shelf, where: Where, few: bool) -> None:
    keys = list(shelf.songs)[:: 7 if few else 1]
    wanted = [where.truth(shelf.songs[key]) for key in keys]  # type: ignore[attr-defined]
    told = shelf.store.truths(keys, where).tolist()
    assert [None if np.isnan(value) else bool(value) for value in told] == wanted


def test_a_large_library_is_asked_for_the_songs_in_question_only(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [*shelf.songs, 404]
    small = shelf.store.truths(keys, FROM_2000)
    monkeypatch.setattr("songkin.store.view.EXACT_ROWS", 0)
    np.testing.assert_array_equal(shelf.store.truths(keys, FROM_2000), small)
    assert np.isnan(shelf.store.truths([404], FROM_2000)).all()
    assert shelf.store.truths([], FROM_2000).shape == (0,)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(some.data())
def test_no_song_is_lost_and_none_rises(shelf: Shelf, data: some.DataObject) -> None:
    keys = data.draw(some.lists(some.sampled_from(list(shelf.songs)), unique=True, min_size=1))
    ranking = Ranking.of(keys, data.draw(some.lists(some.floats(0, 1), min_size=len(keys), max_size=len(keys))))
    preferred = Prefer(shelf.store)(ranking, Query(prefer=tuple(data.draw(some.sets(some.sampled_from(TERMS))))))
    assert set(preferred.keys.tolist()) == set(keys)
    before = dict(zip(ranking.keys.tolist(), ranking.scores.tolist(), strict=True))
    after = zip(preferred.keys.tolist(), preferred.scores.tolist(), strict=True)
    assert all(score <= before[key] + 1e-6 for key, score in after)


def test_an_answer_says_how_many_hits_meet_each_condition_and_each_hit_says_how_it_stands(shelf: Shelf) -> None:
    where = parse("year:2000..")
    assert where is not None
    answer = shelf.engine.answer(Query("rain", prefer=(where,), k=3))
    assert {"storm", "walk"} <= {hit.song.id for hit in answer.hits}  # 2001, and a year that is not known
    assert any("hits: year from 2000 (it weighs, it does not filter)" in note for note in answer.notes)
    assert any(note.endswith("songs have no year") for note in answer.notes)
    told = {hit.song.id: [r.words for r in hit.reasons if r.channel == "prefer"] for hit in answer.hits}
    assert told["storm"] == ["meets: year from 2000"]
    assert told["walk"] == ["does not say: year from 2000"]
    assert all(reason.share == 0 for hit in answer.hits for reason in hit.reasons if reason.channel == "prefer")
    assert all(sum(reason.share for reason in hit.reasons) == pytest.approx(1) for hit in answer.hits)
