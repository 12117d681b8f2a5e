"""Stages that honour a query's conditions."""

from __future__ import annotations

import numpy as np
import pytest
from search_songs import Shelf

from songkin.search import Away, Others, Tilt
from songkin.testing import StageContract
from songkin.types import Query, Ranking

EVEN = {"t93": 1.0, "t99": 1.0, "t101": 1.0, "t107": 1.0, "unmeasured": 1.0, "blank": 1.0}


class StageOfSteps(StageContract):
    """A stage over the library of six songs."""

    @pytest.fixture(autouse=True)
    def library(self, steps: Shelf) -> None:
        self.rankings = (steps.ranking(**EVEN), steps.ranking(t99=0.7, blank=0.2), Ranking.of([404], [1.0]))
        self.stage = {"others": Others, "away": Away, "tilt": Tilt}[self.kind](steps.store)


class TestOthers(StageOfSteps):
    kind = "others"
    queries = (Query(like=("t99",)), Query(unlike=("t101", "nobody")), Query())


class TestAway(StageOfSteps):
    kind = "away"
    queries = (Query(unlike=("t93",)), Query(unlike=("t93", "t101")), Query(unlike=("blank",)), Query())


class TestTilt(StageOfSteps):
    kind = "tilt"
    queries = (Query(targets={"tempo_bpm": 1.0}), Query(like=("t93",), targets={"tempo_bpm": -1.0, "valence": 1.0}))


def scores(shelf: Shelf, ranking: Ranking) -> dict[str | None, float]:
    return dict(zip(shelf.ids(ranking), ranking.scores.tolist(), strict=True))


def test_others_leaves_out_the_seeds_and_what_is_unliked(steps: Shelf) -> None:
    kept = Others(steps.store)(steps.ranking(**EVEN), Query(like=("t99", "nobody"), unlike=("t101",)))
    assert set(steps.ids(kept)) == set(EVEN) - {"t99", "t101"}


def test_away_takes_off_the_cosine_to_what_is_unliked(steps: Shelf) -> None:
    lowered = Away(steps.store)(steps.ranking(**EVEN), Query(unlike=("t93",)))  # "rain sun"
    wanted = {"t93": 0, "t107": 0, "unmeasured": 0, "t99": 0.5, "t101": 1, "blank": 1}
    assert scores(steps, lowered) == pytest.approx(wanted, abs=1e-3)
    assert lowered.parts["away"].tolist() == pytest.approx([0, 0, -0.5, -1, -1, -1], abs=1e-3)


def test_away_counts_the_nearest_of_several(steps: Shelf) -> None:
    lowered = Away(steps.store)(steps.ranking(t99=0.8, blank=0.1), Query(unlike=("t101", "t93")))
    assert scores(steps, lowered) == pytest.approx({"t99": 0.4, "blank": 0.1}, abs=1e-3)


@pytest.mark.parametrize("unlike", [(), ("nobody",), ("blank",)])
def test_away_from_nothing_that_has_a_place_changes_nothing(steps: Shelf, unlike: tuple[str, ...]) -> None:
    ranking = steps.ranking(**EVEN)
    assert Away(steps.store)(ranking, Query(unlike=unlike)) is ranking


def test_tilt_prefers_more_of_a_feature_than_the_median(steps: Shelf) -> None:
    tilted = Tilt(steps.store)(steps.ranking(**EVEN), Query(targets={"tempo_bpm": 1.0}))
    # 107 is 1.4 deviations beyond 100 and meets the wish; 101 is 0.2, of 0.5, beyond; the rest keep a quarter
    wanted = {"t107": 1, "t101": 0.25 + 0.75 * 0.4, "t99": 0.25, "t93": 0.25, "unmeasured": 0.25, "blank": 0.25}
    assert scores(steps, tilted) == pytest.approx(wanted, rel=1e-5)
    np.testing.assert_allclose(tilted.parts["tilt"], [1, 0.4, 0, 0, 0, 0], rtol=1e-5)


def test_tilt_prefers_less_than_the_seed_has(steps: Shelf) -> None:
    tilted = Tilt(steps.store)(steps.ranking(**EVEN), Query(like=("t101",), targets={"tempo_bpm": -0.5}))
    wanted = {"t93": 1, "t99": 0.25 + 0.75 * 0.8, "t101": 0.25, "t107": 0.25, "unmeasured": 0.25, "blank": 0.25}
    assert scores(steps, tilted) == pytest.approx(wanted, rel=1e-5)


def test_two_wishes_multiply(steps: Shelf) -> None:
    tilted = Tilt(steps.store)(steps.ranking(t107=1.0), Query(targets={"tempo_bpm": 1.0, "valence": 1.0}))
    assert tilted.scores.tolist() == pytest.approx([1 * 0.25])  # its valence is the median, as every valence here


def test_a_seed_that_lacks_the_feature_leaves_the_median_to_start_from(steps: Shelf) -> None:
    wish = {"tempo_bpm": 1.0}
    alone = Tilt(steps.store)(steps.ranking(**EVEN), Query(targets=wish))
    seeded = Tilt(steps.store)(steps.ranking(**EVEN), Query(like=("blank",), targets=wish))
    assert scores(steps, seeded) == scores(steps, alone)


def test_a_wish_no_song_can_meet_changes_nothing(steps: Shelf) -> None:
    ranking = steps.ranking(**EVEN)
    assert Tilt(steps.store)(ranking, Query()) is ranking
