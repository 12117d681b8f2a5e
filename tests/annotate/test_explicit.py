"""Explicit words: found however they are hidden, quoted plainly, and no word of a family means not explicit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.annotate.explicit import FAMILIES, MOST_QUOTED, Explicit, counted, families

JUDGE = Explicit(dict.fromkeys(FAMILIES, 1.0), -0.5)
CLEAN = (
    "rain", "came", "down", "on", "class", "and", "mass", "grass", "hello", "shell", "scunthorpe", "assassin",
    "peacock", "title", "F-150", "F-16", "F-sharp", "f-falling", "f-for",
)  # fmt: skip


def kinds(*lines: str) -> dict[str, list[str]]:
    return {name: sorted(words) for name, words in counted(lines).items() if words}


@pytest.mark.parametrize(
    ("line", "family"),
    [
        ("what the fuck", "fuck"),
        ("MOTHERFUCKIN' rain", "fuck"),
        ("f**k that", "fuck"),
        ("f--k that", "fuck"),
        ("f-ckin' rain", "fuck"),
        ("f-ing rain", "fuck"),
        ("no sh*t", "shit"),
        ("bullshit", "shit"),
        ("b**** please", "bitch"),
        ("a bad-ass band", "ass"),
        ("dumbasses", "ass"),
        ("goddamn it", "oath"),
        ("two hoes", "whore"),
        ("smoking weed", "drugs"),
        ("a loaded gun and guns", "violence"),
    ],
)
def test_a_word_counts_in_its_family_also_where_stars_hide_it(line: str, family: str) -> None:
    assert family in kinds(line)


@pytest.mark.parametrize("word", CLEAN)
def test_words_that_hold_such_a_word_are_not_one(word: str) -> None:
    assert kinds(word) == {}


def test_a_word_counts_once_in_the_first_family_it_fits() -> None:
    assert kinds("shit fuck shit") == {"fuck": ["fuck"], "shit": ["shit"]}
    assert counted(["shit fuck", "shit"])["shit"] == {"shit": 2}
    np.testing.assert_array_equal(families(["shit fuck"]), [float(name in ("fuck", "shit")) for name in FAMILIES])


@given(st.lists(st.sampled_from(CLEAN), max_size=30), st.floats(-5, 5))
def test_without_a_word_of_a_family_no_song_is_explicit_whatever_was_learned(words: list[str], bias: float) -> None:
    judged = Explicit(dict.fromkeys(FAMILIES, 9.0), bias).judge([" ".join(words)])
    assert judged.explicit is False
    assert judged.words == ()
    assert 0 <= judged.p <= 1


@given(st.text())
def test_any_line_is_judged_and_only_what_is_explicit_is_quoted(line: str) -> None:
    judged = JUDGE.judge([line])
    assert isinstance(judged.explicit, bool)
    assert judged.explicit == bool(judged.words)
    assert len(judged.words) <= MOST_QUOTED
    assert all(word in {own for found in counted([line]).values() for own in found} for word in judged.words)


def test_the_commonest_plain_words_are_quoted_first() -> None:
    assert JUDGE.judge(["hell of a damn shit", "fuck shit"]).words == ("shit", "fuck")
    assert JUDGE.judge(["damn the weed, damn"]).words == ("damn", "weed")


def test_the_cut_divides() -> None:
    mild = Explicit(dict.fromkeys(FAMILIES, 1.0), -0.5, cut=0.9)
    assert mild.judge(["damn"]) == (False, pytest.approx(1 / (1 + np.exp(-0.5))), ())
    assert mild.judge(["damn fuck shit bitch"]).explicit is True


def test_no_lines_are_not_explicit() -> None:
    assert JUDGE.judge([]).explicit is False
