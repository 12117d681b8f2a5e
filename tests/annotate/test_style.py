"""Style: finite and the same for any text, shares between 0 and 1, and what each measure counts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from songkin.annotate.style import KINDS, STYLE, style

SHARES = (
    "different_words", "repeated_lines", "commonest_line", "repeated_pairs", "commonest_word", "ten_commonest_words",
    "long_words", "dropped_g", "digits", "rhymes", "beyond_ascii", *KINDS,
)  # fmt: skip


def measured(*lines: str) -> dict[str, float]:
    return dict(zip(STYLE, style(lines).tolist(), strict=True))


@given(st.lists(st.text(st.characters(), max_size=60), max_size=12))
@example(["half of a smile \ud83d"])
def test_any_text_has_a_finite_style_that_is_the_same_each_time(lines: list[str]) -> None:
    found = style(lines)
    assert found.shape == (len(STYLE),)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found, style(lines))


@given(st.lists(st.text(st.characters(), max_size=60), max_size=12))
def test_shares_lie_between_0_and_1_and_nothing_is_below_0(lines: list[str]) -> None:
    own = measured(*lines)
    assert all(0 <= own[name] <= 1 for name in SHARES)
    assert min(own.values()) >= 0


@given(st.lists(st.sampled_from(["the rain comes down", "oh oh oh", "I love you so", ""]), max_size=8))
def test_a_text_sung_twice_has_the_same_words_and_repeats_more(lines: list[str]) -> None:
    once, twice = measured(*lines), measured(*lines, *lines)
    assert twice["repeated_lines"] >= once["repeated_lines"]
    assert all(math.isclose(once[name], twice[name], rel_tol=1e-5) for name in KINDS)


@pytest.mark.parametrize("lines", [(), ("",), ("  ", ""), ("...", "?!")])
def test_a_text_without_words_has_no_style(lines: tuple[str, ...]) -> None:
    assert not style(lines).any()


def test_small_texts_are_measured_as_by_hand() -> None:
    own = measured("I see the moon", "I see the spoon", "", "I see the moon")
    assert own["words"] == pytest.approx(math.log1p(12))
    assert own["lines"] == pytest.approx(math.log1p(3))
    assert own["verses"] == pytest.approx(math.log1p(2))
    assert own["words_a_line"] == 4
    assert own["line_length_spread"] == 0
    assert own["different_words"] == pytest.approx(5 / 12)
    assert own["repeated_lines"] == pytest.approx(1 / 3)
    assert own["commonest_line"] == pytest.approx(2 / 3)
    assert own["rhymes"] == pytest.approx(2 / 3)  # spoon on moon, moon on spoon
    assert own["i"] == pytest.approx(3 / 12)
    assert own["nature"] == pytest.approx(2 / 12)


def test_marks_digits_and_dropped_letters_count_by_word() -> None:
    own = measured("Rollin' down 66, are you?", "(yeah!) Öl")
    assert own["dropped_g"] == pytest.approx(1 / 7)  # rollin
    assert own["digits"] == pytest.approx(1 / 7)
    assert own["asked"] == own["shouted"] == own["commas"] == own["brackets"] == pytest.approx(1 / 7)
    assert own["beyond_ascii"] == pytest.approx(1 / len("Rollin' down 66, are you?\n(yeah!) Öl"))
    assert own["vocables"] == pytest.approx(1 / 7)
