"""Measures and intervals against others' code: ir-measures on any judgements, scipy's bootstrap on any values."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songkin.evaluation import interval, measure

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import ir_measures

THEIRS = {"Recall": "R", "hit": "Success", "P": "P", "MRR": "RR", "MAP": "AP", "nDCG": "nDCG"}
CUTOFFS = (1, 3, 5, 10, 100)
SONGS = [f"s{n}" for n in range(14)]
RANKINGS = st.lists(st.sampled_from(SONGS), unique=True, max_size=14)
RELEVANCE = st.dictionaries(st.sampled_from(SONGS), st.integers(0, 4), max_size=10)


def theirs(name: str, ranked: Sequence[str], wanted: Mapping[str, int]) -> float:
    """What ir-measures says of one ranking; 0 where it leaves a query without an answer out."""
    run = {"q": {song: float(-rank) for rank, song in enumerate(ranked)}}
    values = list(ir_measures.iter_calc([ir_measures.parse_measure(name)], {"q": dict(wanted)}, run))
    return float(values[0].value) if values else 0.0


@settings(deadline=None, max_examples=40)
@given(RANKINGS, RELEVANCE.filter(lambda wanted: any(wanted.values())))
def test_every_measure_is_theirs_at_every_cutoff(ranked: list[str], wanted: dict[str, int]) -> None:
    for own, other in THEIRS.items():
        for cutoff in CUTOFFS:
            found = measure(f"{own}@{cutoff}")(ranked, wanted)
            assert found == pytest.approx(theirs(f"{other}@{cutoff}", ranked, wanted)), (own, cutoff)


@settings(deadline=None, max_examples=40)
@given(RANKINGS, RELEVANCE.filter(lambda wanted: any(wanted.values())))
def test_without_a_cutoff_the_whole_ranking_counts(ranked: list[str], wanted: dict[str, int]) -> None:
    for own in ("MRR", "MAP", "nDCG"):
        assert measure(own)(ranked, wanted) == pytest.approx(theirs(THEIRS[own], ranked, wanted)), own


@given(RANKINGS, RELEVANCE)
def test_a_measure_lies_between_0_and_1_and_the_ideal_order_is_best(ranked: list[str], wanted: dict[str, int]) -> None:
    ideal = sorted(ranked, key=lambda song: -wanted.get(song, 0))
    for own in THEIRS:
        judge = measure(f"{own}@5")
        assert 0 <= judge(ranked, wanted) <= judge(ideal, wanted) <= 1 + 1e-12


@given(RANKINGS, RELEVANCE)
def test_what_comes_below_the_cutoff_does_not_count(ranked: list[str], wanted: dict[str, int]) -> None:
    for own in THEIRS:
        assert measure(f"{own}@3")(ranked, wanted) == measure(f"{own}@3")(ranked[:3], wanted)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 5))
def test_bounds_hold_the_values_and_the_mean_and_widen_with_the_level(values: list[float], seed: int) -> None:
    wide, narrow = (interval(values, level=level, samples=200, seed=seed) for level in (0.95, 0.5))
    assert min(values) - 1e-9 <= wide.low <= narrow.low <= narrow.high <= wide.high <= max(values) + 1e-9
    assert wide.mean == pytest.approx(np.mean(values))


def test_the_bounds_are_those_of_scipys_percentile_bootstrap() -> None:
    stats = pytest.importorskip("scipy.stats")
    values = np.random.default_rng(1).beta(2, 5, 120)
    theirs = stats.bootstrap((values,), np.mean, method="percentile", n_resamples=5000, rng=2).confidence_interval
    found = interval(values)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.004)
