"""Languages as conditions: "in Spanish", "French songs", "auf Deutsch", "not in English"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from songkin.filters.terms import Is, Term
from songkin.search.understanding.sentence import Reading, Sentence

if TYPE_CHECKING:
    from songkin.search.understanding.vocabulary import Vocabulary

__all__ = ["read_languages", "term_of_language"]

NAMES = {
    "ar": "arabic", "bn": "bengali", "ca": "catalan", "cs": "czech", "cy": "welsh", "da": "danish", "de": "german",
    "el": "greek", "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian farsi",
    "fi": "finnish", "fr": "french", "ga": "irish gaelic", "gl": "galician", "he": "hebrew", "hi": "hindi",
    "hr": "croatian", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "is": "icelandic", "it": "italian",
    "ja": "japanese", "ko": "korean", "la": "latin", "lt": "lithuanian", "lv": "latvian", "ms": "malay",
    "nl": "dutch flemish", "no": "norwegian", "pl": "polish", "pt": "portuguese brazilian", "ro": "romanian",
    "ru": "russian", "sk": "slovak", "sl": "slovenian", "sr": "serbian", "sv": "swedish", "sw": "swahili",
    "ta": "tamil", "te": "telugu", "th": "thai", "tl": "tagalog filipino", "tr": "turkish", "uk": "ukrainian",
    "ur": "urdu", "vi": "vietnamese", "yo": "yoruba", "zh": "chinese mandarin cantonese", "zu": "zulu",
}  # fmt: skip
CODES = {name: code for code, names in NAMES.items() for name in names.split()}
OWN = {
    "auf deutsch": "de", "deutschsprachig": "de", "deutsche lieder": "de", "deutsche musik": "de",
    "en espanol": "es", "canciones en castellano": "es", "en castellano": "es", "en francais": "fr",
    "chansons francaises": "fr", "in italiano": "it", "em portugues": "pt", "pa svenska": "sv", "pa norsk": "no",
    "pa dansk": "da", "in het nederlands": "nl", "po polsku": "pl", "на русском": "ru", "по-русски": "ru",
    "українською": "uk", "in inglese": "en", "auf englisch": "en", "en anglais": "en", "en ingles": "en",
    "auf spanisch": "es", "auf franzosisch": "fr", "türkce": "tr", "日本語": "ja", "한국어": "ko", "中文": "zh",
    "بالعربية": "ar",
}  # fmt: skip
THREE = {"en": "eng", "es": "spa", "de": "deu", "fr": "fra", "it": "ita", "pt": "por", "ja": "jpn", "ru": "rus"}
NAME = "|".join(sorted(CODES, key=len, reverse=True))
IN = re.compile(
    rf"\b(?:(?:sung|singing|sings?|lyrics|vocals|songs?|music|all|mostly|only|entirely)\s+)*in\s+(?P<a>{NAME})"
    rf"(?:\s*(?:,|or|and|/)\s*(?P<b>{NAME}))?\b(?!\s+(?:class|lesson|guitar|accent|style|horn|tuning|restaurant|"
    rf"school))"
)
ADJECTIVE = re.compile(
    rf"\b(?P<a>{NAME})(?:\s*(?:,|or|and|/)\s*(?P<b>{NAME}))?[\s-]+(?:language\b(?:\s+(?:songs?|music|lyrics))?|"
    r"(?:language\s+)?(?:songs?|lyrics|vocals?|tracks?|tunes?|hits?|music|speaking|sung|ballads?|words)\b)"
)
ANY_BUT = re.compile(
    rf"\b(?:in )?(?:any (?:other )?languages? (?:but|except|other than|apart from|besides)|non) *-?(?P<a>{NAME})\b"
    r"(?:[\s-]+(?:language|speaking|songs?|music|lyrics))*"
)
LONE = re.compile(rf"(?:^|(?<=[,;]))\s*(?P<a>(?!latin|irish|gaelic)(?:{NAME}))(?=\s*(?:$|[,;.]))")
NATIVE = re.compile(r"(?<!\w)(?:" + "|".join(sorted(OWN, key=len, reverse=True)) + r")(?!\w)")


def read_languages(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Reading]:
    """Read the languages a song is to be sung in."""
    for pattern in (IN, ADJECTIVE):
        for found in pattern.finditer(sentence.plain):
            names = [name for name in (found["a"], found["b"]) if name]
            music = re.search(r"music$|songs?$|hits?$|tracks?$", found[0])
            if pattern is ADJECTIVE and found["a"] in ("latin", "irish", "gaelic") and music:
                continue
            yield _reading(sentence, found.start(), found.end(), [CODES[name] for name in names], vocabulary)
    for found in ANY_BUT.finditer(sentence.plain):
        code = CODES[found["a"]]
        said = NAMES[code].split()[0].title()
        yield Reading(*found.span(), said, term=_term([code], vocabulary), negated=True, takes=True)
    for found in LONE.finditer(sentence.plain):
        yield _reading(sentence, found.start("a"), found.end(), [CODES[found["a"]]], vocabulary)
    for found in NATIVE.finditer(sentence.plain):
        yield _reading(sentence, found.start(), found.end(), [OWN[found[0]]], vocabulary)


def _reading(sentence: Sentence, start: int, end: int, codes: list[str], vocabulary: Vocabulary) -> Reading:
    denied = sentence.negator(start)
    at, no = (start, False) if denied is None else (denied, True)
    said = " or ".join(NAMES[code].split()[0].title() for code in codes)
    return Reading(at, end, said, term=_term(codes, vocabulary), negated=no, takes=no)


def term_of_language(phrase: str, vocabulary: Vocabulary) -> Term | None:
    """Return the condition a language's name stands for, None for other words."""
    return _term([CODES[phrase]], vocabulary) if phrase in CODES else None


def _term(codes: list[str], vocabulary: Vocabulary) -> Is:
    """Ask for the codes as the library stores them: 'es', or 'spa' or 'spanish' where it has those."""
    values = [
        spelt
        for code in codes
        for spelt in (code, THREE.get(code, ""), *NAMES[code].split())
        if spelt in vocabulary.languages
    ]
    return Is("language", tuple(dict.fromkeys(values or codes)))
