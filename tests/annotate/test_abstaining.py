"""When nothing is said of a song, and why."""

from __future__ import annotations

import pytest

from songkin.annotate.abstaining import LEAST_WORDS, heard
from songkin.types import Lyrics, Song

ENGLISH = (
    "The night is long and all the rain is falling on the street\n"
    "I walk alone and hear the sound of many tired feet, and nobody is coming home"
)
GERMAN = (
    "Ich gehe durch die Straßen und der Regen fällt auf mich\n"
    "Die Nacht ist lang und niemand hört mich und ich suche immer noch nach dir"
)
BAG = dict.fromkeys(dict.fromkeys(ENGLISH.lower().split()), 2)
GERMAN_BAG = dict.fromkeys(GERMAN.lower().split(), 1)


@pytest.mark.parametrize(
    ("song", "reason"),
    [
        (Song("s"), "no lyrics"),
        (Song("s", lyrics=Lyrics()), "no lyrics"),
        (Song("s", lyrics=Lyrics("  \n ")), "no lyrics"),
        (Song("s", lyrics=Lyrics(instrumental=True)), "instrumental: there are no words to judge"),
        (Song("s", lyrics=Lyrics(ENGLISH, instrumental=True)), "instrumental: there are no words to judge"),
        (Song("s", lyrics=Lyrics("[Instrumental]")), "instrumental: there are no words to judge"),
        (Song("s", lyrics=Lyrics("hello")), f"1 word is sung; at least {LEAST_WORDS} are needed"),
        (Song("s", lyrics=Lyrics("hello hello")), f"only 2 words are sung; at least {LEAST_WORDS} are needed"),
        (Song("s", lyrics=Lyrics("... !!")), f"no word is sung; at least {LEAST_WORDS} are needed"),
        (Song("s", lyrics=Lyrics(GERMAN)), "the words are German; only English is known"),
        (Song("s", language="xx", lyrics=Lyrics(ENGLISH)), "the words are in xx; only English is known"),
        (Song("s", lyrics=Lyrics(ENGLISH, language="fr")), "the words are French; only English is known"),
        (Song("s", language="de", lyrics=Lyrics(bag=BAG)), "the words are German; only English is known"),
        (Song("s", lyrics=Lyrics(bag=GERMAN_BAG)), "the words are German; only English is known"),
        (Song("s", lyrics=Lyrics(bag={"rain": 40})), f"1 word is sung; at least {LEAST_WORDS} are needed"),
    ],
)
def test_nothing_is_said_of_what_cannot_be_judged(song: Song, reason: str) -> None:
    assert heard(song).reason == reason


@pytest.mark.parametrize(
    "song",
    [
        Song("s", lyrics=Lyrics(ENGLISH)),
        Song("s", lyrics=Lyrics(bag=BAG)),
        *(Song("s", language=code, lyrics=Lyrics(ENGLISH)) for code in ("en", "EN", "en-GB", "en_US")),
    ],
)
def test_english_words_enough_are_judged(song: Song) -> None:
    assert heard(song).reason == ""


def test_the_language_given_goes_before_the_one_heard() -> None:
    assert heard(Song("s", lyrics=Lyrics(ENGLISH))).language == "en"
    assert heard(Song("s", language="fr", lyrics=Lyrics(ENGLISH, language="de"))).language == "fr"
    assert heard(Song("s", lyrics=Lyrics(GERMAN))).language == "de"
    assert heard(Song("s")).language is None
