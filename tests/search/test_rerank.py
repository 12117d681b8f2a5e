"""Beside a seed the first candidates are ordered again by what is kept of them; all other requests stay as they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from search_songs import TOLD, Shelf, shelved

import songkin.search.rerank as module
from songkin.search import Engine, Explain, Others, Rerank
from songkin.search.rerank import blended
from songkin.store import writing
from songkin.store.kept_vectors import KeptVectors
from songkin.testing import StageContract, ToyEncoder, rankings
from songkin.types import Query, Ranking

NEAR = {"rain": [0.9, 0.0], "storm": [0.8, 0.1], "disco": [-0.9, 0.0], "walk": [0.0, 0.0], "hum": [0.5, 0.5]}
SEED = Query(like=("rain",))


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Ten songs, five of which have a place: storm near rain, disco far off, walk nowhere."""
    folder = tmp_path_factory.mktemp("placed") / "library"
    shelved(folder, TOLD)
    with writing(folder, dim=ToyEncoder.dim) as writer:
        KeptVectors(writer.tables, "space").put(list(NEAR), ["m/1"] * len(NEAR), list(NEAR.values()))
    return shelved(folder, ())


class TestRerank(StageContract):
    queries = (SEED, Query(like=("rain", "disco")), Query(like=("bare",)), Query("rain"), Query())

    @pytest.fixture(autouse=True)
    def library(self, placed: Shelf) -> None:
        self.stage = Rerank(placed.store)
        self.rankings = (placed.ranking(disco=0.9, storm=0.8, bare=0.7), Ranking.of([404], [1.0]))


def test_what_lies_near_the_seed_rises(placed: Shelf) -> None:
    found = Rerank(placed.store, weight=0.5)(placed.ranking(disco=0.9, storm=0.8), SEED)
    assert placed.ids(found) == ["storm", "disco"]
    near = (1 + 0.72) / 2, (1 - 0.81) / 2
    assert found.scores.tolist() == pytest.approx([(0.8 + near[0]) / 2, (0.9 + near[1]) / 2], abs=1e-3)
    assert found.parts["rerank"].tolist() == pytest.approx(near, abs=1e-3)


def test_songs_of_which_nothing_is_known_count_as_the_middle_one(placed: Shelf) -> None:
    found = Rerank(placed.store, weight=1.0)(placed.ranking(disco=0.9, bare=0.8, walk=0.7, storm=0.6), SEED)
    assert placed.ids(found)[0] == "storm"
    assert placed.ids(found)[-1] == "disco"
    part = dict(zip(placed.ids(found), found.parts["rerank"].tolist(), strict=True))
    assert np.isnan(part["bare"])
    assert np.isnan(part["walk"])


@pytest.mark.parametrize(
    "query",
    [
        Query("rain"),
        Query(lyrics="rain on the tin", features={"valence": 0.2}),
        Query(like=("rain",), part="lyrics"),
        Query(like=("rain",), channels=("words",)),
        Query(like=("rain",), strategy="cosine"),
        Query(like=("bare",)),
        Query(like=("walk",)),
        Query(unlike=("rain",)),
    ],
)
def test_requests_without_a_placed_seed_are_not_touched(placed: Shelf, query: Query) -> None:
    ranking = placed.ranking(disco=0.9, storm=0.8)
    assert Rerank(placed.store)(ranking, query) is ranking


def test_a_library_that_keeps_no_vectors_is_ordered_as_it_was(shelf: Shelf) -> None:
    ranking = shelf.ranking(disco=0.9, storm=0.8)
    assert Rerank(shelf.store)(ranking, SEED) is ranking


def test_songs_behind_the_first_ones_stay_behind(placed: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKED_AT", 2)
    found = Rerank(placed.store)(placed.ranking(disco=0.9, storm=0.8, hum=0.7, bag=0.6), SEED)
    assert placed.ids(found) == ["storm", "disco", "hum", "bag"]
    assert np.isnan(found.parts["rerank"][2:]).all()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ranking=rankings(), near=some.data())
def test_no_song_behind_overtakes_one_before(ranking: Ranking, near: some.DataObject) -> None:
    if not len(ranking):
        return
    head = near.draw(some.integers(1, len(ranking)))
    places = near.draw(some.lists(some.floats(0, 1, width=32) | some.just(float("nan")), min_size=head, max_size=head))
    above = float(ranking.scores[head]) if head < len(ranking) else None
    mixed = blended(ranking.scores[:head], np.array(places, np.float32), weight=0.5, above=above)
    assert np.isfinite(mixed).all()
    assert above is None or (mixed >= above - 1e-6).all()


def test_each_hit_says_how_near_it_lies(placed: Shelf) -> None:
    stages = [Others(placed.store), Rerank(placed.store)]
    engine = Engine(placed.store, [*placed.channels.values()], stages, Explain(placed.store, placed.meaning))
    answer = engine.answer(Query(like=("rain",), k=5))
    told = {hit.song.id: [own.words for own in hit.reasons if own.channel == "rerank"] for hit in answer.hits}
    assert told["storm"] == ["near in genres, tags and era: 0.86"]
    assert told.get("bare", []) == []
    assert all(sum(own.share for own in hit.reasons) == pytest.approx(1) for hit in answer.hits)
