"""How a text is made, whatever it says: length, repetition, who speaks to whom, small words, sounds that are no words.

Conventions
-----------
Lines are sung lines as `songkin.text.lines` gives them, repeats and all; verse breaks ('') are counted, not measured.
Shares lie in [0, 1] and are of the text's words, or of its lines where the name says so; marks (`commas`) are counted a
word, and `compressed` is bytes after against bytes before, so these can pass 1 in odd texts.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from songkin.text.words import tokens, vocabulary

__all__ = ["STYLE", "style"]

KINDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "i": vocabulary("i im ill ive id me my mine myself"),
        "you": vocabulary("you youre youll youve your yours u ya"),
        "we": vocabulary("we us our were lets well weve"),
        "they": vocabulary("he she him her his hes shes they them their theyre"),
        "vocables": vocabulary("oh ooh ohh oo yeah hey woah whoa uh ah ahh la na da doo ay ayy hoo mmm hmm sha bop yo"),
        "slang": vocabulary("aint gonna wanna gotta cause cuz yall em tryna lil ima imma bout dat da wit nah"),
        "denials": vocabulary("not no never dont cant wont nothing nobody nor without didnt couldnt isnt"),
        "darlings": vocabulary("baby babe girl boy honey darling sugar mama"),
        "love": vocabulary("love loves loved loving heart hearts kiss kisses sweet"),
        "articles": vocabulary("the a an this that these those"),
        "links": vocabulary("and but or so then because if when while"),
        "places": vocabulary("of in on at to from by with over under through down up"),
        "being": vocabulary("is are was were be been being am has have had"),
        "questions": vocabulary("what who why where when how which whose"),
        "motion": vocabulary("dance dancing party night tonight rock move shake jump club floor boogie groove"),
        "sorrow": vocabulary("cry crying cried tears lonely alone gone goodbye die dying dead pain hurt sad sorrow"),
        "joy": vocabulary("happy smile sunshine fun laugh laughing good great beautiful celebrate joy"),
        "riches": vocabulary("money cash rich bands gold diamonds check bank dollar dollars gucci"),
        "faith": vocabulary("lord god jesus heaven angel angels pray prayer soul holy"),
        "nature": vocabulary("sun moon stars sky rain wind sea river mountain tree trees flowers summer winter snow"),
    }
)
SHAPE = (
    "words", "lines", "words_a_line", "line_length_spread", "verses", "lines_a_verse", "different_words",
    "different_words_of_length", "compressed", "repeated_lines", "commonest_line", "repeated_pairs", "commonest_word",
    "ten_commonest_words", "letters_a_word", "long_words", "dropped_g", "digits", "asked", "shouted", "commas",
    "brackets", "rhymes", "beyond_ascii",
)  # fmt: skip
STYLE = (*SHAPE, *KINDS)
LONG = 7  # letters
DROPPED_G = 4  # letters at least, so that "in" and "win" do not count


def style(lines: Sequence[str]) -> NDArray[np.float32]:
    """Measure a text's lines (n,) -> (len(STYLE),); no lines give zeros. Counts are log(1 + count)."""
    sung = [line for line in lines if line.strip()]
    words = [tokens(line) for line in sung]
    every = [word for line in words for word in line]
    if not every:
        return np.zeros(len(STYLE), np.float32)
    counts = Counter(every)
    measured = (*_size(lines, words, counts), *_repetition(sung, words, counts), *_writing(sung, words, every))
    kinds = (sum(counts[word] for word in kind) / len(every) for kind in KINDS.values())
    return np.array([*measured, *kinds], np.float32)


def _size(lines: Sequence[str], words: Sequence[Sequence[str]], counts: Counter[str]) -> tuple[float, ...]:
    """Return how much there is: words, lines, verses."""
    n, sung = counts.total(), len(words)
    lengths = [len(line) for line in words]
    verses = 1 + sum(not line.strip() for line in lines)
    return (
        math.log1p(n),
        math.log1p(sung),
        n / sung,
        float(np.std(lengths)),
        math.log1p(verses),
        math.log1p(sung / verses),
        len(counts) / n,
        len(counts) / math.sqrt(n),
    )


def _repetition(
    sung: Sequence[str], words: Sequence[Sequence[str]], counts: Counter[str]
) -> tuple[float, float, float, float, float, float]:
    """Return how much comes again: bytes after compression, lines, pairs of words, words."""
    text = "\n".join(sung).encode("utf-8", "replace")
    same = Counter(" ".join(line) for line in words)
    pairs = Counter(pair for line in words for pair in pairwise(line))
    n = counts.total()
    return (
        len(zlib.compress(text)) / len(text),
        1 - len(same) / len(sung),
        max(same.values()) / len(sung),
        1 - len(pairs) / max(pairs.total(), 1) if pairs else 0.0,
        counts.most_common(1)[0][1] / n,
        sum(count for _, count in counts.most_common(10)) / n,
    )


def _writing(sung: Sequence[str], words: Sequence[Sequence[str]], every: Sequence[str]) -> tuple[float, ...]:
    """Return how it is written: long words, dropped letters, marks, rhymes."""
    text, n = "\n".join(sung), len(every)
    marks = tuple(text.count(mark) / n for mark in "?!,(")
    return (
        sum(map(len, every)) / n,
        sum(len(word) >= LONG for word in every) / n,
        sum(word.endswith("in") and len(word) >= DROPPED_G for word in every) / n,
        sum(word.isdigit() for word in every) / n,
        *marks,
        _rhymes(words),
        sum(not character.isascii() for character in text) / len(text),
    )


def _rhymes(words: Sequence[Sequence[str]]) -> float:
    """Return the share of lines whose last word ends as that of one of the two lines before, and is another word."""
    last = [line[-1] for line in words if line]
    found = sum(
        any(last[at][-2:] == other[-2:] and last[at] != other for other in last[max(at - 2, 0) : at])
        for at in range(len(last))
    )
    return found / max(len(last), 1)
