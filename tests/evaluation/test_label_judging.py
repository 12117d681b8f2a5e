"""Labelling: nobody is judged on an artist they learnt from, and what is said is measured as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.datasets.holdout import artist_fold
from songkin.errors import QueryError
from songkin.evaluation import Label, Labeller, LabelReport, Labels, label
from songkin.evaluation.tasks.labels import LabelledText


def song(n: int, genre: str = "folk", **known: Any) -> LabelledText:
    return LabelledText(f"Artist {n}", f"words of song {n} by {genre}", genre, **known)


def always(**columns: float) -> Labeller:
    """A system that says the same of every song."""

    def fit(songs: Sequence[LabelledText]) -> Label:
        return lambda texts: {name: np.full(len(texts), value) for name, value in columns.items()}

    return Labeller("always", "a constant", fit)


def knowing(said: Mapping[str, Mapping[str, float]], name: str = "knowing", *, rival: bool = True) -> Labeller:
    """A system that has an answer for each text."""

    def fit(songs: Sequence[LabelledText]) -> Label:
        return lambda texts: {
            column: [said[text].get(column, np.nan) for text in texts]
            for column in dict.fromkeys(column for own in said.values() for column in own)
        }

    return Labeller(name, "by heart", fit, rival)


def document(labels: Labels) -> dict[str, Any]:
    return LabelReport(labels).as_json()


@given(st.integers(2, 30))
def test_an_artist_is_never_on_both_sides_however_the_name_is_written(n: int) -> None:
    songs = [song(n, features={"energy": 0.5}) for n in range(n)]
    songs += [LabelledText(f"ARTIST {n}", f"another of {n}") for n in range(n)]
    seen: list[tuple[set[str], set[str]]] = []

    def fit(learnt: Sequence[LabelledText]) -> Label:
        keys = {own.key for own in learnt}

        def said(texts: Sequence[str]) -> Mapping[str, Any]:
            seen.append((keys, {own.key for own in songs if own.text in texts}))
            return {"p_happy": np.full(len(texts), 0.5)}

        return said

    if len({artist_fold(own.key) for own in songs}) > 1:
        label(songs, [Labeller("spy", "", fit)])
        assert all(not learnt & judged for learnt, judged in seen)
        assert {key for _, judged in seen for key in judged} == {own.key for own in songs}


def test_folds_do_not_move_when_songs_come_or_go() -> None:
    assert [artist_fold(f"Artist {n}") for n in range(6)] == [artist_fold(f"the artist {n}"[4:]) for n in range(6)]
    assert {artist_fold(f"Artist {n}") for n in range(60)} == set(range(5))


def test_what_is_high_is_so_above_the_median_of_the_others() -> None:
    songs = [song(n, features={"valence": n / 100}) for n in range(60)]
    found = label(songs[40:], [always(p_valence_high=1.0)], test=songs[:41])
    assert found.truth.chance["p_valence_high"].sum() == 0  # all lie under the median of the songs learnt from
    assert found.folds == 1
    assert found.known == 1  # Artist 40 is on both sides, and that is told


def test_accuracy_macro_f1_and_calibration_by_hand() -> None:
    songs = [song(n, "folk" if n < 30 else "jazz", happy=n % 2 == 0, explicit=n < 10) for n in range(60)]
    said = {
        own.text: {
            "p_folk": 0.8 if n < 20 else 0.1,
            "p_jazz": 0.2 if n < 20 else 0.9,
            "p_happy": 0.75,
            "explicit": float(n < 10),
        }
        for n, own in enumerate(songs)
    }
    found = document(label(songs, [knowing(said)]))["systems"]["knowing"]
    assert found["genre accuracy"][0] == pytest.approx(50 / 60, abs=1e-4)  # ten folk songs are called jazz
    assert found["genre macro-F1"][0] == pytest.approx((2 * 20 / 50 + 2 * 30 / 70) / 2, abs=1e-4)
    assert found["genre ECE"][0] == pytest.approx((20 * 0.2 + 40 * abs(0.9 - 0.75)) / 60, abs=1e-4)
    assert found["mood accuracy"][0] == 0.5
    assert found["mood ECE"][0] == 0.25
    assert found["mood Brier"][0] == pytest.approx((0.0625 + 0.5625) / 2, abs=1e-4)
    assert found["explicit macro-F1"][0] == 1.0
    assert "explicit ECE" not in found  # true and false are no chances
    assert "valence accuracy" not in found


def test_to_abstain_is_to_be_wrong_and_is_told() -> None:
    songs = [song(n, happy=True) for n in range(40)]
    said = {own.text: {"p_happy": 0.9} if n < 30 else {"p_happy": np.nan} for n, own in enumerate(songs)}
    found = document(label(songs, [knowing(said)]))
    assert found["systems"]["knowing"]["mood accuracy"][0] == 0.75
    assert found["systems"]["knowing"]["mood ECE"][0] == pytest.approx(0.1)
    assert found["answered"]["knowing"] == {"mood": 0.75}


def test_rare_and_unknown_genres_are_not_judged_and_guessing_one_is_wrong() -> None:
    songs = [song(n, "folk") for n in range(30)] + [song(99, "polka"), LabelledText("Nobody", "no genre")]
    found = document(label(songs, [always(p_folk=0.4, p_polka=0.6)]))
    assert found["classes"]["genre"] == {"folk": 30}
    assert found["systems"]["always"]["genre accuracy"][0] == 0.0
    assert found["answered"]["always"] == {"genre": 1.0}


def test_small_numbers_are_marked() -> None:
    songs = [song(n, happy=n % 2 == 0) for n in range(1000)] + [song(n, explicit=True) for n in range(3)]
    found = document(label(songs, [always(p_happy=0.5)]))
    assert found["n"]["mood"] == 1000
    assert "mood" not in found["small"]
    assert {"explicit", "valence"} <= set(found["small"])


def test_every_system_is_held_against_the_best_baseline() -> None:
    songs = [song(n, happy=n % 2 == 0) for n in range(80)]
    perfect = {own.text: {"p_happy": float(bool(own.happy))} for own in songs}
    fair = {own.text: {"p_happy": 0.0 if n < 20 else float(bool(own.happy))} for n, own in enumerate(songs)}
    systems = [knowing(perfect, "ours", rival=False), knowing(fair, "fair"), always(p_happy=1.0)]
    compared = document(label(songs, systems))["compared"]["mood accuracy"]
    assert {name: told["rival"] for name, told in compared.items()} == {"ours": "fair", "always": "fair"}
    assert compared["ours"]["mean"] == pytest.approx(1 / 8)
    assert compared["ours"]["p"] < 0.05
    assert compared["always"]["high"] < 0


def test_reliability_has_ten_bins_for_each_chance() -> None:
    songs = [song(n, happy=n % 2 == 0) for n in range(20)]
    found = document(label(songs, [always(p_happy=0.42, p_folk=0.9)]))["reliability"]["always"]
    assert {name: len(bins) for name, bins in found.items()} == {"genre": 10, "mood": 10}
    assert found["mood"][4] == {"low": 0.4, "high": 0.5, "mean": 0.42, "share": 0.5, "n": 20}
    assert found["mood"][0]["mean"] is None


def test_an_estimate_is_judged_by_its_error() -> None:
    songs = [song(n, features={"energy": 0.5}) for n in range(20)]
    assert document(label(songs, [always(energy=0.7)]))["systems"]["always"]["energy error"][0] == pytest.approx(0.2)


def test_other_columns_of_annotate_are_passed_over_and_none_is_to_abstain() -> None:
    def fit(songs: Sequence[LabelledText]) -> Label:
        return lambda texts: {
            "genre": ["folk"] * len(texts),
            "themes": [["rain"]] * len(texts),
            "explicit": [None] * len(texts),
        }

    found = label([song(n, explicit=True) for n in range(20)], [Labeller("ours", "", fit)])
    assert set(found.said["ours"]) == {"explicit"}
    assert document(found)["answered"]["ours"] == {"explicit": 0.0}


def test_songs_of_one_artist_alone_leave_nothing_to_learn_from() -> None:
    with pytest.raises(QueryError, match="nothing is left to learn from"):
        label([song(1), song(1)], [always(p_happy=0.5)])


def test_a_column_of_another_length_is_no_answer() -> None:
    short = Labeller("short", "", lambda songs: lambda texts: {"p_happy": [0.5]})
    with pytest.raises(ValueError, match=r"column p_happy has the shape \(1,\)"):
        label([song(n) for n in range(40)], [short])


def test_no_songs_give_no_measures() -> None:
    found = document(label([], [always(p_happy=0.5)]))
    assert (found["n_queries"], found["measures"]) == (0, {})
