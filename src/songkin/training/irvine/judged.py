"""Which songs answer a seed, and how precisely a way of retrieval finds them; the weight of its two scores.

Conventions
-----------
Ours, for the paper defines none: a song is relevant to a seed if both lie in the same half of valence and share a tag.
Tags that more than a tenth of the songs carry join nothing. Songs of the seed's own artist are neither relevant nor
counted: they would be found by name. Precision is at ten; a seed without relevant songs is not asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.text import artist_key
from songkin.training.irvine.golden import Peak, golden
from songkin.training.irvine.songs import MoodSet, MoodSong

__all__ = ["AT", "Candidates", "Judge", "Weighed", "blend", "by_weight", "interval", "mean", "precision"]

AT = 10
COMMON = 0.1  # share of the songs above which a tag joins nothing
GRID = tuple(at / 10 for at in range(11))


class Candidates(NamedTuple):
    """What retrieval finds for a seed: songs (c,), each one's TF-IDF score and cosine (c,), in [0, 1]."""

    ids: Sequence[str]
    tfidf: NDArray[np.float32]
    cosine: NDArray[np.float32]


class Judge:
    """Says what is relevant among labelled songs with tags."""

    def __init__(self, labelled: MoodSet) -> None:
        counted = Counter(tag for song in labelled.songs for tag in song.tags)
        most = COMMON * len(labelled.songs)
        self._songs: dict[str, MoodSong] = {song.id: song for song in labelled.songs}
        self._tags = {song.id: frozenset(t for t in song.tags if counted[t] <= most) for song in labelled.songs}
        self._artists = {song.id: artist_key(song.artist) or song.id for song in labelled.songs}

    def counts(self, seed: str, other: str) -> bool:
        """Say whether a song may stand in the answer to a seed at all: it is known, and by another artist."""
        return other in self._songs and self._artists[seed] != self._artists[other]

    def relevant(self, seed: str, other: str) -> bool:
        """Say whether a song answers a seed."""
        same = self.counts(seed, other) and self._songs[seed].mood == self._songs[other].mood
        return same and not self._tags[seed].isdisjoint(self._tags[other])

    def share(self, seed: str) -> float:
        """Return the share of the songs that count which are relevant: what any ten of them reach; 0 without any."""
        counted = [own for own in self._songs if self.counts(seed, own)]
        return sum(self.relevant(seed, own) for own in counted) / len(counted) if counted else 0.0


def precision(judge: Judge, seed: str, ranked: Sequence[str], *, at: int = AT) -> float:
    """Return the share of the first `at` songs that count which are relevant; places that stay empty count as wrong."""
    shown = [own for own in ranked if judge.counts(seed, own)][:at]
    return sum(judge.relevant(seed, own) for own in shown) / at


def blend(found: Candidates, weight: float) -> list[str]:
    """Rank candidates by weight * cosine + (1 - weight) * TF-IDF, equals as they came; what decides is `weight`."""
    scores = weight * found.cosine + (1 - weight) * found.tfidf
    return [found.ids[at] for at in np.argsort(-scores, kind="stable")]


class Weighed(NamedTuple):
    """The golden-section search for a weight, and the same curve on a grid of eleven weights beside it."""

    peak: Peak
    grid: tuple[tuple[float, float], ...]


def by_weight(judge: Judge, asked: Mapping[str, Candidates], *, tolerance: float = 0.01) -> Weighed:
    """Search the weight in [0, 1] of the highest mean precision over seeds; no seeds give a flat curve of 0."""

    def curve(weight: float) -> float:
        return mean(judge, asked, lambda found: blend(found, weight))

    return Weighed(golden(curve, 0.0, 1.0, tolerance=tolerance), tuple((at, curve(at)) for at in GRID))


def mean(judge: Judge, asked: Mapping[str, Candidates], rank: Callable[[Candidates], Sequence[str]]) -> float:
    """Return the mean precision of a way to rank over seeds, 0 without any."""
    return float(np.mean([precision(judge, seed, rank(own)) for seed, own in asked.items()] or [0.0]))


def interval(values: Sequence[float], *, draws: int = 1000, seed: int = 0) -> tuple[float, float]:
    """Return the 95 % interval of a mean by the bootstrap over seeds; without values (0, 0)."""
    if not len(values):
        return 0.0, 0.0
    own = np.asarray(values, np.float64)
    rows = np.random.default_rng(seed).integers(len(own), size=(draws, len(own)))
    low, high = np.quantile(own[rows].mean(1), [0.025, 0.975])
    return float(low), float(high)
