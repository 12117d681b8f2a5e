"""What is told of a song: classes, halves at the training median, numbers; and how well it is told."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from songkin.errors import TrainingError
from songkin.training.data.labelled import LabelledSong, Parts
from songkin.training.labels.judging import BINS, confusion, judged, macro_f1, named, score_of
from songkin.training.labels.targets import target


def song(at: int, *, genre: str | None = None, year: int | None = None, **features: float) -> LabelledSong:
    return LabelledSong(id=str(at), artist="", title="", text="la", genre=genre, year=year, features=features)


def halves(*sides: list[float]) -> Parts:
    return Parts(*([song(at, valence=value) for at, value in enumerate(side)] for side in sides))


def genres(*sides: str) -> Parts:
    return Parts(*([song(at, genre=name) for at, name in enumerate(side.split())] for side in sides))


def test_the_median_is_the_training_sides_and_stands_above() -> None:
    own = target("valence", "", halves([0.1, 0.4, 0.4, 0.9], [0.39, 0.4, 0.41], [0.9, 0.9, 0.1]))
    assert own.median == 0.4
    assert own.classes == ("low", "high")
    assert own.train.truth.tolist() == [0, 1, 1, 1]
    assert own.valid.truth.tolist() == [0, 1, 1]


def test_a_number_that_is_a_ratio_stays_and_a_year_comes_between_the_training_sides_bounds() -> None:
    sides = [[song(at, year=1960 + 10 * at, valence=0.2 * at) for at in range(count)] for count in (4, 3, 3)]
    parts = Parts(*sides)
    assert target("valence", "regression", parts).train.truth.tolist() == pytest.approx([0, 0.2, 0.4, 0.6])
    assert target("year", "regression", parts).train.truth.tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert target("year", "regression", parts).outputs == 1


def test_a_song_without_the_value_is_left_out() -> None:
    parts = halves([0.1, float("nan"), 0.2, 0.3], [0.1, 0.2, 0.3], [0.1, 0.2, 0.3])
    own = target("valence", "", parts)
    assert own.train.rows.tolist() == [0, 2, 3]
    assert own.left_out == 1


def test_a_genre_unknown_at_training_counts_as_told_wrongly() -> None:
    own = target("genre", "", genres("folk rock rock", "rock rock folk", "rock jazz jazz"))
    assert own.unknown == ("jazz",)
    found = judged(own, own.test, np.array([[0.0, 1.0]] * 3))
    assert found["accuracy"] == pytest.approx(1 / 3)
    assert found["names"] == ["folk", "rock", "jazz"]
    assert found["confusion"] == [[0, 0, 0], [0, 1, 0], [0, 2, 0]]
    assert found["majority"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        (([0.1, 0.2, 0.3], [0.1, 0.2], [0.1, 0.2, 0.3]), "known of 2 songs on the validation side; 3 are needed"),
        (([0.1, 0.2], [0.1, 0.2, 0.3], [0.1, 0.2, 0.3]), "known of 2 songs on the training side"),
        (([0.0, 0.0, 0.0, 0.9], [0.1, 0.2, 0.3], [0.1, 0.2, 0.3]), "no training song lies below the median, 0"),
    ],
)
def test_too_few_songs_or_one_half_is_said(sides: tuple[list[float], ...], said: str) -> None:
    with pytest.raises(TrainingError, match=said):
        target("valence", "", halves(*sides))


def test_a_mean_that_is_told_of_all_is_its_own_baseline() -> None:
    own = target("valence", "regression", halves([0.2, 0.4, 0.6], [0.1, 0.5, 0.9], [0.1, 0.5, 0.9]))
    found = judged(own, own.test, np.full((3, 1), 0.4))
    assert found["mse"] == pytest.approx((0.09 + 0.01 + 0.25) / 3, abs=1e-6)
    assert found["mse"] == pytest.approx(found["mse_of_mean"], abs=1e-6)
    assert found["told_bins"][int(0.4 * BINS)] == 3
    assert sum(found["truth_bins"]) == 3
    assert score_of(own, found) == -found["mse"]
    assert named("valence", found)["valence mse-of-mean"] == found["mse_of_mean"]


@given(arrays.arrays(np.int64, (30, 2), elements=st.integers(0, 4)))
def test_f1_and_accuracy_are_scikit_learns(rows: np.ndarray) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    truth, told = rows.T
    found = confusion(truth, told, 5)
    spoken = sorted(set(truth) | set(told))
    assert macro_f1(found) == pytest.approx(metrics.f1_score(truth, told, labels=spoken, average="macro"))
    assert np.array_equal(found, metrics.confusion_matrix(truth, told, labels=range(5)))


def test_nothing_told_has_no_f1() -> None:
    assert macro_f1(np.zeros((3, 3), np.int64)) == 0.0
