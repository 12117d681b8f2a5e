"""How often each word stands in each song, as a sparse matrix, and how alike two songs' words are by tf-idf."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.extras import need
from songkin.training.pairs.negatives import Likeness
from songkin.training.pairs.pairset import Places
from songkin.training.pairs.words import FIRST, SIZE, Vocabulary

__all__ = ["by_words", "counts"]

AT_ONCE = 65_536  # pairs


def counts(songs: Iterable[Sequence[str]], vocabulary: Vocabulary) -> Any:
    """Return the counts of known words as a sparse matrix (songs, words); padding and unknown have no column."""
    sparse = need("scipy.sparse", extra="train")
    columns: list[NDArray[np.int64]] = []
    numbers: list[NDArray[np.int64]] = []
    for words in songs:
        ids = np.array(vocabulary.numbers(words), np.int64) - FIRST
        own, often = np.unique(ids[ids >= 0], return_counts=True)
        columns.append(own)
        numbers.append(often)
    bounds = np.cumsum([0, *map(len, columns)])
    flat = np.concatenate([*columns, np.zeros(0, np.int64)]), np.concatenate([*numbers, np.zeros(0, np.int64)])
    shape = (len(columns), len(vocabulary.words))
    return sparse.csr_matrix((flat[1].astype(np.float64), flat[0], bounds), shape=shape)


def by_words(songs: Sequence[Sequence[str]], *, vocabulary: Vocabulary | None = None) -> Likeness:
    """Return a function that says how alike songs' words are: the cosine of their tf-idf in [0, 1], 0 without words.

    Songs stand in the order of `PairSet.ids`. Weights are (1 + ln count) * (ln((1 + n) / (1 + songs with it)) + 1).
    """
    sparse = need("scipy.sparse", extra="train")
    table = counts(songs, vocabulary or Vocabulary.of(songs, size=SIZE))
    table.data = 1.0 + np.log(table.data)
    having = np.bincount(table.indices, minlength=table.shape[1])
    rarity = np.log((1.0 + table.shape[0]) / (1.0 + having)) + 1.0
    table = (table @ sparse.diags(rarity)).tocsr()
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(1)).ravel())
    unit = (sparse.diags(1.0 / np.where(lengths > 0, lengths, 1.0)) @ table).tocsr()

    def alike(left: Places, right: Places) -> NDArray[np.float64]:
        """Return the cosine of songs left and right (n,)."""
        parts = [
            np.asarray(unit[left[at : at + AT_ONCE]].multiply(unit[right[at : at + AT_ONCE]]).sum(1)).ravel()
            for at in range(0, len(left), AT_ONCE)
        ]
        return np.concatenate([*parts, np.zeros(0)])

    return alike
