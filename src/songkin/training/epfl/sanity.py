"""The first look at an encoder and at the data: pairs of two themes, and how features are spread.

Conventions
-----------
Themes are lists of song titles, lyrics are never shown. Cosines lie in [-1, 1].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from songkin.training.data.labelled import FEATURES, LabelledSong
from songkin.types import Vectors

__all__ = ["PAPER", "PAPER_SKEWED", "SKEWED", "Pair", "Themes", "columns", "pairs", "skewness", "themed"]

SKEWED = 0.8  # the absolute skewness above which halves of a column say little
PAPER: Mapping[str, tuple[float, float, float, float]] = MappingProxyType(
    {"mpnet": (0.463, 0.666, 0.107, 0.269), "distilroberta": (0.584, 0.769, 0.135, 0.320)}
)
PAPER_SKEWED = ("explicit", "mode", "acousticness", "instrumentalness", "liveness", "speechiness")


class Pair(NamedTuple):
    """Two songs and their cosine; `within`: both are of one theme."""

    one: str
    other: str
    cosine: float
    within: bool


class Themes(NamedTuple):
    """The pairs, highest cosine first, and the least and greatest cosine within a theme and across."""

    pairs: tuple[Pair, ...]
    within: tuple[float, float]
    across: tuple[float, float]

    @property
    def gap(self) -> float:
        """What lies between the lowest pair of one theme and the highest of two; below 0 they overlap."""
        return self.within[0] - self.across[1]


def themed(songs: Sequence[LabelledSong], word: str, artist: str, most: int) -> list[list[LabelledSong]]:
    """Return songs with a word in the title, and songs of an artist without it, at most so many of each."""
    titled = [song for song in songs if word.casefold() in song.title.casefold()]
    sung = [song for song in songs if song.artist == artist and song not in titled]
    return [titled[:most], sung[:most]]


def pairs(groups: Sequence[Sequence[LabelledSong]], vectors: Vectors) -> Themes:
    """Compare all songs of all themes, whose vectors are unit rows in the order of the groups.

    A theme of one song has no pairs within; a missing range is NaN.
    """
    songs = [(song, at) for at, group in enumerate(groups) for song in group]
    found = [
        Pair(songs[a][0].title, songs[b][0].title, float(vectors[a] @ vectors[b]), songs[a][1] == songs[b][1])
        for a, b in combinations(range(len(songs)), 2)
    ]
    within, across = (_range([pair.cosine for pair in found if pair.within is own]) for own in (True, False))
    return Themes(tuple(sorted(found, key=lambda pair: -pair.cosine)), within, across)


def columns(songs: Sequence[LabelledSong]) -> dict[str, list[float]]:
    """Return the known values of popularity, year, explicit, words a song and the ten features, by name."""
    names = ("popularity", "year", "explicit")
    found = {name: [v for song in songs if (v := song.value(name)) is not None] for name in (*names, *FEATURES)}
    return {**found, "words": [float(len(song.text.split())) for song in songs]}


def skewness(values: Sequence[float]) -> float:
    """Return the third standardised moment; fewer than two different values give 0."""
    own = np.asarray(values, np.float64)
    deviation = own.std() if len(own) else 0.0
    return float((((own - own.mean()) / deviation) ** 3).mean()) if deviation > 1e-12 else 0.0


def _range(values: Sequence[float]) -> tuple[float, float]:
    return (min(values), max(values)) if values else (float("nan"), float("nan"))
