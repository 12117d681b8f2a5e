"""What is said in other words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.text.synonyms import LIKELY, SAME, said_otherwise
from songkin.text.words import content_words, stems


def stemmed(text: str) -> tuple[str, ...]:
    return tuple(stems(content_words(text)))


def otherwise(text: str) -> dict[tuple[str, ...], float]:
    return said_otherwise(stemmed(text))


@pytest.mark.parametrize(
    ("request_", "meant"),
    [
        ("a woman singing", "female"),
        ("a woman singing", "vocals"),
        ("a guitar lick", "guitar riff"),
        ("eighties pop", "1980s"),
        ("80's pop", "1980s"),
        ("a hit from 1984", "1980s"),
        ("drum n bass", "drum and bass"),
        ("a song with a fiddle", "violin"),
        ("wordless", "instrumental"),
    ],
)
def test_what_is_alike_counts_as_said(request_: str, meant: str) -> None:
    assert otherwise(request_)[stemmed(meant)] == SAME


def test_a_hint_points_one_way_and_counts_less() -> None:
    assert otherwise("something upbeat")[stemmed("danceable")] == LIKELY < SAME
    assert stemmed("upbeat") not in otherwise("something danceable")


def test_vocals_are_never_an_instrumental() -> None:
    assert stemmed("instrumental") not in otherwise("female vocals")


@pytest.mark.parametrize("text", ["", "the of and", "zyzzyva", "夜の海"])
def test_what_nobody_says_otherwise_gives_nothing(text: str) -> None:
    assert otherwise(text) == {}


@given(st.text(max_size=60))
def test_what_is_said_already_is_not_said_otherwise(text: str) -> None:
    spoken = stemmed(text)
    found = said_otherwise(spoken)
    assert not any((stem,) in found for stem in spoken)
    assert all(0 < degree < 1 for degree in found.values())
