"""Floors under the label heads' skill and calibration, on public songs: slow, and only where the corpora are."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from songkin import sources
from songkin.annotate import Annotator, shipped_heads
from songkin.datasets import data_folder
from songkin.encoders import load
from songkin.evaluation import LabelReport, label
from songkin.evaluation.systems.labellers import majority
from songkin.evaluation.tasks import labels
from songkin.text import artist_key
from songkin.training.heads import ours
from songkin.types import Song

DRAWN, FOLDS = 400, 3  # songs of each corpus, so that it takes less than a minute of one core
AHEAD = 0.05  # of accuracy, beyond the majority's


@pytest.fixture(scope="module")
def data() -> Path:
    folder = data_folder()
    if folder is None:
        pytest.skip("the public corpora are not here; SONGKIN_DATA names their folder")
    return folder


# -- heads made as the shipped ones are, judged on artists they have not learnt from -----------------------------------


@pytest.fixture(scope="module")
def corpora(data: Path) -> list[list[labels.LabelledText]]:
    """All songs that the shipped heads learnt from."""
    return labels.rows()


@pytest.fixture(scope="module")
def systems(corpora: list[list[labels.LabelledText]]) -> dict[str, dict[str, float]]:
    """What `songkin evaluate labels --limit` measures, by system."""
    songs = [song for part in corpora for song in labels.drawn(part, DRAWN)]
    report = LabelReport(label(songs, [ours(), majority()], folds=FOLDS))
    return {name: {measure: tally.value for measure, tally in own.items()} for name, own in report.tallies.items()}


@pytest.mark.slow
def test_explicit_words_are_known(systems: dict[str, dict[str, float]]) -> None:
    assert systems["ours"]["explicit macro-F1"] >= 0.85


@pytest.mark.slow
@pytest.mark.parametrize("name", ["genre", "valence", "energy", "danceability", "mood"])
def test_words_tell_more_than_knowing_nothing_of_them(systems: dict[str, dict[str, float]], name: str) -> None:
    measure = f"{name} accuracy"
    assert systems["ours"][measure] >= systems["majority"][measure] + AHEAD


@pytest.mark.slow
@pytest.mark.parametrize("name", ["genre", "valence", "energy", "danceability", "mood"])
def test_chances_come_true_as_often_as_they_say(systems: dict[str, dict[str, float]], name: str) -> None:
    assert systems["ours"][f"{name} ECE"] <= 0.08


@pytest.mark.slow
@pytest.mark.parametrize("name", labels.HIGH)
def test_intervals_hold_about_eight_of_ten_values(systems: dict[str, dict[str, float]], name: str) -> None:
    assert systems["ours"][f"{name} in interval"] == pytest.approx(0.8, abs=0.08)
    assert systems["ours"][f"{name} error"] < systems["majority"][f"{name} error"]


# -- the shipped heads, which know every song above, on songs they do not know -----------------------------------------


class Heard(NamedTuple):
    """Songs (n,) with what listeners found in them, z-scores (n, 2) of valence and arousal."""

    songs: list[Song]
    moods: NDArray[np.float64]


@pytest.fixture(scope="module")
def heard(data: Path, corpora: list[list[labels.LabelledText]]) -> Heard:
    """Bags of words of musiXmatch with the moods of Deezer, by artists of whom the heads learnt no song."""
    moods = {row["MSD_track_id"]: row for row in _moods(data)}
    known = {song.key for part in corpora for song in part}
    bags = [
        song
        for name in ("train", "test")
        for song in sources.read(data / "musixmatch" / f"mxm_dataset_{name}.txt", lost=lambda loss: None)
        if song.id in moods and artist_key(moods[song.id]["artist_name"]) not in known
    ]
    found = [[float(moods[song.id][name]) for name in ("valence", "arousal")] for song in bags]
    return Heard(bags, np.array(found))


def _moods(data: Path) -> Iterator[dict[str, str]]:
    for name in ("train", "validation", "test"):
        with (data / "deezer_mood" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


@pytest.mark.slow
def test_the_shipped_heads_hear_what_listeners_heard_in_songs_they_do_not_know(heard: Heard) -> None:
    """Their calibration is not judged here: these are no chart songs, and Deezer's scales have another middle."""
    if find_spec("songkin_labels") is None:
        pytest.skip("the label heads are not installed; pip install packages/labels")
    songs, moods = heard
    told = list(Annotator(shipped_heads(), load(None)).labels(songs))
    there = np.array([bool(own.genre) for own in told])  # the others are in foreign languages or have few words
    assert there.sum() > 300
    high = (moods > np.median(moods[there], axis=0))[there]  # (n, 2)
    chances = {name: np.array([own.probabilities[name] for own in told])[there] for name in told[0].probabilities}
    assert roc_auc_score(high[:, 0], chances["p_valence_high"]) >= 0.60
    assert roc_auc_score(high[:, 0], chances["p_happy"]) >= 0.60
    assert roc_auc_score(high[:, 1], chances["p_energy_high"]) >= 0.57
