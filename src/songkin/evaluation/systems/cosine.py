"""An encoder alone: every text once, every request once, exact cosine, a document by its best text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from songkin.types import Encoder, Vectors

__all__ = ["cosine"]

AT_ONCE = 256  # texts encoded between two tellings


def cosine(
    documents: Mapping[str, Sequence[str]], encoder: Encoder, *, tell: Callable[[int], None] | None = None
) -> Callable[[Sequence[str], int], list[list[str]]]:
    """Return what ranks documents, id -> their texts, for requests: ids best first, ties in the order they were given.

    A blank text is no text, a document without texts is never named, and a request whose vector is zeros finds
    nothing. `tell` is called with how many more texts have been read.
    """
    told = {name: [text for text in texts if text.strip()] for name, texts in documents.items()}
    ids = [name for name, texts in told.items() if texts]
    starts = np.cumsum([0, *(len(told[name]) for name in ids)])[:-1]  # (documents,): the row of each one's first text
    vectors = _read([text for name in ids for text in told[name]], encoder, tell)  # (texts, dim)

    def rank(requests: Sequence[str], k: int) -> list[list[str]]:
        asked = encoder.encode_queries(requests)  # (n, dim)
        if not ids:
            return [[] for _ in requests]
        scores = np.maximum.reduceat(asked @ vectors.T, starts, axis=1)  # (n, documents)
        return [_best(row, ids, k) if vector.any() else [] for row, vector in zip(scores, asked, strict=True)]

    return rank


def _read(texts: Sequence[str], encoder: Encoder, tell: Callable[[int], None] | None) -> Vectors:
    """Encode texts (n,) -> (n, dim), telling how it goes on."""
    found = [np.empty((0, encoder.dim), np.float32)]
    for start in range(0, len(texts), AT_ONCE):
        chunk = texts[start : start + AT_ONCE]
        found.append(encoder.encode_songs(chunk))
        if tell:
            tell(len(chunk))
    return np.concatenate(found)


def _best(scores: NDArray[np.float32], ids: Sequence[str], k: int) -> list[str]:
    return [ids[place] for place in np.argsort(-scores, kind="stable")[:k]]
