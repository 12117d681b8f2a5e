"""Which texts hold a term, and how often: what Tf-Idf and BM25 weigh.

Conventions
-----------
Texts are numbered from 0 in the order they came. Terms are taken in lower case by a regular expression.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["LONG_WORDS", "WORDS", "Postings", "Terms"]

LONG_WORDS = re.compile(r"(?u)\b\w\w+\b")  # two letters or more, scikit-learn's own
WORDS = re.compile(r"(?u)\b\w+\b")

Floats = NDArray[np.float64]


class Postings(NamedTuple):
    """The texts that hold a term (n,), ascending, and how often each does (n,)."""

    texts: NDArray[np.int64]
    counts: Floats


class Terms:
    """An inverted index: `postings` of each term, and the number of terms in each text, `lengths` (n,)."""

    def __init__(self, texts: Sequence[str], *, words: re.Pattern[str] = LONG_WORDS) -> None:
        self.words, self.size = words, len(texts)
        found: dict[str, tuple[list[int], list[int]]] = {}
        lengths = []
        for number, text in enumerate(texts):
            counts = self.counted(text)
            lengths.append(sum(counts.values()))
            for term, count in counts.items():
                places, often = found.setdefault(term, ([], []))
                places.append(number)
                often.append(count)
        self.lengths: Floats = np.asarray(lengths, np.float64)
        self.postings = {
            term: Postings(np.asarray(places, np.int64), np.asarray(often, np.float64))
            for term, (places, often) in found.items()
        }

    def counted(self, text: str) -> Counter[str]:
        """Return the terms of a text and how often each occurs."""
        return Counter(self.words.findall(text.lower()))
