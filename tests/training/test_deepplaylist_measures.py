"""How well pairs are told: errors, classes, orders, by hand and by their laws; and who is asked beside the networks."""

from __future__ import annotations

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("scipy")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from songkin.training.deepplaylist.corpus import Corpus  # noqa: E402
from songkin.training.deepplaylist.measuring import candidates, classes, constants, errors, ordered  # noqa: E402
from songkin.training.deepplaylist.published import CLASSES  # noqa: E402
from songkin.training.deepplaylist.scorers import PLAIN, School, asked  # noqa: E402
from songkin.training.pairs import PairSet, Sides  # noqa: E402

LABELS = st.lists(st.floats(0, 1, width=32), min_size=2, max_size=30)


def test_errors_by_hand() -> None:
    assert errors([0.0, 0.5, 1.0], [0.0, 1.0, 1.0])["MAE"] == pytest.approx(0.5 / 3)
    assert errors([0.0, 0.5, 1.0], [0.0, 1.0, 1.0])["RMSE"] == pytest.approx(math.sqrt(0.25 / 3))
    assert errors([0.0, 0.5, 1.0], [0.1, 0.2, 0.3])["Spearman"] == pytest.approx(1.0)


def test_nothing_to_judge_gives_no_number() -> None:
    assert all(math.isnan(value) for value in errors([], []).values())


@settings(max_examples=50, deadline=None)
@given(LABELS)
def test_no_constant_has_less_squared_error_than_the_mean_and_less_absolute_than_the_median(
    labels: list[float],
) -> None:
    own = constants(labels, labels)
    for value in (0.0, 0.25, 0.5, 1.0):
        other = errors(labels, np.full(len(labels), value))
        assert own["constant mean"]["RMSE"] <= other["RMSE"] + 1e-9
        assert own["constant median"]["MAE"] <= other["MAE"] + 1e-9


def test_a_classification_report_by_hand() -> None:
    own = classes([0, 0, 0, 1, 1], [0, 0, 1, 1, 0])
    assert (own["accuracy"], own["majority"]) == (3 / 5, 3 / 5)
    assert own["rows"]["0"] == {"precision": 2 / 3, "recall": 2 / 3, "F1": pytest.approx(2 / 3), "n": 3}
    assert own["rows"]["1"] == {"precision": 0.5, "recall": 0.5, "F1": 0.5, "n": 2}
    assert own["rows"]["macro"]["precision"] == pytest.approx((2 / 3 + 0.5) / 2)
    assert own["rows"]["weighted"]["recall"] == pytest.approx(3 / 5)


def test_the_report_is_scikit_learns() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(4)
    truth, told = rng.integers(2, size=(2, 200))
    own = classes(truth, told)
    theirs = metrics.classification_report(truth, told, output_dict=True)
    for name, key in (("0", "0"), ("1", "1"), ("macro", "macro avg"), ("weighted", "weighted avg")):
        for ours, other in (("precision", "precision"), ("recall", "recall"), ("F1", "f1-score"), ("n", "support")):
            assert own["rows"][name][ours] == pytest.approx(theirs[key][other])


def test_a_class_nobody_tells_has_nothing() -> None:
    own = classes([0, 1], [0, 0])
    assert own["rows"]["1"]["F1"] == 0.0
    assert classes([], [])["rows"]["0"]["n"] == 0


def test_the_papers_own_shares_give_its_majority() -> None:
    assert CLASSES["1"][3] / (CLASSES["0"][3] + CLASSES["1"][3]) == pytest.approx(0.604, abs=5e-4)


def test_candidates_are_partners_on_either_side() -> None:
    left, right = np.array([0, 0, 1]), np.array([1, 2, 2])
    own = candidates(left, right, [0.1, 0.9, 0.5])
    assert [sorted(part) for part in np.split(own.rows, own.starts[1:])] == [[0, 1], [0, 2], [1, 2]]


def test_a_song_whose_partners_are_all_alike_is_not_asked_for() -> None:
    assert len(candidates(np.array([0, 0]), np.array([1, 2]), [0.5, 0.5]).starts) == 0
    assert len(candidates(np.array([], np.int64), np.array([], np.int64), []).starts) == 0


def test_an_order_by_hand() -> None:
    left, right, labels = np.array([0, 0]), np.array([1, 2]), [0.0, 1.0]
    asked_for = candidates(left, right, labels)
    assert ordered(labels, [0.2, 0.8], asked_for)["nDCG@10"] == 1.0
    assert ordered(labels, [0.8, 0.2], asked_for)["nDCG@10"] == pytest.approx(1 / math.log2(3))
    assert ordered(labels, [0.8, 0.2], asked_for)["songs asked"] == 1


@settings(max_examples=30, deadline=None)
@given(st.integers(3, 9), st.integers(0, 1000))
def test_telling_the_labels_is_the_best_order_and_a_shift_changes_none(songs: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    left, right = np.triu_indices(songs, 1)
    labels, told = rng.random((2, len(left)))
    own = candidates(left, right, labels)
    assert ordered(labels, labels, own)["nDCG@10"] == pytest.approx(1.0)
    assert ordered(labels, told, own) == ordered(labels, told + 3, own)


def test_a_constant_is_worth_what_chance_is() -> None:
    left, right = np.triu_indices(40, 1)
    labels = np.random.default_rng(1).random(len(left))
    own = candidates(left, right, labels)
    runs = [ordered(labels, np.zeros(len(left)), own, seed=seed) for seed in range(9)]
    assert np.mean([run["nDCG@10"] for run in runs]) == pytest.approx(runs[0]["nDCG@10 of chance"], abs=0.02)


def school() -> tuple[Sides, Corpus]:
    ids = ("a", "b", "c", "d")
    pairs = PairSet(ids, np.array([0, 0, 1]), np.array([1, 2, 3]), np.array([0.2, 0.4, 0.9], np.float32))
    words = {"a": ("sea", "ship"), "b": ("sea", "ship"), "c": ("road",)}
    return Sides(pairs, pairs, pairs), Corpus(pairs, words, {"a": "x"}, {})


def test_plain_ways_tell_what_they_say() -> None:
    sides, corpus = school()
    assert asked(PLAIN["constant median"], sides, corpus).tolist() == pytest.approx([0.4] * 3)
    assert asked(PLAIN["words in common, tf-idf"], sides, corpus).tolist() == pytest.approx([1.0, 0.0, 0.0])


def test_anybody_may_be_asked_and_sees_no_test_label() -> None:
    sides, corpus = school()
    seen: list[School] = []

    def maker(own: School) -> object:
        seen.append(own)
        return lambda left, right: np.array([len(one.words) + (two.artist == "x") for one, two in zip(left, right)])  # noqa: B905

    assert asked(maker, sides, corpus).tolist() == [2.0, 2.0, 2.0]  # type: ignore[arg-type]
    assert set(School._fields) == {"train", "validation", "songs"}
    assert seen[0].songs["d"].words == ()


def test_a_scorer_is_handed_raw_lyrics_where_there_are_some() -> None:
    sides, corpus = school()
    seen: list[School] = []

    def maker(own: School) -> object:
        seen.append(own)
        return lambda left, right: np.zeros(len(left))

    asked(maker, sides, corpus._replace(texts={"a": "Sea,\nship!"}))  # type: ignore[arg-type]
    assert [seen[0].songs[name].text for name in "ab"] == ["Sea,\nship!", ""]
