"""Fuse the rankings of several channels into one.

Conventions
-----------
Each channel's scores lie in [0, 1]. A channel that did not name a song is NaN in the parts and adds nothing. Among
weights, `lyrics` stands for the channels that read words together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from songkin.types import Ranking

__all__ = ["LYRICS", "READING", "WEIGHTS", "fuse", "shared_out", "shares"]

WEIGHTS: Mapping[str, float] = {"meaning": 0.3, "words": 1.0, "line": 1.5, "title": 1.2, "features": 0.6, "sound": 0.6}
LYRICS = "lyrics"
READING = ("meaning", "words", "line")  # the channels that `lyrics` stands for


def fuse(rankings: Mapping[str, Ranking], weights: Mapping[str, float]) -> Ranking:
    """Return the weighted mean of the channels' scores, over the channels that named any song.

    A weight not given is that of `WEIGHTS`. No channel that speaks gives an empty ranking.
    Convex combination: Bruch, Gai and Ingber, ACM TOIS 2023 [bruch2023fusion].
    """
    weights = shared_out(weights, [name for name, ranking in rankings.items() if len(ranking)])
    speaking = {name: ranking for name, ranking in rankings.items() if len(ranking) and weight(name, weights) > 0}
    if not speaking:
        return Ranking.empty()
    keys = np.unique(np.concatenate([ranking.keys for ranking in speaking.values()]))
    parts = {name: _spread(ranking, keys) for name, ranking in speaking.items()}
    total = sum(weight(name, weights) for name in speaking)
    scores = sum(np.nan_to_num(part) * weight(name, weights) for name, part in parts.items()) / total
    return Ranking.of(keys, scores, parts)


def shared_out(weights: Mapping[str, float], speaking: Collection[str]) -> Mapping[str, float]:
    """Return weights with that of `lyrics` shared out among the channels that read words and speak, as they weigh.

    So `{"lyrics": 0.7, "sound": 0.3}` is what words and sound count, however many channels have found words.
    """
    if LYRICS not in weights:
        return weights
    own = {name: weight(name, weights) for name in READING if name in speaking}
    total = sum(own.values())
    return {**weights, **{name: weights[LYRICS] * part / total for name, part in own.items() if total > 0}}


def weight(name: str, weights: Mapping[str, float]) -> float:
    """Return a channel's weight: the request's, or the default."""
    return weights.get(name, WEIGHTS.get(name, 1.0))


def shares(parts: Mapping[str, float], weights: Mapping[str, float]) -> dict[str, float]:
    """Return how much of a song's score each channel gave, largest first, 1 in all; silent channels are left out."""
    told = {name: part * weight(name, weights) for name, part in parts.items()}
    given = {name: part for name, part in told.items() if part > 0}
    total = sum(given.values())
    return {name: given[name] / total for name in sorted(given, key=lambda name: -given[name])}


def _spread(ranking: Ranking, keys: NDArray[np.int64]) -> NDArray[np.float32]:
    part = np.full(len(keys), np.nan, np.float32)
    part[np.searchsorted(keys, ranking.keys)] = ranking.scores
    return part
