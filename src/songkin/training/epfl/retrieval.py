"""What clusters do not tell: whether a song's nearest songs by other artists are of its genre.

Conventions
-----------
Relevant to a song is every song of the same genre by another artist; songs by the same artist are not in the ranking.
Measures lie in [0, 1].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.text import artist_key
from songkin.training.data.labelled import LabelledSong
from songkin.types import Vectors

__all__ = ["Retrieved", "same_genre"]

NEAR = 10
BLOCK = 512


class Retrieved(NamedTuple):
    """P@10 and nDCG@10 (binary), the P@10 of a random order, and how many songs were asked for."""

    p10: float
    ndcg10: float
    chance: float
    n: int


def same_genre(vectors: Vectors, songs: Sequence[LabelledSong]) -> Retrieved:
    """Ask for each song that has a relevant one; none give 0 and n = 0. Ties are broken by the order of songs."""
    genres = _codes([song.genre or f"none {at}" for at, song in enumerate(songs)])
    artists = _codes([artist_key(song.artist) or f"none {at}" for at, song in enumerate(songs)])
    told = []
    for first in range(0, len(songs), BLOCK):
        rows = np.arange(first, min(first + BLOCK, len(songs)))
        others = artists[rows][:, None] != artists[None]  # (b, n)
        relevant = (genres[rows][:, None] == genres[None]) & others
        cosines = np.where(others, vectors[rows] @ vectors.T, -np.inf)
        told.append(_judged(cosines, relevant, others.sum(1)))
    judged = np.concatenate(told) if told else np.zeros((0, 3))
    judged = judged[~np.isnan(judged[:, 0])]
    if not len(judged):
        return Retrieved(0.0, 0.0, 0.0, 0)
    p10, ndcg10, chance = judged.mean(0).tolist()
    return Retrieved(p10, ndcg10, chance, len(judged))


def _judged(
    cosines: NDArray[np.floating], relevant: NDArray[np.bool_], others: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return P@10, nDCG@10 and the chance of each row (b, 3), NaN where nothing is relevant."""
    near = min(NEAR, cosines.shape[1])
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :near]
    gains = np.take_along_axis(relevant, order, 1).astype(float)
    discounts = 1 / np.log2(np.arange(2, near + 2))
    wanted = relevant.sum(1)
    ideal = np.concatenate([[0.0], np.cumsum(discounts)])[np.minimum(wanted, near)]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.stack([gains.sum(1) / NEAR, gains @ discounts / ideal, wanted / np.maximum(others, 1)], 1)
    return np.where(wanted[:, None] > 0, found, np.nan)


def _codes(names: Sequence[str]) -> NDArray[np.int64]:
    return np.asarray(np.unique(np.array(names, dtype=object).astype(str), return_inverse=True)[1], np.int64)
