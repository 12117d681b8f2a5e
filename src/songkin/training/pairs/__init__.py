"""Pairs of songs with how alike they are: gathered, split, balanced, drawn, and their words and sound made ready."""

from songkin.training.pairs.negatives import SOFT, Likeness, balanced, sides_with_negatives, with_negatives
from songkin.training.pairs.pacing import curriculum, sureness
from songkin.training.pairs.pairset import THRESHOLD, Floats, PairSet, Places
from songkin.training.pairs.splits import (
    LYRICS,
    SOUND,
    Sides,
    artist_split,
    official_split,
    random_split,
    track_split,
)

__all__ = [
    "LYRICS",
    "SOFT",
    "SOUND",
    "THRESHOLD",
    "Floats",
    "Likeness",
    "PairSet",
    "Places",
    "Sides",
    "artist_split",
    "balanced",
    "curriculum",
    "official_split",
    "random_split",
    "sides_with_negatives",
    "sureness",
    "track_split",
    "with_negatives",
]
