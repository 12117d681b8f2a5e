"""How words sound, coarsely: keys under which a misheard line still meets the line that was sung.

Conventions
-----------
A key is Metaphone with voiced and voiceless partners merged (b/p, d/t/th, g/k, v/f, z/s/sh/j) and every leading vowel
written 'A'. Other scripts are read through their Latin transliteration. Digits stay digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import jellyfish
from anyascii import anyascii

from songkin.text.words import normalise

__all__ = ["phrase", "sound"]

NOT_LATIN = re.compile(r"[^a-z0-9]+")
DIGITS = re.compile(r"(\d+)")
CLASSES = str.maketrans("0BDGVZXJEIOUQC", "TPTKFSSSAAAAKK")


@lru_cache(maxsize=200_000)
def sound(token: str) -> str:
    """Return the key of one word: "bathroom" -> "PTRM". A token without letters or digits gives ''."""
    latin = NOT_LATIN.sub("", anyascii(normalise(token)).lower())
    return "".join(part if part.isdigit() else _key(part) for part in DIGITS.split(latin) if part)


def _key(letters: str) -> str:
    key = jellyfish.metaphone(letters).replace(" ", "") or letters[0].upper()
    return "A" if key == "EY" else key.translate(CLASSES)  # "eye" = "I"


def phrase(tokens: Iterable[str]) -> str:
    """Join the keys of words without gaps, so that words heard across their borders meet; no tokens give ''."""
    return "".join(map(sound, tokens))
