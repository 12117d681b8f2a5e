"""A request that recalls a song: which of its words tell something, and which lines of the song it quotes.

Conventions
-----------
A stem weighs from 0 (every such request says it: "song", "remember", "video") to 1 (no other one does), and more where
it is quoted. How often people say a stem when they ask for a forgotten song is counted on 1,631 such requests
(Bhargav, Schuth and Hauff, SIGIR 2023 [bhargav2023music], CC0), in `asking.json` beside this file, which
`recipes/asking_words.py` writes.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from songkin.search.outside import given
from songkin.search.understanding.hedges import is_memory
from songkin.text.words import content_words, stems
from songkin.types import Query

__all__ = ["Recalled", "plainly_written", "quoted", "recalled", "word_weights"]

ASKING = Path(__file__).with_name("asking.json")
FEWEST_WORDS = 12  # a shorter request is a wish or a line, whatever it says
READ_AT_MOST = 8_000  # characters
QUOTED, SUNG = 4.0, 0.5  # what a stem weighs more in quotes, and behind "it goes like": docs/decisions/0015
LONGEST_LINE = 160  # characters of a line behind "it goes like"

MARKS = str.maketrans(dict.fromkeys("‘’‛ʼ′`´＇", "'") | dict.fromkeys("“”„‟″＂«»", '"'))
ADDRESS = re.compile(r"https?://\S+|\bwww\.\S+|\b[\w-]+(?:\.[\w-]+)+/\S+")
DRAWN_OUT = re.compile(r"([a-z])\1{2,}", re.IGNORECASE)
IN_QUOTES = re.compile(
    r"\"([^\"\n]{3,300})\"|(?<!\w)'([^'\n]{6,200}?)'(?!\w)|(?:^|\s|\.)>\s*([^>\n]{6,300})|\*([^*\n]{6,300})\*"
)
GOES = re.compile(
    r"\b(?:goes|lyrics?(?: \w+){0,4}? (?:are|is|were|was|go|like|say|with)|something like|along the lines of|"
    r"sings?|singing|says?|saying|chorus (?:is|goes|was)|the lines? (?:is|was|are)|words? (?:are|like|were))"
    r"(?: (?:something|kind of|sort of|a bit|like|as|along the lines of))*[,:]?\s+"
    rf"([^.\n!?;(\"]{{6,{LONGEST_LINE}}})",
    re.IGNORECASE,
)


class Recalled(NamedTuple):
    """What a request recalls of a song: the weight of each stem, and the lines it quotes, each once."""

    words: Mapping[str, float]
    lines: tuple[str, ...]


def recalled(query: Query) -> Recalled | None:
    """Read a request that recalls a song; None for a short one, one that wishes, and one that names songs."""
    if query.part != "all" or query.like or query.lyrics or given(query):
        return None
    return _recalled(query.text)


@lru_cache(maxsize=1024)
def _recalled(text: str) -> Recalled | None:
    text = text[:READ_AT_MOST]
    if len(text.split()) < FEWEST_WORDS or not is_memory(text.translate(MARKS).lower()):
        return None
    plain = plainly_written(text)
    weights = word_weights()
    told = {stem: weights.get(stem, 1.0) for stem in _stems(plain)}
    lines = quoted(plain)
    for line in lines:
        for stem in _stems(line):
            told[stem] = told.get(stem, 0.0) + QUOTED * weights.get(stem, 1.0)
    for found in GOES.finditer(plain):
        for stem in _stems(found[1]):
            told[stem] = told.get(stem, 0.0) + SUNG * weights.get(stem, 1.0)
    return Recalled(told, lines)


def plainly_written(text: str) -> str:
    """Return a text with straight quotes, without addresses, drawn-out letters short: "hooome" -> "home"."""
    return DRAWN_OUT.sub(r"\1", ADDRESS.sub(" ", text.translate(MARKS)))


def quoted(text: str) -> tuple[str, ...]:
    """Return what stands in quotes, behind a ">" or between asterisks, each once; '' and no quotes give ()."""
    found = (next(group for group in match.groups() if group).strip() for match in IN_QUOTES.finditer(text))
    return tuple(dict.fromkeys(line for line in found if line))


@lru_cache(maxsize=1)
def word_weights() -> Mapping[str, float]:
    """Return how much each stem tells that people often say, in [0, 1]: ln(requests / (1 + with it)) / ln(requests)."""
    told = json.loads(ASKING.read_text(encoding="utf-8"))
    whole = math.log(told["requests"])
    return {stem: max(0.0, 1 - math.log(1 + count) / whole) for stem, count in told["stems"].items()}


def _stems(text: str) -> list[str]:
    return list(dict.fromkeys(stems(content_words(text))))
