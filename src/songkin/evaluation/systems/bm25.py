"""BM25: rare words count more, repeated ones less and less, and long texts have to share."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from songkin.evaluation.systems.terms import LONG_WORDS, Floats, Terms

__all__ = ["Bm25"]


class Bm25:
    """Texts by Okapi BM25, with an idf that never falls below 0 (as in Lucene).

    A request's word counts as often as it is said. Robertson and Zaragoza, FnTIR 2009.
    """

    def __init__(
        self, texts: Sequence[str], *, k1: float = 1.2, b: float = 0.75, words: re.Pattern[str] = LONG_WORDS
    ) -> None:
        self._terms, self._k1 = Terms(texts, words=words), k1
        mean = float(self._terms.lengths.mean()) if texts else 0.0
        self._share = k1 * (1 - b + b * self._terms.lengths / (mean or 1.0))  # (n,)

    def scores(self, request: str) -> Floats:
        """Return each text's score from 0 on, (n,); a request of no known words gives zeros."""
        found: Floats = self._terms.lengths * 0.0
        for term, said in self._terms.counted(request).items():
            if (held := self._terms.postings.get(term)) is None:
                continue
            idf = math.log(1 + (self._terms.size - len(held.texts) + 0.5) / (len(held.texts) + 0.5))
            gain = held.counts * (self._k1 + 1) / (held.counts + self._share[held.texts])
            found[held.texts] += said * idf * gain
        return found
