"""Measures: worked out by hand, and against ir-measures."""

from __future__ import annotations

import math
import random
import warnings

import pytest

import songkin.evaluation
from songkin.errors import QueryError
from songkin.evaluation import by_query, measure
from songkin.types import Judgement

RANKED = ["a", "b", "c", "d", "e"]
WANTED = {"b": 2, "d": 1, "z": 1, "c": 0}
IDEAL = 2 / math.log2(2) + 1 / math.log2(3) + 1 / math.log2(4)


def test_all_names_are_there() -> None:
    assert all(hasattr(songkin.evaluation, name) for name in songkin.evaluation.__all__)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Recall@2", 1 / 3),
        ("Recall@10", 2 / 3),
        ("Recall", 2 / 3),
        ("hit@1", 0.0),
        ("hit@2", 1.0),
        ("P@2", 1 / 2),
        ("P@10", 2 / 10),
        ("MRR@1", 0.0),
        ("MRR@10", 1 / 2),
        ("MAP@10", (1 / 2 + 2 / 4) / 3),
        ("MAP@2", (1 / 2) / 3),
        ("nDCG@10", (2 / math.log2(3) + 1 / math.log2(5)) / IDEAL),
        ("nDCG@1", 0.0),
        ("ndcg@2", (2 / math.log2(3)) / (2 + 1 / math.log2(3))),
    ],
)
def test_a_measure_by_hand(name: str, value: float) -> None:
    assert measure(name)(RANKED, WANTED) == pytest.approx(value)


@pytest.mark.parametrize("name", songkin.evaluation.measures.MEASURES)
def test_nothing_wanted_or_nothing_found_is_zero_and_the_ideal_is_one(name: str) -> None:
    assert measure(f"{name}@3")(RANKED, {}) == 0
    assert measure(name)([], WANTED) == 0
    assert measure(name)(["x"], {"x": 0}) == 0
    assert measure(f"{name}@3")(["b", "d", "z"], WANTED) == pytest.approx(1)


def test_a_song_named_twice_counts_once() -> None:
    assert measure("Recall@2")(["b", "b", "d"], WANTED) == pytest.approx(2 / 3)


def test_a_query_without_an_answer_counts_as_zero_in_the_mean() -> None:
    judgements = by_query([Judgement("q1", "b"), Judgement("q2", "x"), Judgement("q1", "d", 2)])
    hit = measure("hit@5")
    assert judgements == {"q1": {"b": 1, "d": 2}, "q2": {"x": 1}}
    assert hit.each({"q1": RANKED}, judgements) == {"q1": 1.0, "q2": 0.0}
    assert hit.mean({"q1": RANKED}, judgements) == 0.5
    assert math.isnan(hit.mean({}, {}))


@pytest.mark.parametrize("name", ["nDGC@10", "nDCG@0", "nDCG@", "@10", ""])
def test_an_unknown_measure_names_the_known(name: str) -> None:
    with pytest.raises(QueryError, match="is no measure; take one of Recall, hit, P, MRR, MAP, nDCG"):
        measure(name)


def test_the_numbers_are_those_of_ir_measures() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import ir_measures
    theirs = {"Recall": "R", "hit": "Success", "P": "P", "MRR": "RR", "MAP": "AP", "nDCG": "nDCG"}
    rng = random.Random(7)
    songs = [f"s{n}" for n in range(20)]
    rankings = {f"q{n}": rng.sample(songs, 15) for n in range(20)}
    judgements = {query: {song: rng.choice([0, 0, 1, 1, 3]) for song in rng.sample(songs, 8)} for query in rankings}
    judgements = {query: {"s0": 1} | wanted for query, wanted in judgements.items()}
    run = {query: {song: -float(rank) for rank, song in enumerate(ranked)} for query, ranked in rankings.items()}
    for name, other in theirs.items():
        for cutoff in (1, 3, 10):
            ours = measure(f"{name}@{cutoff}").each(rankings, judgements)
            oracle = ir_measures.iter_calc([ir_measures.parse_measure(f"{other}@{cutoff}")], judgements, run)
            assert ours == pytest.approx({value.query_id: value.value for value in oracle}), name
