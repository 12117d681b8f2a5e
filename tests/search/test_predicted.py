"""Predicted features stand in where none is given, and are marked as predicted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from search_songs import Shelf, shelved

from songkin.filters import Between
from songkin.search.features import aim, feature_values, spread
from songkin.search.notes import unjudged
from songkin.types import Lyrics, Query, Song

GIVEN = {"calm": 0.2, "lively": 0.8}
TOLD = {"quiet": 0.1, "loud": 0.9}


def library(folder: Path) -> Shelf:
    """Two songs with a given energy, two with a predicted one, one with both, one with neither."""
    words = Lyrics("The engine hums along the line\nAnd every wheel is keeping time", language="en")
    given = [Song(name, name, features={"energy": value}, lyrics=words) for name, value in GIVEN.items()]
    told = [Song(name, name, predicted={"energy": value, "happy": 0.5}, lyrics=words) for name, value in TOLD.items()]
    both = Song("both", "both", features={"energy": 0.5}, predicted={"energy": 0.99}, lyrics=words)
    return shelved(folder, [*given, *told, both, Song("bare", "bare", lyrics=words)])


@pytest.fixture(scope="module")
def shelf_told(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return library(tmp_path_factory.mktemp("told") / "L")


def test_what_is_predicted_stands_in_where_nothing_is_given(shelf_told: Shelf) -> None:
    keys, values = feature_values(shelf_told.store, ["energy"])
    found = dict(zip(shelf_told.store.ids(keys), values[:, 0].tolist(), strict=True))
    assert np.isnan(found.pop("bare"))
    assert found == {**GIVEN, **TOLD, "both": 0.5}
    assert spread(shelf_told.store, "energy").songs == 5


def test_a_wish_reaches_songs_whose_energy_is_told(shelf_told: Shelf) -> None:
    answer = shelf_told.engine.answer(Query(targets={"energy": 1.0}, like=("calm",)))
    names = [hit.song.id for hit in answer.hits]
    assert set(names[:3]) >= {"lively", "loud"}
    told = {hit.song.id: " ".join(reason.words for reason in hit.reasons) for hit in answer.hits}
    assert "energy 0.9 predicted (+0.7)" in told["loud"]
    assert "predicted" not in told["lively"] + told["both"]
    assert any(
        "3 of 6 songs have no energy; for 2 it is predicted from their words, and that stands in for it" in note
        for note in answer.notes
    )


def test_a_seed_may_be_known_by_prediction_alone(shelf_told: Shelf) -> None:
    assert aim(shelf_told.store, Query(like=("loud",)))["energy"] == pytest.approx(0.9)


def test_a_filter_holds_to_what_is_given_and_names_the_field_for_what_is_told(shelf_told: Shelf) -> None:
    hits = shelf_told.engine.answer(Query("engine", where=Between("energy", 0.7, None))).hits
    assert {hit.song.id for hit in hits} == {"lively"}
    (note,) = unjudged(shelf_told.store, Query("engine", where=Between("energy", 0.7, None)))
    assert note.endswith("for 2 it is predicted from their words, and predicted_energy:... filters by that")
    hits = shelf_told.engine.answer(Query("engine", where=Between("predicted_energy", 0.7, None))).hits
    assert {hit.song.id for hit in hits} == {"loud", "both"}
