"""When nothing is said of a song, and why: no words, too few of them, or words of a language the heads do not know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from songkin.text import detect, instrumental, lines
from songkin.text.description import LANGUAGE_NAMES
from songkin.text.words import tokens
from songkin.types import Song

__all__ = ["KNOWN_LANGUAGE", "LEAST_WORDS", "Heard", "heard"]

KNOWN_LANGUAGE = "en"
LEAST_WORDS = 20


class Heard(NamedTuple):
    """A song's language, None = not known, why nothing is said of it, '' = something is, and its sung lines.

    The words of a bag are lines of one word.
    """

    language: str | None
    reason: str
    sung: tuple[str, ...] = ()


def heard(song: Song) -> Heard:
    """Say in which language a song's words are, and whether they are enough to be judged."""
    own = song.lyrics
    given = song.language or (own.language if own else None)
    if own is None or not (own.text.strip() or own.bag):
        silent = own is not None and own.instrumental
        return Heard(given, "instrumental: there are no words to judge" if silent else "no lyrics")
    if own.instrumental or instrumental(own.text):
        return Heard(given, "instrumental: there are no words to judge")
    sung = tuple(line.text for line in lines(own.text)) if own.text.strip() else tuple(own.bag)
    words = [word for line in sung for word in tokens(line)] if own.text.strip() else list(own.bag)
    language = given or detect(own.text if own.text.strip() else _laid_out(own.bag)).language
    if len(words) < LEAST_WORDS:
        count = "no word is" if not words else "1 word is" if len(words) == 1 else f"only {len(words)} words are"
        return Heard(language, f"{count} sung; at least {LEAST_WORDS} are needed", sung)
    if language and re.split("[-_]", language.strip())[0].lower() != KNOWN_LANGUAGE:
        named = LANGUAGE_NAMES.get(language, f"in {language}")
        return Heard(language, f"the words are {named}; only English is known", sung)
    return Heard(language, "", sung)


def _laid_out(bag: Mapping[str, int]) -> str:
    """Return the words of a bag as a text, the commonest first, by which its language is told nearly as surely."""
    return " ".join(sorted(bag, key=lambda word: (-bag[word], word)))
