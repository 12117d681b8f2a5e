"""Which words of a quoted line a request speaks of: the same words in another form, or misheard ones.

Conventions
-----------
A line comes back as stretches that join to exactly the line; those that are `on` are to be highlighted.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from rapidfuzz import fuzz

from songkin.text.words import content_words, stems, tokens

__all__ = ["Stretch", "marked"]

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
ALIKE = 80.0  # of 100, from which a word is taken for a misheard one
LONG = 4  # letters; shorter words are alike by chance


class Stretch(NamedTuple):
    """A part of a line, and whether the request speaks of it."""

    text: str
    on: bool


def marked(line: str, asked: str, *, language: str | None = None, heard: bool = False) -> tuple[Stretch, ...]:
    """Part a line into what a request speaks of and what is between; `heard` = its words may be misheard.

    Function words count only in a line somebody remembers, where they are sung too.
    """
    words = set(tokens(asked) if heard else content_words(asked))
    forms = set(stems(sorted(words), language)) | words
    stretches, at = [], 0
    for found in WORD.finditer(line):
        if not _spoken(found[0], words, forms, language, heard=heard):
            continue
        stretches += [Stretch(line[at : found.start()], False), Stretch(found[0], True)]
        at = found.end()
    return tuple(stretch for stretch in (*stretches, Stretch(line[at:], False)) if stretch.text)


def _spoken(word: str, words: Collection[str], forms: Collection[str], language: str | None, *, heard: bool) -> bool:
    """Say whether a word of a line is one of the request's, in some form."""
    own = tokens(word)
    if not own:
        return False
    if any(part in words for part in own) or any(stem in forms for stem in stems(own, language)):
        return True
    return heard and len(own[0]) >= LONG and any(fuzz.ratio(own[0], other) >= ALIKE for other in words)
