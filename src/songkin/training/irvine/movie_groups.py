"""Topics of short texts: every text has one topic, found by Gibbs sampling ("movie group process").

Conventions
-----------
Counts are (n documents, m words), whole numbers. Topics are numbered as they were drawn; many of the `most` that a run
starts with end empty. Yin and Wang, KDD 2014 [yin2014gsdmm].
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Groups", "movie_groups"]


class Groups(NamedTuple):
    """The topic of each document (n,), the counts each topic is made of (topics, m), and its documents (topics,)."""

    labels: NDArray[np.int64]
    words: NDArray[np.int64]
    sizes: NDArray[np.int64]

    @property
    def filled(self) -> int:
        """How many topics hold a document."""
        return int(np.count_nonzero(self.sizes))


def movie_groups(
    counts: Any, *, most: int = 20, alpha: float = 0.1, beta: float = 0.1, rounds: int = 15, seed: int = 0
) -> Groups:
    """Sample a topic for every document, `rounds` times over all; sparse counts are taken row by row.

    `alpha` is how ready a text is to join an empty topic, `beta` how little a topic minds words it lacks. No documents
    give empty topics.
    """
    rows = [_row(counts, at) for at in range(counts.shape[0])]
    rng = np.random.default_rng(seed)
    labels = rng.integers(most, size=len(rows))
    groups = Groups(labels, np.zeros((most, counts.shape[1]), np.int64), np.zeros(most, np.int64))
    lengths = np.zeros(most, np.int64)
    for row, topic in zip(rows, labels, strict=True):
        _move(groups, lengths, row, topic, 1)
    for _ in range(rounds):
        for at, row in enumerate(rows):
            _move(groups, lengths, row, labels[at], -1)
            chances = _chances(groups, lengths, row, alpha, beta)
            labels[at] = rng.choice(most, p=chances)
            _move(groups, lengths, row, labels[at], 1)
    return groups


class _Row(NamedTuple):
    """A document: its words (w,), each as often as it comes, and how many of the same word came before each (w,)."""

    words: NDArray[np.int64]
    before: NDArray[np.int64]


def _row(counts: Any, at: int) -> _Row:
    """Lay a document out; a word that comes t times stands t times, with 0 to t - 1 before it."""
    row = counts[at]
    if hasattr(row, "indices"):  # a row of a sparse matrix
        words, times = np.asarray(row.indices, np.int64), np.asarray(row.data, np.int64)
    else:
        words = np.flatnonzero(row)
        times = np.asarray(row, np.int64)[words]
    before = [np.arange(own) for own in times]
    return _Row(np.repeat(words, times), np.concatenate([np.arange(0), *before]).astype(np.int64))


def _move(groups: Groups, lengths: NDArray[np.int64], row: _Row, topic: int, sign: int) -> None:
    """Put a document into a topic, or with -1 take it out."""
    np.add.at(groups.words[topic], row.words, sign)
    groups.sizes[topic] += sign
    lengths[topic] += sign * len(row.words)


def _chances(groups: Groups, lengths: NDArray[np.int64], row: _Row, alpha: float, beta: float) -> NDArray[np.float64]:
    """Return the chance of each topic (topics,) for a document that is in none: equation 4 of the paper, in logarithms.

    (size + alpha) * product over words (count + beta + before) / product over places (length + m beta + place)
    """
    places = np.arange(len(row.words))
    held = np.log(groups.words[:, row.words] + beta + row.before).sum(1)  # (topics, w) -> (topics,)
    room = np.log(lengths[:, None] + groups.words.shape[1] * beta + places).sum(1)
    logs = np.log(groups.sizes + alpha) + held - room
    chances = np.exp(logs - logs.max())
    shares: NDArray[np.float64] = chances / chances.sum()
    return shares
