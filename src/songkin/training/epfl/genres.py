"""Some 460 genres of artists to eight: the paper's ten rules as they are, and ours, which mend two of them.

Conventions
-----------
The first rule that matches wins. A word is in a genre if it is a substring of it. `genres` are all genres of all the
song's artists, `main_genres` one main genre of each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

__all__ = ["GENRES", "RULES", "Rule", "coarse", "ours"]


class Rule(NamedTuple):
    """One rule: the class, the words that give it in any genre, and the words that give it in a main genre."""

    genre: str
    words: tuple[str, ...] = ()
    main_words: tuple[str, ...] = ()


RULES: tuple[Rule, ...] = (
    Rule("dance pop", ("techno", "house", "edm", "electronic"), ("step", "dance pop")),
    Rule("r&b", ("new jack swing", "girl group", "r&b")),
    Rule("hip-hop/rap", ("rap",), ("hop", "g funk", "freestyle")),
    Rule("soul/disco", ("soul",), ("disco", "funk")),
    Rule("acoustic/folk", (), ("acoustic", "folk")),
    Rule("country", ("country",), ("southern", "bluegrass")),
    Rule("rock", ("metal", "alternative", "punk", "album rock"), ("rock",)),
    Rule(
        "pop",
        ("pop rock", "boy band"),
        (
            *("pop", "pop rock", "permanent wave", "soft rock", "neo mellow", "easy", "adult standards"),
            "british invasion",
        ),
    ),
    Rule("dance pop", ("dance pop",)),
    Rule("acoustic/folk", ("acoustic", "folk")),
)
GENRES = ("rock", "pop", "country", "soul/disco", "dance pop", "hip-hop/rap", "r&b", "acoustic/folk")
WHOLE = ("rap", "trap", "hop")
ADDED = {
    "hip-hop/rap": ("trap", "miami bass"),
    "soul/disco": ("motown", "quiet storm", "rhythm and blues"),
}


def coarse(genres: Iterable[str], main_genres: Iterable[str]) -> str | None:
    """Return one of the paper's eight genres, None where no rule matches ("karaoke", "hollywood").

    Its quirks are kept: "rap" is found in "trap" and in "therapy", "hop" in "shop" and in "bebop".
    """
    return _first(RULES, genres, main_genres, _is_within)


def ours(genres: Sequence[str], main_genres: Iterable[str]) -> str | None:
    """Return one of the same eight, mended: "rap" and "hop" are whole words; trap, Motown, rhythm and blues are named.

    Rock that raps ("rap metal") is rock.
    """
    own = [genre for genre in genres if genre.casefold() not in ("rap metal", "rap rock")]
    return _first(MENDED, own, main_genres, _is_spoken) or ("rock" if len(own) < len(genres) else None)


MENDED = tuple(rule._replace(words=rule.words + ADDED.get(rule.genre, ())) for rule in RULES)


def _first(
    rules: Iterable[Rule], genres: Iterable[str], main_genres: Iterable[str], matches: Callable[[str, str], bool]
) -> str | None:
    """Return the class of the first rule that matches."""
    every, main = [own.casefold() for own in genres], [own.casefold() for own in main_genres]
    for rule in rules:
        found = any(matches(word, own) for word in rule.words for own in every)
        if found or any(matches(word, own) for word in rule.main_words for own in main):
            return rule.genre
    return None


def _is_within(word: str, genre: str) -> bool:
    return word in genre


def _is_spoken(word: str, genre: str) -> bool:
    return re.search(rf"\b{word}\b", genre) is not None if word in WHOLE else word in genre
