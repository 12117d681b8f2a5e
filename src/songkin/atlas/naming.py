"""Names of themes: the words and descriptors that set their songs apart.

Conventions
-----------
Counts are of songs (groups, things). A share is in [0, 1]; a lift is a share here over the share elsewhere, and 1 says
nothing: so it does where a theme holds all songs, and there is no elsewhere. Half a song more is counted elsewhere, so
that no lift is beyond twice the number of songs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Mark", "marks", "named"]

LEAST_SHARE = 0.05  # of a theme's songs that have a word or descriptor which sets it apart
NAME_SHARE = 0.1  # and that have one which names it
LEAST_LIFT = 1.5
LOWEST = 1e-9
NAME_WORDS = 3
FEW_WORDS = 2  # in a name that needs descriptors


class Mark(NamedTuple):
    """What sets a theme apart: a word or descriptor, the share of its songs that have it, and the lift of it."""

    name: str
    share: float
    lift: float


def marks(
    counts: NDArray[np.int64],
    sizes: NDArray[np.int64],
    shown: Sequence[str],
    *,
    most: int = 8,
    least: int = 5,
) -> list[tuple[Mark, ...]]:
    """Return what sets each group (groups, things) of so many songs (groups,) apart, the most telling first.

    Class-based Tf-Idf over songs: the share of the theme's songs that have a word, times the logarithm of its lift. The
    count of songs stands in for Grootendorst's count of words (arXiv 2203.05794, 2022 [grootendorst2022bertopic]),
    since one chorus can sing a word sixty times. A word that tells more of another theme weighs less, by the root of
    what it tells here over what it tells there, so that names differ. A theme that holds all songs has no elsewhere:
    its commonest words then. At least `least` songs have each, or half of a smaller theme.
    """
    sized = sizes[:, None]
    share = counts / np.maximum(sized, 1)
    lift, scores = _lifts(counts, sizes), share
    if len(sizes) > 1:
        scores = share * np.log(np.maximum(lift, LOWEST))
        scores = scores * np.sqrt(np.maximum(scores, 0) / np.maximum(scores.max(0), LOWEST))
    enough = (counts >= np.minimum(least, -(-sized // 2))) & (share >= LEAST_SHARE)
    enough &= (lift >= LEAST_LIFT) | (len(sizes) == 1)
    found = []
    for own, group in enumerate(enough):
        order = np.lexsort((np.arange(len(shown)), -scores[own]))
        best = order[group[order]][:most].tolist()
        found.append(tuple(Mark(shown[at], float(share[own, at]), float(lift[own, at])) for at in best))
    return found


def _lifts(counts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the lift of each share (groups, things), half a song more being elsewhere; 1 for a single group."""
    if len(sizes) == 1:
        return np.ones(counts.shape)
    elsewhere = (counts.sum(0) - counts + 0.5) / (sizes.sum() - sizes + 1.0)[:, None]
    return np.asarray(counts / np.maximum(sizes, 1)[:, None] / elsewhere)


def named(words: Sequence[Sequence[Mark]], descriptors: Sequence[Sequence[Mark]], titles: Sequence[str]) -> list[str]:
    """Name each theme by its three most telling words; where fewer than two tell, descriptors join; else a song does.

    No name comes twice: one that an earlier theme has takes one more mark, and a number where there is none.
    """
    names: list[str] = []
    for own, tags, title in zip(words, descriptors, titles, strict=True):
        telling = [mark.name for mark in own if mark.share >= NAME_SHARE][:NAME_WORDS]
        called = [mark.name for mark in tags if mark.name not in telling] or [mark.name for mark in own[:1]]
        first = telling if len(telling) > 1 else list(dict.fromkeys([*telling, *called]))[:FEW_WORDS]
        more = [mark.name for mark in (*own, *tags) if mark.name not in first]
        name = ", ".join(first) or f"like {title}"
        while name in names and more:
            name = f"{name}, {more.pop(0)}"
        names.append(name if name not in names else f"{name} ({sum(one.startswith(name) for one in names) + 1})")
    return names
