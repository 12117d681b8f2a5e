"""Say what each word adds to the cosine of a request and a song's text, and what attends to what.

Conventions
-----------
A text's vector is the sum of its tokens' vectors made unit length. So the cosine of two texts is exactly the sum over
their tokens i and j of v_i . w_j / (|sum of v| |sum of w|), and what a word adds is the sum over its tokens: nothing is
estimated. A token's vector was made in sight of its neighbours, so a word's part is that of the word where it stands.
What no word of the text holds (marks of begin and end, a prefix) is the rest: always the last row and column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from songkin.errors import EncoderError
from songkin.types import Encoder

__all__ = [
    "Attention",
    "Heat",
    "Read",
    "TellsAttention",
    "TellsTokens",
    "Word",
    "attention",
    "checked",
    "heat",
    "spelt",
]

JOINING = "'’-‐‑&/"  # signs that join what stands on both sides into one word
REST = -1  # the word of a token that belongs to none
SAME = 0.9999  # cosine from which the sum of the token vectors is the vector of the text


class Word(NamedTuple):
    """A word as it is written, and its place in the text: characters `start` to before `end`."""

    text: str
    start: int
    end: int


class Read(NamedTuple):
    """A text as an encoder read it: its words, and the word of each token (t,), -1 = the rest.

    `read_to` counts the characters that were read; the text goes on behind them where it was too long.
    """

    text: str
    words: tuple[Word, ...]
    owners: NDArray[np.int64]
    read_to: int

    def by_word(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Add up what tokens have, (t, ...) -> (words + 1, ...), the rest last."""
        summed = np.zeros((len(self.words) + 1, *rows.shape[1:]), rows.dtype)
        np.add.at(summed, self.owners, rows)  # -1 is the last row
        return summed


@runtime_checkable
class TellsTokens(Protocol):
    """An encoder whose vectors are sums over tokens, and which gives these."""

    def token_vectors(self, text: str, *, asked: bool) -> tuple[Read, NDArray[np.float32]]:
        """Read a text, as a request or as a song's -> its tokens' vectors (t, dim), whose sum points as its own does.

        A text without words has no tokens. EncoderError where the vectors are no such sums.
        """
        ...


@runtime_checkable
class TellsAttention(Protocol):
    """An encoder that says how its tokens attend to each other."""

    def token_attention(self, text: str) -> tuple[Read, NDArray[np.float32]]:
        """Read a song's text -> attention (layers, heads, t, t), rows summing to 1; EncoderError where not told."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """What each word of a request and each word of a song's text add to their cosine.

    `matrix` (m + 1, n + 1) has a row for each word of the request and a column for each of the song, the rest last;
    all of it sums to the cosine. Parts below 0 speak against.
    """

    request: Read
    song: Read
    matrix: NDArray[np.float64]

    @property
    def cosine(self) -> float:
        """The cosine of the two texts, 0 where one has no words."""
        return float(self.matrix.sum())

    @property
    def of_request(self) -> NDArray[np.float64]:
        """What each word of the request adds (m + 1,), the rest last."""
        return np.asarray(self.matrix.sum(1))

    @property
    def of_song(self) -> NDArray[np.float64]:
        """What each word of the song's text adds (n + 1,), the rest last."""
        return np.asarray(self.matrix.sum(0))


@dataclass(frozen=True, slots=True, eq=False)
class Attention:
    """How the words of one text attend to each other: `weights` (layers, heads, n + 1, n + 1), the rest last.

    A row is a word: the mean over its tokens of what they take from each word, summed over that word's tokens, so rows
    sum to 1. Clark et al., BlackboxNLP 2019 [clark2019attention].
    """

    song: Read
    weights: NDArray[np.float32]

    def view(self, *, layer: int | None = None, head: int | None = None) -> NDArray[np.float32]:
        """Return one layer's or head's attention (n + 1, n + 1), counted from 1; the mean over those not named.

        EncoderError where there is no such layer or head.
        """
        for kind, number, count in zip(("layer", "head"), (layer, head), self.weights.shape, strict=False):
            if number is not None and not 1 <= number <= count:
                raise EncoderError(f"there is no {kind} {number}; this encoder has {kind}s 1 to {count}")
        layers = self.weights if layer is None else self.weights[layer - 1 : layer]
        heads = layers if head is None else layers[:, head - 1 : head]
        return np.asarray(heads.mean((0, 1)))  # (layers, heads, n + 1, n + 1) -> (n + 1, n + 1)


def heat(encoder: Encoder, request: str, song: str) -> Heat:
    """Say what the words of a request and of a song's text add to their cosine; EncoderError where it cannot be said.

    A text without words gives a matrix of zeros.
    """
    if not isinstance(encoder, TellsTokens):
        raise EncoderError(f"{encoder.name} gives vectors of whole texts only, which say nothing of single words")
    asked, asked_vectors = encoder.token_vectors(request, asked=True)
    told, told_vectors = encoder.token_vectors(song, asked=False)
    parts, others = _shares(asked, asked_vectors), _shares(told, told_vectors)
    return Heat(asked, told, parts @ others.T)  # (m + 1, dim) @ (dim, n + 1)


def _shares(read: Read, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return each word's part of the text's unit vector (words + 1, dim), zeros where the whole is zero."""
    parts = read.by_word(vectors.astype(np.float64))
    length = float(np.linalg.norm(parts.sum(0)))
    return parts / length if length > 0 else np.zeros_like(parts)


def attention(encoder: Encoder, song: str) -> Attention:
    """Say how the words of a song's text attend to each other; EncoderError where the encoder does not say."""
    if not isinstance(encoder, TellsAttention):
        raise EncoderError(f"{encoder.name} has no attention to show")
    told, weights = encoder.token_attention(song)
    weights = np.moveaxis(weights, -1, 0)  # (layers, heads, t, t) -> (to, layers, heads, from)
    taken = np.moveaxis(told.by_word(weights), -1, 0)  # sum over a word's tokens -> (from, to, layers, heads)
    tokens = np.maximum(told.by_word(np.ones(len(taken), np.float32)), 1)  # a word of no tokens has a row of zeros
    rows = told.by_word(taken) / tokens[:, None, None, None]
    return Attention(told, np.asarray(np.moveaxis(rows, (2, 3), (0, 1)), np.float32))


def spelt(text: str, encoding: Any, *, skipped: int = 0) -> Read:
    """Join the tokens of a tokenizer's encoding to words as people write them; `skipped` characters are a prefix.

    Pieces of one word, signs that stand on it and what a hyphen or apostrophe joins are one; scripts without blanks are
    told apart as the tokenizer does.
    """
    words: list[Word] = []
    owners: list[int] = []
    before: Any = None  # the number of the last token's word
    tail = ""  # the last token as it is written
    tokens = zip(encoding.offsets, encoding.word_ids, encoding.special_tokens_mask, strict=True)
    for (begin, behind), number, special in tokens:
        start, end = _trimmed(text, begin - skipped, behind - skipped)
        if special or start >= end:
            owners.append(REST)
            continue
        piece = text[start:end]
        if words and start <= words[-1].end and (number == before or _joins(words[-1].text, tail, piece)):
            first = words[-1].start
            words[-1] = Word(text[first : max(end, words[-1].end)], first, max(end, words[-1].end))
        else:
            words.append(Word(piece, start, end))
        owners.append(len(words) - 1)
        before, tail = number, piece
    cut = bool(encoding.overflowing)
    read_to = words[-1].end if cut and words else len(text)
    return Read(text, tuple(words), np.array(owners, np.int64), read_to)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a token's place without the blanks some tokenizers count to it."""
    start = max(start, 0)
    while start < end and text[start : start + 1].isspace():
        start += 1
    return start, end


def _joins(word: str, tail: str, piece: str) -> bool:
    """Say whether a piece that stands right behind a word belongs to it."""
    return not _spells(piece) or not _spells(word) or tail[-1:] in JOINING


def _spells(text: str) -> bool:
    return any(map(str.isalnum, text))


def checked(name: str, vectors: NDArray[np.float32], own: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return token vectors (t, dim) if their sum points where the text's own vector (dim,) does, else EncoderError."""
    total = vectors.sum(0, dtype=np.float64)
    if not float(total @ own) >= SAME * float(np.linalg.norm(total)):
        raise EncoderError(f"{name} does not add its token vectors up but pools otherwise: words have no exact part")
    return vectors
