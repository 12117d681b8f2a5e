"""Lyrics of a player's server: timed ones as LRC, the sung ones alone, any shape survived."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.remote.words import of_list, of_plain
from songkin.text.lyrics import lines
from songkin.types import Lyrics

TIMED = {
    "lang": "eng",
    "synced": True,
    "offset": -100,
    "line": [{"start": 0, "value": "Ice on the pier"}, {"start": 61_200, "value": "and salt in the air"}],
}
PLAIN = {"lang": "xxx", "synced": False, "line": [{"value": "Ice on the pier"}, {"value": "and salt in the air"}]}


def listed(*lyrics: Any) -> Any:
    return {"structuredLyrics": list(lyrics)}


def test_timed_lyrics_become_lrc_and_an_offset_moves_them() -> None:
    found = of_list(listed(TIMED))
    assert found is not None
    assert found.text == "[00:00.100]Ice on the pier\n[01:01.300]and salt in the air"
    assert [line.start_ms for line in lines(found.text)] == [100, 61_300]


def test_a_positive_offset_sings_earlier_but_never_before_the_start() -> None:
    found = of_list(listed({**TIMED, "offset": 1200}))
    assert found is not None
    assert [line.start_ms for line in lines(found.text)] == [0, 60_000]


def test_timed_lyrics_go_before_others_and_name_their_language() -> None:
    assert of_list(listed(PLAIN, TIMED)) == of_list(listed(TIMED))
    found = of_list(listed(TIMED))
    assert found is not None
    assert (found.language, found.source) == ("eng", "subsonic")


@pytest.mark.parametrize("code", ["xxx", "und", "", None, 7, "XXX"])
def test_a_code_that_names_no_language_is_none(code: Any) -> None:
    assert of_list(listed({**PLAIN, "lang": code})) == Lyrics("Ice on the pier\nand salt in the air", source="subsonic")


def test_translations_and_pronunciations_are_not_what_is_sung() -> None:
    other = {**TIMED, "kind": "translation"}
    assert of_list(listed(other)) is None
    assert of_list(listed(other, {**PLAIN, "kind": "main"})) == of_list(listed(PLAIN))


def test_a_note_that_there_are_no_words_marks_an_instrumental() -> None:
    found = of_plain({"value": "[Instrumental]"})
    assert found is not None
    assert found.instrumental


@pytest.mark.parametrize(
    "said", [None, {}, [], "text", {"structuredLyrics": None}, listed({}), listed(PLAIN | {"line": []})]
)
def test_no_lyrics_in_any_shape_are_none(said: Any) -> None:
    assert of_list(said) is None


@pytest.mark.parametrize("said", [None, {}, {"value": ""}, {"value": "  \n "}, {"value": 7.5}])
def test_no_plain_lyrics_are_none(said: Any) -> None:
    assert of_plain(said) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["line", "value", "start", "synced", "lang", "offset", "kind"]), inner, max_size=4
        )
    ),
    max_leaves=10,
)


@given(JSON)
def test_whatever_a_server_sends_is_lyrics_or_none(said: Any) -> None:
    found = of_list({"structuredLyrics": said})
    assert found is None or found.text.strip()
