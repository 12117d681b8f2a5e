"""The paper's recommender: the nearest cluster of a song, the members that meet the conditions, the nearest of them.

Conventions
-----------
Distances are 1 - cosine, lower is nearer. Conditions compare with the SEED's own value, strictly; a song that lacks a
value meets no condition on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.errors import TrainingError
from songkin.text import title_key
from songkin.training.data.labelled import LabelledSong
from songkin.types import Vectors

__all__ = ["CLUSTERS", "PAPER", "SHOWN", "Conditions", "Found", "centroids", "nearest", "recommend", "seed_of"]

CLUSTERS, SHOWN = 5, 3
PAPER: Mapping[str, str] = MappingProxyType(
    {
        "We Are the Champions": "hip-hop, more energy, valence and danceability: distances .344-.401 with the base, "
        ".608-.665 with the genre-tuned encoder",
        "All I Want for Christmas Is You": "country: .252-.364 with the base, Christmas songs; .530-.581 tuned, love "
        "songs: tuning lost the theme",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a recommended song must be: of this genre, with more or less of some value than the seed.

    `explicit` and `mode` are -1 for songs that are not (minor), 1 for songs that are (major), 0 for any. `more` and
    `less` name features, "year" or "popularity".
    """

    genre: str = ""
    explicit: int = 0
    mode: int = 0
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if {self.explicit, self.mode} - {-1, 0, 1}:
            raise ValueError("explicit and mode are -1, 0 or 1")

    def meets(self, song: LabelledSong, seed: LabelledSong) -> bool:
        """Say whether a song meets them all, beside the seed."""
        if self.genre and song.genre != self.genre:
            return False
        for wish, name in ((self.explicit, "explicit"), (self.mode, "mode")):
            own = song.value(name)
            if wish and (own is None or bool(own) != (wish > 0)):
                return False
        return all(_above(song, seed, name) for name in self.more) and all(
            _above(seed, song, name) for name in self.less
        )

    def words(self) -> str:
        """Say them in words."""
        said = [self.genre, *(f"more {name}" for name in self.more), *(f"less {name}" for name in self.less)]
        for wish, yes, no in ((self.explicit, "explicit", "not explicit"), (self.mode, "major", "minor")):
            said.append({1: yes, -1: no, 0: ""}[wish])
        return ", ".join(filter(None, said)) or "no condition"


class Found(NamedTuple):
    """One recommended song and its distance from the seed, in [0, 2]."""

    song: LabelledSong
    distance: float


def centroids(vectors: Vectors, labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the mean of each cluster's vectors (k, dim), in the order of labels."""
    return np.stack([vectors[labels == own].mean(0) for own in range(int(labels.max()) + 1)]).astype(np.float64)


def nearest(vector: NDArray[np.floating], centres: NDArray[np.floating]) -> int:
    """Return the centroid at the least cosine distance; ties go to the first."""
    return int(np.argmin(_distances(vector, centres)))


def recommend(
    seed: LabelledSong,
    vector: NDArray[np.floating],
    songs: Sequence[LabelledSong],
    vectors: Vectors,
    conditions: Conditions,
    *,
    labels: NDArray[np.int64] | None = None,
    most: int = SHOWN,
) -> list[Found]:
    """Return the nearest songs that meet the conditions, of the seed's cluster alone where `labels` are given.

    The seed itself and its namesakes are left out; where nothing meets the conditions nothing is returned.
    """
    if not songs:
        return []
    within = np.ones(len(songs), bool)
    if labels is not None:
        within = labels == nearest(vector, centroids(vectors, labels))
    distances, own = _distances(vector, vectors), title_key(seed.title)
    fit = [
        at
        for at, song in enumerate(songs)
        if within[at] and song.id != seed.id and title_key(song.title) != own and conditions.meets(song, seed)
    ]
    fit.sort(key=lambda at: (float(distances[at]), at))
    return [Found(songs[at], float(distances[at])) for at in fit[:most]]


def seed_of(songs: Sequence[LabelledSong], titles: Sequence[str]) -> LabelledSong:
    """Return the first song that bears one of the titles, in their order; TrainingError where none is there."""
    for title in titles:
        for song in songs:
            if title_key(song.title) == title_key(title):
                return song
    raise TrainingError(f"none of these songs is in the corpus: {', '.join(titles)}; name another seed in the agenda")


def _above(one: LabelledSong, other: LabelledSong, name: str) -> bool:
    own, its = one.value(name), other.value(name)
    return own is not None and its is not None and own > its


def _distances(vector: NDArray[np.floating], rows: NDArray[np.floating]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(vector)
    return np.asarray(1 - rows @ vector / np.maximum(lengths, 1e-12), np.float64)
