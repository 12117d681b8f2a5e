"""What the label heads read of a song's words: its place in the encoder's space, its style, and which words it uses.

Conventions
-----------
Texts are raw lyrics. `vectors` are mean directions of passages, unit length, zeros where a text has none. `words` count
words and pairs of neighbouring words within a line; only the first line of each kind counts, so that a chorus sung ten
times does not drown the rest. A bag of words has counts alone: no pairs, no style.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.annotate.style import STYLE, style
from songkin.text import fold, lines, passages
from songkin.text.words import tokens
from songkin.types import Encoder, Lyrics, Vectors

__all__ = ["Reading", "joined", "read"]

PASSAGES = 24  # that are encoded of a text at most: beyond some 900 words a song says nothing new
BAG_WORDS = 120  # of a bag, the commonest, that the encoder reads as one text


class Reading(NamedTuple):
    """What was read of n texts: vectors (n, dim), styles (n, len(STYLE)), word counts (n,), and which are bags (n,)."""

    vectors: Vectors
    styles: NDArray[np.float32]
    words: tuple[Mapping[str, int], ...]
    bags: NDArray[np.bool_]

    def at(self, rows: NDArray[np.integer]) -> Reading:
        """Return what was read of some of the texts."""
        return Reading(self.vectors[rows], self.styles[rows], tuple(self.words[row] for row in rows), self.bags[rows])


def joined(readings: Sequence[Reading]) -> Reading:
    """Return what was read in several goes as one reading, in their order; at least one is given."""
    parts = list(readings)
    return Reading(
        np.concatenate([part.vectors for part in parts]),
        np.concatenate([part.styles for part in parts]),
        tuple(words for part in parts for words in part.words),
        np.concatenate([part.bags for part in parts]),
    )


class _Text(NamedTuple):
    """One text, cut for reading."""

    passages: list[str]
    style: NDArray[np.float32]
    words: Mapping[str, int]
    bag: bool


def read(lyrics: Sequence[Lyrics], encoder: Encoder) -> Reading:
    """Read texts or bags of words (n,); all passages go to the encoder in one go. No texts give (0, ...)."""
    texts = [_cut_bag(own.bag) if own.bag and not own.text.strip() else _cut(own.text) for own in lyrics]
    encoded = encoder.encode_songs([passage for text in texts for passage in text.passages])
    styles = np.array([text.style for text in texts], np.float32).reshape(len(texts), len(STYLE))
    counts = [len(text.passages) for text in texts]
    bags = np.array([text.bag for text in texts], bool)
    return Reading(_means(encoded, counts), styles, tuple(text.words for text in texts), bags)


def _cut(text: str) -> _Text:
    """Cut lyrics into passages, words and style."""
    sung = lines(text)
    once = fold(sung)
    words: Counter[str] = Counter()
    for line in once:
        own = tokens(line.text)
        words.update(own)
        words.update(f"{a} {b}" for a, b in pairwise(own))
    parts = [passage.text for passage in passages(once)][:PASSAGES]
    return _Text(parts, style([line.text for line in sung]), words, bag=False)


def _cut_bag(bag: Mapping[str, int]) -> _Text:
    """Lay a bag of words out: its commonest words are read as one text, in a fixed order."""
    counts: Counter[str] = Counter()
    for word, count in bag.items():
        counts.update(dict.fromkeys(tokens(word), max(int(count), 0)))
    common = sorted(counts, key=lambda word: (-counts[word], word))[:BAG_WORDS]
    return _Text([" ".join(common)] if common else [], np.zeros(len(STYLE), np.float32), +counts, bag=True)


def _means(encoded: Vectors, counts: Sequence[int]) -> Vectors:
    """Return the mean direction of each text's passages: (passages, dim) -> (n, dim)."""
    found = np.zeros((len(counts), encoded.shape[1]), np.float32)
    np.add.at(found, np.repeat(np.arange(len(counts)), counts), encoded)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.where(lengths > 0, lengths, 1.0), np.float32)
