"""Baselines that label: they learn what words tell, and say nothing certain of what they have not seen."""

from __future__ import annotations

import numpy as np
import pytest

from songkin.evaluation import Labeller
from songkin.evaluation.systems.labellers import encoded, majority, word_counts
from songkin.evaluation.systems.passages import mean_passages
from songkin.evaluation.tasks.labels import LabelledText
from songkin.testing import ToyEncoder

WORDS = {"folk": "river meadow stone", "metal": "hammer iron blood"}
SONGS = [
    LabelledText(
        f"Artist {n}",
        f"{WORDS[genre]} number {n}",
        genre,
        {"energy": 0.9 if genre == "metal" else 0.1},
        happy=genre == "folk",
    )
    for n in range(60)
    for genre in (("folk", "metal")[n % 2],)
]


@pytest.mark.parametrize("labeller", [word_counts(), encoded("toy", ToyEncoder())], ids=lambda own: own.name)
def test_words_that_tell_are_learnt(labeller: Labeller) -> None:
    said = labeller.fit(SONGS)(["the meadow by the river", "iron and blood"])
    chances = {name: np.asarray(values) for name, values in said.items()}
    assert set(chances) == {"p_folk", "p_metal", "p_energy_high", "p_happy"}
    assert chances["p_folk"][0] > 0.5 > chances["p_folk"][1]
    assert chances["p_energy_high"][1] > 0.5 > chances["p_energy_high"][0]
    assert chances["p_happy"][0] > 0.5 > chances["p_happy"][1]
    assert chances["p_folk"] + chances["p_metal"] == pytest.approx(np.ones(2))


def test_the_majority_says_the_shares_and_the_medians() -> None:
    said = majority().fit(SONGS[:31])(["anything", "else"])
    assert np.asarray(said["p_folk"]) == pytest.approx(16 / 31)
    assert np.asarray(said["energy"]).tolist() == [0.1, 0.1]
    assert "explicit" not in said


def test_one_class_alone_is_certain_and_what_nobody_knew_is_not_said() -> None:
    songs = [LabelledText("A", "some words here", "folk"), LabelledText("B", "other words there", "folk")]
    for labeller in (word_counts(), encoded("toy", ToyEncoder()), majority()):
        said = labeller.fit(songs)(["some words", "none of them"])
        assert {name: np.asarray(values).tolist() for name, values in said.items()} == {"p_folk": [1.0, 1.0]}


def test_each_song_is_read_once_and_told() -> None:
    told: list[int] = []
    labeller = encoded("toy", ToyEncoder(), tell=told.append)
    labeller.fit(SONGS[:20])([own.text for own in SONGS[20:30]])
    labeller.fit(SONGS[10:30])([own.text for own in SONGS[:10]])
    assert sum(told) == 30


def test_a_song_is_the_mean_of_its_passages_and_nothing_where_nothing_is_sung() -> None:
    found = mean_passages(["rain rain sun", "", "[Chorus]"], ToyEncoder())
    assert np.linalg.norm(found, axis=1).tolist() == pytest.approx([1.0, 0.0, 0.0])
    assert found[0] == pytest.approx(ToyEncoder().encode_songs(["rain rain sun"])[0])
    assert mean_passages([], ToyEncoder()).shape == (0, 64)
