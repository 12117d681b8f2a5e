"""Whether groups are in the songs or in the draw: how many songs would stay if others of the library were there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.atlas.grains import grains
from songkin.types import Vectors

__all__ = ["DRAWS", "SHARE", "Stability", "staying", "stays"]

DRAWS = 5
SHARE = 0.8
MOST = 4_000  # vectors in a draw
FEWEST = 5  # vectors, below which a fifth of them is none


class Stability(NamedTuple):
    """The share of vectors that stay, of all, and of each group (k,), in [0, 1]; NaN where that cannot be said."""

    overall: float
    groups: NDArray[np.float64]


def staying(vectors: Vectors, labels: NDArray[np.int32], counts: Sequence[int], *, seed: int = 0) -> list[Stability]:
    """Group `DRAWS` random parts of the vectors again, and say at each grain (grains, n) how many stay together.

    Each part is `SHARE` of the vectors, at most 4,000. A vector stays if its new group is the one that stands for its
    old one: groups are matched one to one, the largest overlap first. A group of one vector, which stays by itself, and
    one of which none was drawn have NaN and do not count; so have all where a fifth of the vectors is none.
    """
    random = np.random.default_rng(seed)
    drawn = min(MOST, round(SHARE * len(vectors))) if len(vectors) >= FEWEST else 0
    draws = [np.sort(random.choice(len(vectors), drawn, replace=False)) for _ in range(DRAWS if drawn else 0)]
    again = [grains(vectors[draw], counts, seed=seed + 1 + at).labels for at, draw in enumerate(draws)]
    return [
        _of_draws(row, [(draw, new[grain]) for draw, new in zip(draws, again, strict=True)])
        for grain, row in enumerate(labels)
    ]


def _of_draws(labels: NDArray[np.int32], draws: Sequence[tuple[NDArray[np.int64], NDArray[np.int32]]]) -> Stability:
    """Pool the draws (which vectors, their new groups) of one grain."""
    k = int(labels.max(initial=-1)) + 1
    several = np.bincount(labels, minlength=k) > 1
    kept, seen = np.zeros(k), np.zeros(k)
    for draw, new in draws:
        stay = stays(labels[draw], new)
        kept += several * np.bincount(labels[draw], stay, k)
        seen += several * np.bincount(labels[draw], minlength=k)
    each = np.divide(kept, seen, out=np.full(k, np.nan), where=seen > 0)
    return Stability(float(kept.sum() / seen.sum()) if seen.sum() else float("nan"), each)


def stays(old: NDArray[np.int32], new: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Say which vectors (n,) are in the new group that stands for their old one."""
    table = np.zeros((int(old.max(initial=-1)) + 1, int(new.max(initial=-1)) + 1), np.int64)
    np.add.at(table, (old, new), 1)
    match = np.full(len(table), -1)
    for _ in range(min(table.shape)):
        one, other = np.unravel_index(int(table.argmax()), table.shape)
        if table[one, other] <= 0:
            break
        match[one] = other
        table[one], table[:, other] = -1, -1
    return np.asarray(match[old] == new, bool)
