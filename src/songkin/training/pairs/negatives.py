"""Pairs of songs that nobody called alike, drawn into a set of pairs; and as many alike as not.

Conventions
-----------
Nothing says that two songs are unlike; only that nobody labelled the pair. So a drawn negative gets the label 0, or a
soft one (.1), as one chooses.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from songkin.errors import TrainingError
from songkin.training.pairs.pairset import THRESHOLD, PairSet, Places
from songkin.training.pairs.splits import Sides

__all__ = ["SOFT", "Likeness", "balanced", "sides_with_negatives", "with_negatives"]

SOFT = 0.1
AMONG = 10  # candidates of which a hard negative is the most alike
LISTED = 4_000_000  # possible pairs up to which all are written out

Likeness = Callable[[Places, Places], NDArray[np.floating]]
"""Says how alike songs are: places of the left and of the right ones (n,) in `PairSet.ids` -> (n,), higher = more."""


def balanced(pairs: PairSet, *, threshold: float = THRESHOLD, seed: int = 0) -> PairSet:
    """Return as many pairs labelled `threshold` or more as others, drawn from the larger half; the order stays.

    Unlabelled pairs count among the others. Where one half is empty, so is the outcome.
    """
    alike = pairs.alike(threshold=threshold)
    halves = np.flatnonzero(alike), np.flatnonzero(~alike)
    rng, fewer = np.random.default_rng(seed), min(map(len, halves))
    drawn = [rng.choice(half, fewer, replace=False) for half in halves]
    return pairs.take(np.sort(np.concatenate(drawn)).astype(np.int64))


def with_negatives(
    pairs: PairSet,
    *,
    share: float,
    label: float = 0.0,
    hard: Likeness | None = None,
    avoid: PairSet | None = None,
    seed: int = 0,
) -> PairSet:
    """Return the pairs and, behind them, drawn ones of their songs that are not among them, `label`ed so.

    `share` in [0, 1) is the part of the outcome that is drawn; fewer come where there are not so many. `hard` takes, of
    ten candidates each, the most alike one. `avoid` are further pairs (another side's) that are not drawn; they stand
    over the same ids. Only songs that occur in a pair are drawn from, so a side's negatives stay on its side.
    """
    if not 0.0 <= share < 1.0:
        raise TrainingError(f"the share of negatives is {share:g}; it is 0 or more and less than 1")
    rng = np.random.default_rng(seed)
    known = _distinct(np.concatenate([pairs.keys, avoid.keys] if avoid is not None else [pairs.keys]))
    count = round(len(pairs) * share / (1.0 - share))
    keys = _drawn(pairs, known, count * (AMONG if hard else 1), rng)
    if hard is not None and len(keys) > count:
        keys = _hardest(keys, count, len(pairs.ids), hard)
    left, right = keys // max(len(pairs.ids), 1), keys % max(len(pairs.ids), 1)
    return pairs.beside(PairSet(pairs.ids, left, right, np.full(len(keys), label, np.float32)))


def sides_with_negatives(
    sides: Sides, pairs: PairSet, *, share: float, label: float = 0.0, hard: Likeness | None = None, seed: int = 0
) -> Sides:
    """Give each side negatives of its own songs, none of them a pair of the whole (`pairs`) or of another side."""
    found: list[PairSet] = []
    for at, side in enumerate(sides):
        avoid = pairs
        for other in found:
            avoid = avoid.beside(other)
        found.append(with_negatives(side, share=share, label=label, hard=hard, avoid=avoid, seed=seed + at))
    return Sides(*found)


def _drawn(pairs: PairSet, known: Places, count: int, rng: np.random.Generator) -> Places:
    """Return up to `count` keys of pairs that are not known, none twice, in random order."""
    songs, size = pairs.songs, len(pairs.ids)
    possible = len(songs) * (len(songs) - 1) // 2
    if possible <= max(LISTED, 4 * (count + len(known))):
        first, second = np.triu_indices(len(songs), 1)
        free = _without(songs[first] * size + songs[second], known)
        return rng.choice(free, min(count, len(free)), replace=False)
    found: Places = np.zeros(0, np.int64)
    while len(found) < count:
        two = songs[rng.integers(len(songs), size=(2 * (count - len(found)) + 16, 2))]
        keys = two.min(1) * size + two.max(1)
        fresh = _without(keys[two[:, 0] != two[:, 1]], known)
        found = _distinct(np.concatenate([found, fresh]))
    return rng.permutation(found)[:count]


def _distinct(keys: Places) -> Places:
    """Return keys in order, each once; by sorting, for numpy's hashing took 30 times as long on two million keys."""
    keys = np.sort(keys)
    return keys[np.diff(keys, prepend=-1) > 0]


def _without(keys: Places, known: Places) -> Places:
    """Return the keys that are not among the `known`, which are in order."""
    at = np.minimum(np.searchsorted(known, keys), max(len(known) - 1, 0))
    return keys[known[at] != keys] if len(known) else keys


def _hardest(keys: Places, count: int, size: int, hard: Likeness) -> Places:
    """Cut the candidates into `count` heaps and return the most alike of each; the first of equals."""
    scores = np.asarray(hard(keys // size, keys % size), np.float64)
    heaps = np.array_split(np.arange(len(keys)), count) if count else []
    return keys[np.array([heap[np.argmax(scores[heap])] for heap in heaps], np.int64)]
