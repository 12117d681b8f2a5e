"""A song's words as a row of numbers: from lyrics or a bag to words, from words to ids of a vocabulary.

Conventions
-----------
Id 0 is padding, 1 an unknown word, the most frequent word is 2. A vocabulary of 20,000 counts these two, so an
embedding of 100 dimensions has the 2,000,000 weights of the paper. Zeros fill a row behind the words ("post"), or
before them ("pre", as Keras does unless told); a longer song keeps its first words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from songkin.errors import TrainingError
from songkin.text import lines, tokens

__all__ = [
    "FIRST",
    "LENGTH",
    "ORDERS",
    "PADDING",
    "SIZE",
    "UNKNOWN",
    "Vocabulary",
    "expanded",
    "sequences",
    "song_words",
]

SIZE, LENGTH = 20_000, 300
PADDING, UNKNOWN, FIRST = 0, 1, 2
ORDERS = ("file", "rounds")
PADS = ("post", "pre")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words by their id less FIRST, the most frequent first; `len` counts padding and the unknown word too."""

    words: tuple[str, ...]
    places: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", {word: at for at, word in enumerate(self.words, FIRST)})
        if len(self.places) != len(self.words):
            raise TrainingError("a word stands twice in the vocabulary")

    @classmethod
    def of(cls, songs: Iterable[Sequence[str]], *, size: int = SIZE) -> Vocabulary:
        """Take the most frequent words of songs, with padding and unknown `size` at most; of equals in A-Z order."""
        counts: Counter[str] = Counter()
        for words in songs:
            counts.update(words)
        often = sorted(counts, key=lambda word: (-counts[word], word))
        return cls(tuple(often[: max(size - FIRST, 0)]))

    def __len__(self) -> int:
        return len(self.words) + FIRST

    def numbers(self, words: Iterable[str]) -> list[int]:
        """Return the id of each word, UNKNOWN where it is not known."""
        return [self.places.get(word, UNKNOWN) for word in words]


def expanded(bag: Mapping[str, int], *, order: str = "file") -> list[str]:
    """Return a bag as a sequence that holds each word as often as it counts; an empty bag gives [].

    "file": in the bag's own order, each word's repeats together. A musiXmatch bag comes in the order of the corpus'
    frequencies, so function words first, and the cut to 300 words falls on the rare ones: of 8,260 real bags 18 % are
    longer, and these lose 41 % of their distinct words. "rounds": every word once in that order, then those that count
    2 or more once again, and so on, so that the cut falls on repeats. The paper does not say which order it took.
    """
    if order not in ORDERS:
        raise TrainingError(f"the order is '{order}'; it is {' or '.join(ORDERS)}")
    if order == "file":
        return [word for word, count in bag.items() for _ in range(count)]
    found: list[str] = []
    left = dict(bag)
    for done in range(max(bag.values(), default=0)):
        left = {word: count for word, count in left.items() if count > done}
        found += left
    return found


def song_words(words: str | Mapping[str, int], *, order: str = "file") -> list[str]:
    """Return the words of lyrics: of text its sung lines, in lower case without punctuation; of a bag `expanded`."""
    if isinstance(words, str):
        return [token for line in lines(words) for token in tokens(line.text)]
    return expanded(words, order=order)


def sequences(
    songs: Iterable[Sequence[str]], vocabulary: Vocabulary, *, length: int = LENGTH, padding: str = "post"
) -> NDArray[np.int64]:
    """Return songs' words as ids (n, length), in order; songs may come one at a time, and one row of each is held.

    A song without words is a row of zeros, no songs give (0, length).
    """
    if padding not in PADS:
        raise TrainingError(f"padding is '{padding}'; it is {' or '.join(PADS)}")
    rows = []
    for words in songs:
        row = np.zeros(length, np.int64)
        ids = vocabulary.numbers(words[:length])
        start = length - len(ids) if padding == "pre" else 0
        row[start : start + len(ids)] = ids
        rows.append(row)
    return np.stack(rows) if rows else np.zeros((0, length), np.int64)
