"""From a text's score to a ranking of documents: a document counts by its best text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Scorer", "rank_documents"]


class Scorer(Protocol):
    """Gives every text a score, more is better, 0 for texts it has nothing to say of."""

    def scores(self, request: str) -> NDArray[np.float64]:
        """Return one score a text, (n,)."""
        ...


def rank_documents(
    documents: Mapping[str, Sequence[str]], scorer: Callable[[Sequence[str]], Scorer]
) -> Callable[[Sequence[str], int], list[list[str]]]:
    """Return what ranks documents, id -> its texts, for requests: ids best first, ties in the order they were given.

    `scorer` is fitted on all texts. A document that scores 0 is not named.
    """
    pairs = [(place, text) for place, texts in enumerate(documents.values()) for text in texts]
    owners = np.asarray([place for place, _ in pairs], np.int64)
    ids, fitted = list(documents), scorer([text for _, text in pairs])

    def rank(requests: Sequence[str], k: int) -> list[list[str]]:
        return [[ids[place] for place in _best(fitted.scores(request), owners, k)] for request in requests]

    return rank


def _best(scores: NDArray[np.float64], owners: NDArray[np.int64], k: int) -> list[int]:
    """Return the k documents with the highest scoring texts; owners (n,) says whose a text is."""
    named = np.flatnonzero(scores > 0)
    order = named[np.argsort(-scores[named], kind="stable")]
    return list(dict.fromkeys(owners[order].tolist()))[:k]
