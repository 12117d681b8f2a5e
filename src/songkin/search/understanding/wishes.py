"""Wishes for more or less of something a song can be measured by: "more upbeat", "slower", "less energetic"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from songkin.search.understanding.sentence import Reading, Sentence

if TYPE_CHECKING:
    from songkin.search.understanding.vocabulary import Vocabulary

__all__ = ["read_wishes", "wish_for"]


class Wish(NamedTuple):
    """Which way a word points, and the features that may measure it, the fittest first."""

    sign: float
    features: tuple[str, ...]


MEASURES = {
    ("valence",): (
        "happy upbeat cheerful positive joyful uplifting sunny optimistic fun joyous feel-good bright valence "
        "happiness",
        "sad melancholic melancholy gloomy dark depressing somber sombre moody bleak negative blue sadness",
    ),
    ("energy",): (
        "energetic energy lively powerful intense aggressive heavy hard punchy dynamic hype intensity driving",
        "calm chill mellow relaxed relaxing gentle soft peaceful soothing laid-back chilled tranquil quiet",
    ),
    ("tempo_bpm", "tempo", "bpm"): ("fast quick uptempo up-tempo speedy tempo speed", "slow downtempo"),
    ("danceability",): ("danceable groovy dancey dancy rhythmic danceability groove", ""),
    ("loudness_db", "loudness", "energy"): ("loud loudness noisy", ""),
    ("acousticness",): ("acoustic unplugged acousticness organic", "electric synthetic"),
    ("popularity", "listeners", "playcount"): (
        "popular famous mainstream well-known popularity",
        "obscure underground",
    ),
    ("instrumentalness",): ("instrumental instrumentalness", ""),
    ("speechiness",): ("spoken talky wordy speechiness", "melodic"),
    ("liveness",): ("liveness", ""),
}
WISHES: Mapping[str, Wish] = {
    word: Wish(sign, features)
    for features, words in MEASURES.items()
    for sign, line in zip((1.0, -1.0), words, strict=True)
    for word in line.split()
}
IRREGULAR = {
    "happier": "happy", "sadder": "sad", "livelier": "lively", "heavier": "heavy", "harder": "hard", "calmer": "calm",
    "mellower": "mellow", "gentler": "gentle", "softer": "soft", "quieter": "quiet", "faster": "fast",
    "quicker": "quick", "speedier": "speedy", "slower": "slow", "groovier": "groovy", "louder": "loud",
    "noisier": "noisy", "darker": "dark", "gloomier": "gloomy", "moodier": "moody", "brighter": "bright",
    "sunnier": "sunny", "chiller": "chill", "punchier": "punchy", "bleaker": "bleak", "dancier": "dancy",
    "cheerier": "cheerful", "jollier": "joyful", "peppier": "upbeat", "funner": "fun",
}  # fmt: skip
WORD = "|".join(sorted((re.escape(word) for word in WISHES), key=len, reverse=True))
COMPARED = "|".join(IRREGULAR)
AMOUNT = (
    r"(?:(?:a (?:little |tiny )?(?:bit|lot|touch|tad)|a little|slightly|much|somewhat|way|far|even|"
    r"significantly)\s+)"
)
AND = r"\s*(?:,|and|&|,\s*and)\s*"
MORE = re.compile(
    rf"\b{AMOUNT}?more\s+(?P<words>(?:{WORD})(?:{AND}(?:more\s+)?(?:{WORD}))*)\b(?!-)|"
    rf"\b(?P<lone>{COMPARED})\b(?=[\s\x00]*(?:$|[,.;!?\x00)]|and|but|than (?:that|this|it|usual|the)|or|with|"
    rf"version|songs?|music|one|tracks?|please|beat|"
    rf"tempo|tune|from|in|by|not|though|too|vibe|mood|feel|{COMPARED}))|"
    rf"\bwith more (?P<noun>energy|groove|tempo|speed|intensity)\b"
)
LESS = re.compile(
    rf"\b{AMOUNT}?(?:less|not (?:so|as|too|very|overly|that|that much)|nothing too|isn't too|n't too|not|isn'?t|"
    r"aren'?t)\s+"
    rf"(?P<words>(?:{WORD})(?:\s*(?:,|or|and|nor)\s*(?:too\s+)?(?:{WORD}))*)\b(?!-)(?!\s+(?:as|drums|guitars?|love)\b)"
)
TOO = re.compile(r"\b(?:not|isn'?t|aren'?t)\s+(?!so|as|too|very|overly|that)")


def wish_for(word: str, vocabulary: Vocabulary) -> tuple[str, float] | None:
    """Return the library's feature a word is measured by and which way it points; None without such."""
    wish = WISHES.get(IRREGULAR.get(word, word))
    name = next((name for name in wish.features if name in vocabulary.features), None) if wish else None
    return (name, wish.sign) if wish and name else None


def read_wishes(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Reading]:
    """Read wishes for more or less; what the library cannot measure stays words, and a note says so."""
    if sentence.memory:  # "it was much slower than that": tells of a song, wishes for nothing
        return
    for found in MORE.finditer(sentence.plain):
        words = found["words"] or found["lone"] or found["noun"]
        yield _reading(sentence, found, words, 1.0, vocabulary, takes=False)
    for found in LESS.finditer(sentence.plain):
        yield _reading(sentence, found, found["words"], -1.0, vocabulary, takes=True)


def _reading(
    sentence: Sentence, found: re.Match[str], words: str, sign: float, vocabulary: Vocabulary, *, takes: bool
) -> Reading:
    asked = [word for word in re.split(rf"{AND}|\s+or\s+|\s+nor\s+|\s+", words) if word in WISHES or word in IRREGULAR]
    wishes = {word: wish for word in asked if (wish := wish_for(word, vocabulary))}
    targets = {name: way * sign for name, way in wishes.values()}
    lost = [word for word in asked if word not in wishes]
    said = ", ".join(f"{'more' if wish > 0 else 'less'} {name}" for name, wish in targets.items())
    note = (
        f"no song here has a measure of {' or '.join(lost)}, so it {'is avoided' if takes else 'stays words'}"
        if lost
        else ""
    )
    plainly = takes and TOO.match(found[0]) is not None  # "not sad": not a matter of degree
    avoid = tuple(asked) if plainly else tuple(lost) if takes else ()
    return Reading(*found.span(), said, targets=targets, takes=takes, avoid=avoid, note=note)
