"""Whose songs are asked for: "by Queen", "from Nina Simone", "any Adele song", "some Johnny Cash"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from songkin.filters.terms import Has
from songkin.search.understanding.seeds import BARRED, CUES_AT_MOST, segment_of
from songkin.search.understanding.sentence import END, Reading, Sentence, Token
from songkin.search.understanding.titles import artist_at
from songkin.text.words import STOP_WORDS

if TYPE_CHECKING:
    from songkin.search.understanding.vocabulary import Vocabulary

__all__ = ["read_artists"]

NOUN = r"(?:songs?|tracks?|tunes?|hits?|ballads?|numbers?|covers?|albums?|classics?|music|versions?|recordings?)"
BY = re.compile(
    r"\b(?P<not>(?:written|produced|composed|inspired|remixed|sampled|directed)\s+)?(?P<how>by|from|(?<=songs )of|"
    r"(?<=music )of|(?<=hits )of|(?<=best )of|feat\.?|featuring|ft\.?)\s+(?:the (?:band|artist|singer|group)\s+)?"
)
PEOPLE = frozenset(
    ["women", "woman", "men", "man", "girls", "girl", "boys", "guys", "ladies", "female", "male", "people", "artists"]
)
SOME = re.compile(r"(?:^|(?<=[\s,;]))(?:some|any|only|just|play|play me|more|i want)\s+")
OWNED = re.compile(
    r"(?:'s?)?\s+(?P<how>(?:old |early |best |greatest |biggest |famous |clean |explicit |live |slow |sad |happy |"
    rf"love |acoustic )*){NOUN}\b"
)


def read_artists(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Reading]:
    """Read whose songs are asked for: "by Queen", "from Nina Simone", "any Adele song"."""
    done = 0
    for count, found in enumerate(BY.finditer(sentence.plain)):
        if count >= CUES_AT_MOST or found["not"] or found.start() < done:
            continue
        if reading := _by(sentence, found, vocabulary):
            yield reading
            done = reading.end
    yield from _owned(sentence, vocabulary, done)
    yield from _some(sentence, vocabulary, done)


def _by(sentence: Sentence, found: re.Match[str], vocabulary: Vocabulary) -> Reading | None:
    words = sentence.tokens(found.end(), min(len(sentence.plain), found.end() + 60))
    if not words or words[0].start > found.end() + 1:
        return None
    upper = sentence.text[words[0].start].isupper()
    size, values = artist_at(words, vocabulary)
    if size < 2 and words[0].word in PEOPLE:  # "songs by women" asks for voices
        return None
    note = ""
    segment = _name_of(words)
    if not size and segment and upper:
        values = vocabulary.artist_with(sentence.written(segment[0].start, segment[-1].end))
        size = len(segment) if values else 0
    if not size and found["how"] == "by" and segment and words[0].word not in BARRED:
        values = vocabulary.near_artist(" ".join(word.word for word in segment))
        if values and vocabulary.strange([word.word for word in segment]):
            size, said = len(segment), sentence.written(segment[0].start, segment[-1].end)
            note = f"'{said}' was taken for {vocabulary.spelt(values)}"
        elif not sentence.memory and (upper or _asks_for(sentence, found.start(), segment, vocabulary)):
            return _unknown(sentence, found, segment, vocabulary)
    if not size or not _means_artist(sentence, words[:size], found["how"], vocabulary):
        return None
    end, all_values, labels = words[size - 1].end, values, [vocabulary.spelt(values)]
    while joined := re.compile(r"\s*(?:,|\bor\b|\band\b|&)\s*(?:by\s+)?").match(sentence.plain, end):
        more = sentence.tokens(joined.end(), min(len(sentence.plain), joined.end() + 60))
        size, values = artist_at(more, vocabulary) if more and more[0].start == joined.end() else (0, ())
        if not size or (size == 1 and vocabulary.is_descriptor(more[0].word)):
            break
        end, all_values = more[size - 1].end, all_values + values
        labels.append(vocabulary.spelt(values))
    denied = sentence.negator(found.start())
    at = found.start() if denied is None else denied
    no = denied is not None
    return Reading(
        at, end, f"by {' or '.join(labels)}", term=Has("artist", all_values), negated=no, takes=no, note=note
    )


def _name_of(words: list[Token]) -> list[Token]:
    """Return the words that may be a name: four at most, up to one that goes on with the request."""
    segment = segment_of(words)[:4]
    return segment[: next((at for at, word in enumerate(segment) if word.word == "about"), len(segment))]


def _asks_for(sentence: Sentence, start: int, segment: list[Token], vocabulary: Vocabulary) -> bool:
    """Say whether "songs by ..." ends in what can only be a name: "songs by the beatels", not "songs by day"."""
    asked = re.search(rf"\b(?:{NOUN}|something|anything|stuff)\s+$", sentence.plain[:start])
    return asked is not None and vocabulary.strange([word.word for word in segment])


def _unknown(sentence: Sentence, found: re.Match[str], segment: list[Token], vocabulary: Vocabulary) -> Reading:
    """Say that an artist is not here; of "by X or Y" the one that is counts."""
    end, said = segment[-1].end, sentence.written(segment[0].start, segment[-1].end)
    joined = re.compile(r"\s*(?:,|\bor\b|\band\b|&)\s*(?:by\s+)?").match(sentence.plain, end)
    others = sentence.tokens(joined.end(), min(len(sentence.plain), joined.end() + 60)) if joined else []
    size, values = artist_at(others, vocabulary) if joined and others and others[0].start == joined.end() else (0, ())
    if not size or not sentence.text[others[0].start].isupper() or sentence.negator(found.start()) is not None:
        return Reading(found.start(), end, note=f"no artist here is called '{said}'; it stays words")
    label = vocabulary.spelt(values)
    return Reading(
        found.start(), others[size - 1].end, f"by {label}", term=Has("artist", values),
        note=f"no artist here is called '{said}', so only songs by {label}",
    )  # fmt: skip


def _means_artist(sentence: Sentence, words: list[Token], how: str, vocabulary: Vocabulary) -> bool:
    """Say whether an artist's name after "by" or "from" means the artist: "by heart" does not."""
    upper = sentence.text[words[0].start].isupper()
    if upper or len(words) > 1:
        return how != "of" or upper
    common = vocabulary.is_descriptor(words[0].word) or words[0].word in BARRED
    return how == "by" and not common and re.compile(END).match(sentence.plain, words[-1].end) is not None


def _owned(sentence: Sentence, vocabulary: Vocabulary, done: int) -> Iterator[Reading]:
    """Read "any Adele song", "Queen's hits"."""
    for found in OWNED.finditer(sentence.plain, done):
        words = sentence.tokens(max(done, found.start() - 40), found.start())[-5:]
        for at in range(len(words)):
            size, values = artist_at(words[at:], vocabulary)
            name = " ".join(word.word for word in words[at:]).removesuffix("'s")
            lone = len(words) - at == 1 and not sentence.text[words[at].start].isupper()
            if size != len(words) - at or vocabulary.is_descriptor(name) or (lone and at and name in STOP_WORDS):
                continue
            if lone and name in vocabulary.words and not _asked(sentence, words[at].start):
                continue
            if lone and vocabulary.is_rather_a_word(name, values):
                continue
            denied = sentence.negator(words[at].start)
            start = words[at].start if denied is None else denied
            end = words[-1].end if found["how"] and denied is None else found.end()  # "clean" and its like are read yet
            yield Reading(
                start, end, f"by {vocabulary.spelt(values)}", term=Has("artist", values),
                negated=denied is not None, takes=denied is not None,
            )  # fmt: skip
            break


def _some(sentence: Sentence, vocabulary: Vocabulary, done: int) -> Iterator[Reading]:
    """Read "some Johnny Cash"."""
    for found in SOME.finditer(sentence.plain, done):
        words = sentence.tokens(found.end(), min(len(sentence.plain), found.end() + 60))
        size, values = artist_at(words, vocabulary)
        if not size or words[0].start != found.end() or not re.compile(END).match(sentence.plain, words[size - 1].end):
            continue
        name = " ".join(word.word for word in words[:size])
        if (size > 1 or sentence.text[found.end()].isupper()) and not vocabulary.is_descriptor(name):
            said = f"by {vocabulary.spelt(values)}"
            yield Reading(words[0].start, words[size - 1].end, said, term=Has("artist", values))


def _asked(sentence: Sentence, start: int) -> bool:
    """Say whether a name stands where one asks for an artist's songs."""
    return (
        re.search(r"(?:^|\b(?:any|some|more|all|only|play|an?|no|every|my favou?rite)\s+)$", sentence.plain[:start])
        is not None
    )
