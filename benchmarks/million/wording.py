"""Words for made songs: lines of the demo songs as patterns, and words to fill them with, by Zipf's law.

Conventions
-----------
A word is a place in its language's `words`: first those that are drawn, commonest first, after them the patterns' own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.datasets import demo
from songkin.text import lines

__all__ = ["SEED", "WORD", "Tongue", "made_word", "tongues", "zipf"]

SEED = 20_261_122
COMMON = 150  # words that stay in a pattern as they are: articles, pronouns, "love"
RARE = 40_000  # made words behind the demo songs' own, per language
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
BLENDS = ["br", "ch", "cl", "dr", "fl", "gr", "pr", "qu", "sh", "sk", "sl", "st", "th", "tr"]
ONSETS = sorted([*"bcdfghjklmnprstvwyz", *BLENDS])
VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "ee", "ou", "oa"]
CODAS = ["", "l", "m", "n", "r", "s", "t", "nd", "ck", "sh"]


class Tongue(NamedTuple):
    """A language: patterns of lines ("%s in the %s"), the words each had there, its words, and their shares."""

    name: str
    patterns: list[str]
    own: list[NDArray[np.int64]]
    words: NDArray[np.object_]
    shares: NDArray[np.float64]

    def drawable(self, places: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the words at places in [0, 1] of all that is said."""
        return np.minimum(np.searchsorted(self.shares, places), len(self.shares) - 1)


def tongues() -> list[Tongue]:
    """The languages of the demo songs that write words with letters and blanks, English first."""
    by: dict[str, list[str]] = {}
    for song in demo.songs():
        if song.lyrics and song.language not in (None, "ja"):
            by.setdefault(str(song.language), []).extend(x.text for x in lines(song.lyrics.text) if x.text)
    names = sorted(by, key=lambda name: (name != "en", name))
    return [_tongue(name, by[name], np.random.default_rng([SEED, at])) for at, name in enumerate(names)]


def _tongue(name: str, said: Sequence[str], drawn: np.random.Generator) -> Tongue:
    counted = [word for word, _ in Counter(word.lower() for line in said for word in WORD.findall(line)).most_common()]
    common = set(counted[:COMMON])
    rare = sorted({made_word(drawn) for _ in range(RARE)} - set(counted))
    drawn.shuffle(rare)
    words = [*counted[COMMON:], *rare]
    cut = [_pattern(line, common) for line in said if len(WORD.findall(line)) > 2]
    places = {word: at for at, word in enumerate(dict.fromkeys(word for _, own in cut for word in own), len(words))}
    own = [np.array([places[word] for word in own], np.int64) for _, own in cut]
    return Tongue(name, [pattern for pattern, _ in cut], own, np.array([*words, *places], object), zipf(len(words)))


def _pattern(line: str, common: set[str]) -> tuple[str, list[str]]:
    """Return a line with "%s" in place of its less common words, and these words."""
    own = [word for word in WORD.findall(line) if word.lower() not in common]
    pattern = WORD.sub(lambda found: found[0] if found[0].lower() in common else "%s", line.replace("%", "%%"))
    return pattern, own


def zipf(count: int, *, shift: int = COMMON) -> NDArray[np.float64]:
    """Return what share of draws fall on the first, the first two, ... of words by Zipf's law."""
    weights = 1.0 / (np.arange(1, count + 1) + shift)
    return np.cumsum(weights / weights.sum())


def made_word(drawn: np.random.Generator) -> str:
    """Make a word of one to three syllables."""
    parts = [(ONSETS, VOWELS, CODAS)[place % 3] for place in range(3 * int(drawn.integers(1, 4)))]
    return "".join(part[int(drawn.integers(len(part)))] for part in parts)
