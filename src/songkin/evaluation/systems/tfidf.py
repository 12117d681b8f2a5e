"""Tf-Idf with cosine, as scikit-learn's TfidfVectorizer does it by default: smoothed idf, unit length."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from songkin.evaluation.systems.terms import Floats, Terms

__all__ = ["TfIdf"]


class TfIdf:
    """Texts by the cosine of their weighted words with a request's.

    A term weighs its count times ln((1 + n) / (1 + texts with it)) + 1. Words of one letter are no terms, nor are a
    request's words that no text holds. Spärck Jones 1972; the numbers are scikit-learn's.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._terms = Terms(texts)
        n = self._terms.size
        self._idf = {term: math.log((1 + n) / (1 + len(held.texts))) + 1 for term, held in self._terms.postings.items()}
        squares = np.zeros(n)
        for term, held in self._terms.postings.items():
            squares[held.texts] += (held.counts * self._idf[term]) ** 2
        self._lengths = np.sqrt(np.where(squares > 0, squares, 1.0))

    def scores(self, request: str) -> Floats:
        """Return each text's cosine in [0, 1], (n,); a request of no known words gives zeros."""
        counts = self._terms.counted(request)
        asked = {term: count * self._idf[term] for term, count in counts.items() if term in self._idf}
        found = np.zeros(self._terms.size)
        for term, weight in asked.items():
            held = self._terms.postings[term]
            found[held.texts] += weight * held.counts * self._idf[term]
        length = math.sqrt(math.fsum(weight**2 for weight in asked.values()))
        return found / self._lengths / (length or 1.0)
