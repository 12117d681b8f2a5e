"""Whether two songs sing the same words: a remaster, a live take, a cover.

Conventions
-----------
A song is the 128 weightiest of its words and pairs of neighbouring words, 1 + ln(count) each, stop words left out, as
hashes with weights of length 1. `sameness` is a cosine brought to [0, 1]: 0 for what different songs share, 1 for
versions of one. Nothing is learnt from songs, so a pair gives the same wherever it is asked.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.text import fold, lines
from songkin.text.words import STOP_WORDS, tokens
from songkin.types import Lyrics

__all__ = ["Terms", "cosines", "counted", "hashed", "sameness", "sung_terms"]

KEPT = 128  # terms of a song
DIFFERENT, SAME = 0.4, 0.7  # cosines: of 1,124,250 pairs of chart songs seven are versions, from .74; the next has .37

Floats = NDArray[np.float64]


class Terms(NamedTuple):
    """Hashed terms: codes (t,), sorted, and weights (t,), of length 1; none where there are no words."""

    codes: NDArray[np.uint32]
    weights: NDArray[np.float32]


NOTHING = Terms(np.empty(0, np.uint32), np.empty(0, np.float32))


def counted(lyrics: Lyrics | None) -> Counter[str]:
    """Return how often each word, and each pair of neighbours in a line, is sung; a repeated line counts once."""
    words: Counter[str] = Counter()
    if lyrics is None:
        return words
    if not lyrics.text.strip():
        for word, count in lyrics.bag.items():
            words.update(dict.fromkeys(tokens(word), max(int(count), 0)))
        return +words
    for line in fold(lines(lyrics.text)):
        own = tokens(line.text)
        words.update(own)
        words.update(f"{one} {other}" for one, other in pairwise(own))
    return words


def sung_terms(lyrics: Lyrics | None) -> Terms:
    """Return what is compared of a song's words."""
    weighed = {term: 1 + math.log(count) for term, count in counted(lyrics).items() if term not in STOP_WORDS}
    return hashed(dict(sorted(weighed.items(), key=lambda pair: (-pair[1], pair[0]))[:KEPT]))


def hashed(weighed: dict[str, float]) -> Terms:
    """Hash terms with their weights, and bring them to length 1; terms of one hash count together."""
    if not weighed:
        return NOTHING
    codes = np.array([zlib.crc32(term.encode("utf-8", "surrogatepass")) for term in weighed], np.uint32)
    once, places = np.unique(codes, return_inverse=True)
    weights = np.bincount(places, list(weighed.values()))
    return Terms(once, (weights / np.linalg.norm(weights)).astype(np.float32))


def cosines(left: Sequence[Terms], right: Sequence[Terms]) -> Floats:
    """Return the cosine of each pair (p,); 0 where a side has no terms. Exactly the same with the sides exchanged."""
    mine, theirs = _numbered(left), _numbered(right)
    if not (len(mine[0]) and len(theirs[0])):
        return np.zeros(len(left))
    at = np.minimum(np.searchsorted(mine[0], theirs[0]), len(mine[0]) - 1)
    both = mine[0][at] == theirs[0]
    pairs = (theirs[0][both] >> np.uint64(32)).astype(np.int64)
    return np.asarray(np.bincount(pairs, mine[1][at[both]] * theirs[1][both], minlength=len(left)), np.float64)


def sameness(cosine: Floats) -> Floats:
    """Return how surely cosines (p,) are those of one song's versions: 0 below .4, 1 from .7 on, a line between."""
    return np.asarray(np.clip((cosine - DIFFERENT) / (SAME - DIFFERENT), 0.0, 1.0), np.float64)


def _numbered(sides: Sequence[Terms]) -> tuple[NDArray[np.uint64], Floats]:
    """Lay the terms of one side of all pairs out: the pair's number before each code, sorted; and the weights."""
    if not sides:
        return np.empty(0, np.uint64), np.empty(0)
    numbers = np.repeat(np.arange(len(sides), dtype=np.uint64), [len(own.codes) for own in sides])
    codes = np.concatenate([own.codes for own in sides]).astype(np.uint64)
    return (numbers << np.uint64(32)) | codes, np.concatenate([own.weights for own in sides]).astype(np.float64)
