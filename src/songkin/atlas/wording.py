"""Which songs use which words: the counts that themes are named from.

Conventions
-----------
A word is counted once a song, however often a chorus sings it. Forms of a word count together (by stem) and show as the
form that most songs have.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.atlas.fillers import LISTED, is_filler
from songkin.text.words import SPACELESS, normalise, stems, tokens

__all__ = ["Wording", "counted", "wording", "words"]

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
KANA = re.compile("[\u3040-\u309f]+")  # grammar mostly: what Japanese is about stands in its other scripts
TAILS = frozenset(["ll", "re", "ve", "d", "m", "s", "t", "em", "n"])  # of "she'll"; "don't" is a filler whole
SHORT = 3  # letters, below which a word of an alphabet is none that tells
UNLISTED = 5  # songs of a language without a list of fillers, whose commonest words are taken for them
COMMON = 1 / 3  # of those songs
REMEMBERED = 100_000  # words whose parts and stems are worked out once: songs share most of theirs


class Wording(NamedTuple):
    """Words (t,) as they are shown, and which song has which: places of songs (m,) and of words (m,), side by side."""

    shown: tuple[str, ...]
    songs: NDArray[np.int64]
    words: NDArray[np.int64]


def words(text: str, language: str = "en") -> Iterable[str]:
    """Yield the words of a text that may tell a theme, in lower case; Chinese, Japanese and Thai as character pairs."""
    for word in WORD.findall(text.lower()):
        yield from _telling(word, language)


@lru_cache(maxsize=REMEMBERED)
def _telling(word: str, language: str) -> tuple[str, ...]:
    """Return the parts of a word that may tell a theme."""
    if not word.isascii() and SPACELESS.search(word):
        return tuple(pair for pair in tokens(word) if len(pair) > 1 and not KANA.fullmatch(pair))
    parts = re.split("['’]", word)
    if is_filler("".join(parts), language) or is_filler(word, language):
        return ()
    return tuple(part for part in parts if len(part) >= SHORT and part not in TAILS and not is_filler(part, language))


def wording(texts: Sequence[str], languages: Sequence[str | None], *, least: int = 2) -> Wording:
    """Count the words of songs' texts (n,), each in its language; words of fewer than `least` songs are left out."""
    own = [_stemmed(text, language or "en") for text, language in zip(texts, languages, strict=True)]
    fillers = _unlisted(own, [language or "en" for language in languages])
    using = Counter(stem for forms in own for stem in forms)
    shown: dict[str, Counter[str]] = {}
    for forms in own:
        for stem, form in forms.items():
            if using[stem] >= least:
                shown.setdefault(stem, Counter())[form] += 1
    places = {stem: at for at, stem in enumerate(sorted(shown))}
    pairs = [
        (song, places[stem])
        for song, (forms, language) in enumerate(zip(own, languages, strict=True))
        for stem in forms
        if stem in places and stem not in fillers.get(language or "en", ())
    ]
    at = np.array(pairs, np.int64).reshape(-1, 2)
    return Wording(tuple(_commonest(shown[stem]) for stem in places), at[:, 0], at[:, 1])


def _commonest(forms: Counter[str]) -> str:
    """Return the form that most songs have; of equals the first in order."""
    return min(forms, key=lambda form: (-forms[form], form))


def _stemmed(text: str, language: str) -> dict[str, str]:
    """Return a text's words by stem, each as the form it has oftenest."""
    forms: dict[str, Counter[str]] = {}
    for form, times in Counter(words(text, language)).items():
        forms.setdefault(_stem(form, language), Counter())[form] += times
    return {stem: _commonest(counts) for stem, counts in forms.items()}


@lru_cache(maxsize=REMEMBERED)
def _stem(form: str, language: str) -> str:
    (stem,) = stems([normalise(form).replace(" ", "") or form], language)
    return stem


def _unlisted(own: Sequence[dict[str, str]], languages: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return, of each language without a list of fillers, the words that so many songs share that they are some."""
    found = {}
    for language in {*languages} - LISTED:
        songs = [forms for forms, spoken in zip(own, languages, strict=True) if spoken == language]
        using = Counter(stem for forms in songs for stem in forms)
        if len(songs) >= UNLISTED:
            found[language] = frozenset(stem for stem, count in using.items() if count > COMMON * len(songs))
    return found


def counted(labels: NDArray[np.int32], having: Wording, *, groups: int) -> NDArray[np.int64]:
    """Count in each of `groups` groups of songs (labels (n,)) how many songs have each word: (groups, t)."""
    kinds = len(having.shown)
    cells = labels[having.songs].astype(np.int64) * kinds + having.words
    return np.bincount(cells, minlength=groups * kinds).reshape(groups, kinds)
