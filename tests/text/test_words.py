from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.text import words as words_module
from songkin.text.words import REQUEST_WORDS, STOP_WORDS, content_words, normalise, stems, sung_stems, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It’s  Rockin'!", "its rockin"),
        ("IT`S", "its"),
        ("‘Twas the night—before", "twas the night before"),
        ("Ça n'va pas, Déjà-vu", "ca nva pas deja vu"),
        ("Straße, Łódź, smørrebrød", "strasse lodz smorrebrod"),
        ("ﬁre ＡＢＣ", "fire abc"),
        ("Ǽon, ǿ", "aeon o"),
        ("Ёлка Ναί", "ёлка ναί"),
        ("zero\u200bwidth soft\u00adhyphen", "zerowidth softhyphen"),
        ("", ""),
        ("...!?", ""),
    ],
)
def test_spellings_of_one_word_meet(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_tokens_of_tokens_are_the_same(text: str) -> None:
    once = tokens(text)
    assert tokens(" ".join(once)) == once


def test_scripts_without_spaces_become_pairs_of_characters() -> None:
    assert tokens("今日はlove天") == ["今日", "日は", "love", "天"]
    assert tokens("สวัสดี")[0] == "สว"
    assert tokens("사랑해 너를") == ["사랑해", "너를"]


def test_sung_spellings_share_the_stem_of_their_written_form() -> None:
    for sung, written in [("rockin", "rocking"), ("goin", "going"), ("cuz", "because"), ("lil", "little")]:
        assert stems([sung]) == stems([written])
    assert stems(["again", "mountain", "cabin"]) == ["again", "mountain", "cabin"]


def test_stems_follow_the_language_and_stay_tokens_where_there_is_no_stemmer() -> None:
    assert stems(["canciones"], "es") == stems(["cancion"], "es")
    assert stems(["songs", "canciones"], "xx") == ["songs", "canciones"]
    assert stems([]) == []


def test_a_songs_stems_come_once_for_each_passage_that_sings_them() -> None:
    assert sung_stems(["rain rain roof", "", "roof rain"]) == "rain roof roof rain"
    assert sung_stems([]) == ""


def test_content_words_leave_function_words_out() -> None:
    assert content_words("I'm on the old mountain of sorrow") == ["old", "mountain", "sorrow"]
    assert content_words("who am I?") == []


def test_the_word_lists_are_written_as_normalise_writes() -> None:
    assert all(normalise(word) == word for word in STOP_WORDS | REQUEST_WORDS)


@pytest.fixture
def eager_switching() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("eager_switching")
def test_threads_that_stem_at_once_get_the_stems_of_one() -> None:
    told = [
        f"{start}{end}"
        for start in ("remember", "walk", "sing", "lonel", "nation")
        for end in ("ing", "s", "ed", "iness", "ally")
    ]
    asked = [f"{word}{mark}" for word in told for mark in ("", "ly", "ness", "ful", "less", "ment", "ization", "ities")]
    words_module._stem.cache_clear()
    alone = stems(asked)
    words_module._stem.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(stems, [asked] * 8)) == [alone] * 8
