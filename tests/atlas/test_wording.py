"""The words that themes are named from: no fillers, no stems, each once a song."""

from __future__ import annotations

import numpy as np
import pytest

from songkin.atlas.fillers import is_filler
from songkin.atlas.wording import counted, wording, words


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("La la la, oh the SNOW is falling, ooh", "en", ["snow", "falling"]),
        ("She'll be dancin' and I don't know why", "en", ["dancin"]),
        ("na na na hey whoa-oh shoop doo-wop", "en", ["shoop", "wop"]),
        ("que corazón con la noche", "es", ["corazón", "noche"]),
        ("l'amour est dans les rues", "fr", ["amour", "rues"]),
        ("雪が降る夜", "ja", ["雪が", "が降", "降る", "る夜"]),
        ("もうない", "ja", []),
        ("", "en", []),
        ("1999 !!!", "en", []),
    ],
)
def test_what_a_text_tells(text: str, language: str, told: list[str]) -> None:
    assert list(words(text, language)) == told


def test_forms_of_a_word_count_together_and_show_as_most_songs_have_it() -> None:
    found = wording(["dancing, dancing in snow", "dancing snow", "dances"], ["en"] * 3)
    assert found.shown == ("dancing", "snow")
    assert counted(np.zeros(3, np.int32), found, groups=1).tolist() == [[3, 2]]


def test_a_chorus_counts_once() -> None:
    found = wording(["umbrella " * 60 + "rain", "rain"], ["en", None], least=1)
    assert found.shown == ("rain", "umbrella")
    np.testing.assert_array_equal(counted(np.array([0, 1], np.int32), found, groups=2), [[1, 1], [1, 0]])


def test_a_word_of_too_few_songs_is_left_out() -> None:
    assert wording(["snow harbour", "snow"], ["en", "en"]).shown == ("snow",)


def test_a_language_without_a_list_drops_what_a_third_of_its_songs_say() -> None:
    texts = [f"jest sowa{'abcdef'[at]} sowa{'abcdef'[at // 2]}" for at in range(6)]
    found = wording(texts, ["pl"] * 6, least=1)
    named = {found.shown[at] for at in found.words.tolist()}
    assert "jest" not in named
    assert "sowad" in named


def test_no_songs_have_no_words() -> None:
    found = wording([], [])
    assert found.shown == ()
    assert counted(np.empty(0, np.int32), found, groups=0).shape == (0, 0)


@pytest.mark.parametrize("word", ["la", "oooh", "naaa", "lalala", "the", "nothing", "yeah", "mmm", "dadada"])
def test_fillers_are_known(word: str) -> None:
    assert is_filler(word)


@pytest.mark.parametrize("word", ["banana", "llama", "lane", "home", "harbour", "dance", "llorar", "night"])
def test_words_are_not_taken_for_fillers(word: str) -> None:
    assert not is_filler(word)
