"""Songs' words, spoilt on purpose: words lost, the end cut off, words stemmed or misspelt.

Conventions
-----------
Each is a function text -> text with a strength in [0, 1], the part of the words it touches: 0 gives the text back as it
is, 1 touches every word it can. The same seed and text give the same outcome, and a word touched at one strength is
touched at every greater one. Line breaks stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from random import Random
from types import MappingProxyType
from typing import Protocol

import snowballstemmer

from songkin.errors import TrainingError
from songkin.evaluation.noise import SHORTEST, WORD, mistyped

__all__ = ["DAMAGES", "Damage", "drop_words", "misspell", "stem", "truncate"]

SPACES = re.compile(r"[^\S\n]+")


class Damage(Protocol):
    """What spoils a text; `strength` in [0, 1]."""

    def __call__(self, text: str, strength: float, *, seed: int = 0) -> str:
        """Return the text, spoilt."""


def drop_words(text: str, strength: float, *, seed: int = 0) -> str:
    """Leave out each word with the probability `strength`; 1 leaves none."""
    kept = iter([not touched for _, touched in _touched("drop", text, strength, seed)])
    return _tidy(WORD.sub(lambda found: found[0] if next(kept) else "", text), strength)


def truncate(text: str, strength: float, *, seed: int = 0) -> str:
    """Cut off the last `strength` of the words (the nearest whole number of them); there is no chance in it."""
    _check(strength)
    words = list(WORD.finditer(text))
    kept = round(len(words) * (1.0 - strength))
    if kept == len(words):
        return text
    return text[: words[kept - 1].end()] if kept else ""


def stem(text: str, strength: float, *, seed: int = 0) -> str:
    """Turn words into their English stems (Porter's second stemmer, as musiXmatch has them), in lower case.

    Porter, "Snowball: A language for stemming algorithms", 2001 [porter2001snowball].
    """
    touched = iter([now for _, now in _touched("stem", text, strength, seed)])
    return WORD.sub(lambda found: _stem(found[0].lower()) if next(touched) else found[0], text)


def misspell(text: str, strength: float, *, seed: int = 0) -> str:
    """Put one typo into words of three letters or more, as `evaluation.noise` makes them."""
    made = {
        at: mistyped(word, Random(f"misspell {seed} {at} {word}"))
        for at, (word, now) in enumerate(_touched("misspell", text, strength, seed))
        if now and len(word) >= SHORTEST
    }
    places = iter(range(len(text)))
    return WORD.sub(lambda found: made.get(next(places), found[0]), text)


DAMAGES: Mapping[str, Damage] = MappingProxyType(
    {"words lost": drop_words, "end cut off": truncate, "stems": stem, "misspelt": misspell}
)


def _touched(kind: str, text: str, strength: float, seed: int) -> Iterator[tuple[str, bool]]:
    """Give each word of a text, and whether it is touched."""
    _check(strength)
    rng = Random(f"{kind} {seed} {text}")
    for found in WORD.finditer(text):
        yield found[0], rng.random() < strength


def _check(strength: float) -> None:
    if not 0.0 <= strength <= 1.0:
        raise TrainingError(f"the strength is {strength:g}; it lies in [0, 1]")


def _tidy(text: str, strength: float) -> str:
    """Close the gaps that lost words left; a text that lost nothing stays as it is."""
    return "\n".join(SPACES.sub(" ", line).strip() for line in text.split("\n")) if strength else text


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return str(snowballstemmer.stemmer("english").stemWord(word))
