"""Themes: nobody is judged on an artist they learnt from, and what is said is held against what was read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from songkin.datasets import songkin_readings
from songkin.errors import QueryError
from songkin.evaluation import Label, Labeller
from songkin.evaluation.systems.themers import all_themes, commonest_themes, keywords
from songkin.evaluation.tasks import labels, themes
from songkin.evaluation.tasks.labels import LabelledText
from songkin.evaluation.theme_report import ThemeReport, judge_themes

WORDS = {"sea": "the sailors haul the anchor from the harbour", "faith": "pray to heaven and sing hallelujah lord"}


def song(n: int, *read: str) -> LabelledText:
    """Song n, by an artist of its own, whose words tell the first of its themes."""
    words = WORDS.get(read[0], "we talk of nothing much") if read else "we talk of nothing much"
    return LabelledText(f"Artist {n}", f"{words} and verse number{n}", themes=read)


SONGS = [song(n, "sea", "work") if n % 2 else song(n, "faith") for n in range(60)]


def saying(said: dict[str, Sequence[str]], name: str = "saying", *, rival: bool = True) -> Labeller:
    """A system that has an answer for each text."""

    def fit(songs: Sequence[LabelledText]) -> Label:
        return lambda texts: {"themes": [tuple(said.get(text, ())) for text in texts]}

    return Labeller(name, "by heart", fit, rival)


def document(report: ThemeReport) -> dict[str, Any]:
    return report.as_json()


def test_what_is_said_as_it_was_read_agrees_wholly() -> None:
    found = document(judge_themes(SONGS, [saying({own.text: own.themes or () for own in SONGS})]))
    assert found["measures"] == {name: [1.0, 1.0, 1.0] for name in themes.MEASURES}
    assert {name: own["n"] for name, own in found["themes"].items()} == {"faith": 30, "sea": 30, "work": 30}
    assert found["themes_a_song"] == {"read": 1.5, "saying": 1.5}
    assert (found["task"], found["n_queries"], found["artists"], found["folds"]) == ("themes", 60, 60, 5)


def test_agreement_by_hand() -> None:
    said = {own.text: ("sea",) for own in SONGS}  # right of 30 of 60; faith and work are never said
    found = document(judge_themes(SONGS, [saying(said)]))
    assert found["themes"]["sea"]["F1"]["saying"][0] == pytest.approx(60 / 90, abs=1e-4)
    assert found["themes"]["faith"]["F1"]["saying"][0] == 0.0
    assert found["measures"]["macro-F1"][0] == pytest.approx(60 / 90 / 3, abs=1e-4)
    assert found["measures"]["micro-F1"][0] == pytest.approx(2 * 30 / (60 + 90), abs=1e-4)
    assert found["measures"]["first theme"][0] == 0.5


def test_to_say_nothing_or_what_is_not_judged_is_to_be_wrong_of_the_first_theme() -> None:
    said = {own.text: ("polka",) if n < 30 else () for n, own in enumerate(SONGS)}
    assert document(judge_themes(SONGS, [saying(said)]))["measures"] == {
        name: [0.0, 0.0, 0.0] for name in themes.MEASURES
    }


def test_rare_themes_are_not_judged_and_songs_that_were_not_read_take_no_part() -> None:
    songs = [*SONGS, song(60, "war"), LabelledText("Nobody", "never read")]
    found = document(judge_themes(songs, [all_themes()]))
    assert "war" not in found["themes"]
    assert found["n_queries"] == 61


def test_an_artist_is_never_on_both_sides() -> None:
    def fit(learnt: Sequence[LabelledText]) -> Label:
        keys = {own.key for own in learnt}

        def said(texts: Sequence[str]) -> dict[str, list[tuple[str, ...]]]:
            assert not keys & {own.key for own in SONGS if own.text in texts}
            return {"themes": [()] * len(texts)}

        return said

    judge_themes([*SONGS, *(LabelledText(own.artist.upper(), own.text, themes=own.themes) for own in SONGS)],
                 [Labeller("spy", "", fit)])  # fmt: skip


def test_every_system_is_held_against_the_best_baseline() -> None:
    perfect = saying({own.text: own.themes or () for own in SONGS}, "ours", rival=False)
    compared = document(judge_themes(SONGS, [perfect, commonest_themes(), saying({}, "silent")]))["compared"]
    assert {name: told["rival"] for name, told in compared["macro-F1"].items()} == {
        "ours": "majority",
        "silent": "majority",
    }
    assert compared["macro-F1"]["ours"]["p"] < 0.01


def test_songs_of_one_artist_leave_nothing_to_learn_from_and_no_songs_give_no_measures() -> None:
    with pytest.raises(QueryError, match="nothing is left to learn from"):
        judge_themes([song(1, "sea"), song(1, "sea")], [all_themes()])
    found = document(judge_themes([], [all_themes()]))
    assert (found["n_queries"], found["measures"], found["themes"]) == (0, {}, {})


# -- the baselines -----------------------------------------------------------------------------------------------------


def test_the_majority_says_the_three_commonest_and_all_says_all() -> None:
    songs = [song(n, *["a", "b", "c", "d"][: 1 + n % 4]) for n in range(20)]
    assert commonest_themes().fit(songs)(["x", "y"])["themes"] == [("a", "b", "c")] * 2
    assert all_themes().fit(songs)(["x"])["themes"] == [("a", "b", "c", "d")]
    assert commonest_themes().fit([LabelledText("One", "words", themes=())])(["x"])["themes"] == [()]


def test_keywords_are_learnt_and_nothing_is_said_where_none_is_sung() -> None:
    label = keywords(most=5).fit(SONGS)
    told = label(["sailors of the harbour haul the anchor", "heaven lord hallelujah pray sing", "plain talk", ""])
    sailing, praying, plain, silent = np.asarray(told["themes"], object).tolist()
    assert set(sailing) == {"sea", "work"}
    assert tuple(praying) == ("faith",)
    assert plain == silent == ()


def test_keywords_learn_from_songs_without_themes_that_nothing_is_to_be_said() -> None:
    bare = [LabelledText(f"Artist {n}", "some words of a song", themes=()) for n in range(9)]
    assert keywords().fit(bare)(["some words"])["themes"] == [()]


# -- the songs ---------------------------------------------------------------------------------------------------------


def test_the_songs_are_those_that_were_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = [[song(1), song(2)], [song(3)]]
    monkeypatch.setattr(labels, "rows", lambda: known)
    row = {"words": songkin_readings.mark(song(2).text), "themes": ["sea", "home"]}
    place = tmp_path / "readings.jsonl"
    place.write_text(json.dumps({**row, "happy": 5, "valence": 5, "energy": 5, "danceability": 5}) + "\n", "utf-8")
    monkeypatch.setattr(songkin_readings, "file_of", lambda *given: place)
    (only,) = themes.rows()
    assert (only.artist, only.themes) == ("Artist 2", ("sea", "home"))
