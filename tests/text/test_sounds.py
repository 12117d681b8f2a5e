from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from songkin.text.sounds import phrase, sound
from songkin.text.words import tokens


@pytest.mark.parametrize(
    ("heard", "sung"),
    [
        ("night", "knight"),
        ("bat", "pad"),
        ("fan", "van"),
        ("goat", "coat"),
        ("seas", "cease"),
        ("eye", "I"),
        ("99", "99"),
    ],
)
def test_words_that_sound_alike_share_a_key(heard: str, sung: str) -> None:
    assert sound(heard) == sound(sung)


@pytest.mark.parametrize("word", ["I", "a", "you", "oh", "ooh", "hey", "who", "why", "we", "the", "любовь", "愛", "7"])
def test_short_and_foreign_words_have_a_key(word: str) -> None:
    assert sound(word)


def test_different_words_keep_different_keys() -> None:
    assert len({sound(word) for word in ("moon", "bathroom", "river", "love", "you", "I", "24")}) == 7


def test_words_heard_across_their_borders_meet() -> None:
    assert phrase(["kiss", "this", "guy"]) == phrase(["kiss", "the", "sky"])
    assert Levenshtein.distance(phrase(["bad", "moon"]), phrase(["bathroom"])) <= 2
    assert phrase([]) == ""


@given(st.text())
def test_every_token_has_a_sound_or_none_and_never_raises(text: str) -> None:
    assert all(isinstance(sound(token), str) for token in tokens(text))
