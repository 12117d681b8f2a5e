"""The terms descriptions are found by: stems, and whole descriptors as one term each.

Conventions
-----------
A whole descriptor is its stems joined by '_' behind an '=': "quiet storm" is found as "=quiet_storm", and as "quiet"
and "storm" like any words. So a request that names a descriptor in full finds it before songs that share a word of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from songkin.text.words import REQUEST_WORDS, content_words, normalise, stems, vocabulary
from songkin.types import Query

__all__ = ["coverage", "description_terms", "request_stems", "request_terms", "spoken"]

LONGEST_DESCRIPTOR = 4  # stems
LONGEST_REQUEST = 60  # words of a request in which descriptors are looked for
ENOUGH = 4  # words of a request that are enough to recognise a passage by
MOST_WORDS = 200  # different words of a request that count


def description_terms(said: str, descriptors: Iterable[str], language: str | None) -> str:
    """Return the search column of a description: the stems of what is said, and each descriptor as a whole."""
    words = stems(content_words(said), language)
    wholes = dict.fromkeys(whole for name in descriptors if (whole := whole_term(stems(content_words(name)))))
    return " ".join([*words, *wholes])


def whole_term(stemmed: Sequence[str]) -> str:
    """Return the term of a whole descriptor; '' for none and for one too long to be asked for."""
    return "=" + "_".join(stemmed) if 0 < len(stemmed) <= LONGEST_DESCRIPTOR else ""


def request_terms(text: str, languages: tuple[str, ...] = ("en",)) -> list[str]:
    """Return what a request looks for in descriptions: its stems, and every run of up to four as a descriptor.

    The tags of a French song are stemmed as French, so the French stem of "sea" counts, too, however short.
    """
    spoken = stems(content_words(text)[:LONGEST_REQUEST])
    runs = (spoken[at : at + long] for long in range(1, LONGEST_DESCRIPTOR + 1) for at in range(len(spoken) - long + 1))
    asked = asked_words(text)
    forms = (stem for language in languages for stem in stems(asked, language))
    return list(dict.fromkeys([*forms, *map(whole_term, runs)]))


def request_stems(text: str, languages: tuple[str, ...] = ("en",)) -> list[str]:
    """Return the stems of a request that may be sung, in each language, each once.

    Function words and words such as "songs" are left out; a request that holds nothing else keeps them.
    """
    asked = asked_words(text)
    return list(dict.fromkeys(stem for language in languages for stem in _sung_in(language, asked, text)))


def _sung_in(language: str, words: Sequence[str], text: str) -> list[str]:
    """Return the stems of words of a request's `text` in a language, one for one.

    A stem of one or two letters is a function word as a rule: the French one of "sea" is "se". It counts only in a
    request with function words that are not English, as "vi" in "la vie en rose"; elsewhere the word stands for it.
    """
    found = stems(words, language)
    if language == "en" or not FOREIGN.isdisjoint(normalise(text).split()):
        return found
    return [word if len(stem) < SHORTEST else stem for stem, word in zip(found, words, strict=True)]


MEASURED = re.compile(
    r"\b(?:under|below|over|above|(?:less|more|longer|shorter|faster|slower) than|at (?:most|least)|up to|within|"
    r"about|around)\s+(?:\d[\d:.,]*|one|two|three|four|five|six|seven|eight|nine|ten)(?:\s+and a half)?[\s-]*"
    r"(?:minutes?|mins?|seconds?|secs?|bpm|beats (?:per|a) minute)\b|\b\d{2,3}\s*bpm\b|"
    r"\b(?:last|past|previous) (?:(?:\d+|couple of|few|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty) )?"
    r"(?:years?|decades?)\b|\b(?:around|circa|since|until|before|after)(?=\s+(?:the )?(?:19|20)\d\d)",
    re.IGNORECASE,
)
"""What measures a song rather than describes it: "under 4 minutes", "120 bpm", "the last ten years"."""
SMALL = vocabulary("en el los las del con por para des du dans pour avec und der das ein eine mit um uma em")
"""Function words of other languages that are no English words: "en" of "en español" is sung in every Spanish song."""
FOREIGN = SMALL | vocabulary(
    "la le il lo un une ein je tu elle nous vous ses est et que qui al ao ich und ist nicht det att och jag het een ik "
    "di della egy bir na nie ne"
)
SHORTEST = 3  # letters of a stem that tells a word of another language


def asked_words(text: str) -> list[str]:
    """Return the words of a request that mean something, each once; request words where it holds nothing else.

    Measures of length, speed and time, and function words of other languages, are left out like "songs".
    """
    spoken = list(dict.fromkeys(content_words(MEASURED.sub(" ", text))))
    telling = [token for token in spoken if token not in REQUEST_WORDS and token not in SMALL]
    return (telling or spoken)[:MOST_WORDS] or content_words(text)[:MOST_WORDS]


ERA = re.compile(
    r"\b(?:early |mid |late )?(?:(?:the )?(?:(?:19|20)?\d0['’]?s|(?:19|20)\d\d)|(?:the )?(?:twent|thirt|fort|fift|sixt|"
    r"sevent|eight|ninet)ies)\b",
    re.IGNORECASE,
)


def spoken(query: Query) -> str:
    """Return the words of a request that may tell songs apart: without eras where years filter, for all hits meet them.

    A request of nothing else keeps them.
    """
    text = f"{query.text} {query.lyrics}"
    if not query.where or "year" not in query.where.fields():
        return text
    rest = ERA.sub(" ", text)
    return rest if asked_words(rest) else text


def coverage(text: str, passage: str, languages: tuple[str, ...] = ("en",)) -> float:
    """Return how much of a request a passage's stems hold, in [0, 1]: its words there, of all, at most `ENOUGH`."""
    asked = asked_words(text)
    held = set(passage.split())
    forms = zip(*(_sung_in(language, asked, text) for language in languages), strict=True)
    there = sum(not held.isdisjoint(form) for form in forms)
    return min(there / min(len(asked), ENOUGH), 1.0) if asked else 0.0
