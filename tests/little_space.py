"""A space of genres, tags and eras fitted to the made-up songs of `little_heads`."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from little_heads import SMALL, heads, lyrics, texts, toy_material
from songkin.annotate import TagSpace
from songkin.training.heads import fit_space, folds_of
from songkin.types import Lyrics, Song


def described(number: int) -> Song:
    """Song `number` with its genre, some tags and a year; even ones are country of the seventies, odd ones rap."""
    even = number % 2 == 0
    genres = ("Country", "folk") if even else ("Hip-Hop", "rap")
    tags = {"acoustic" if even else "beats": 1.0, f"mood {number % 3}": 0.5}
    return Song(
        f"s{number}",
        genres=genres,
        tags=tags,
        year=1971 + number % 5 if even else 2005 + number % 5,
        lyrics=Lyrics(lyrics(number)),
    )


@lru_cache(maxsize=1)
def space() -> TagSpace:
    """The space of sixty songs, once a session."""
    songs = [described(number) for number in range(60)]
    folds = folds_of([text.artist for text in texts()])
    return fit_space(songs, toy_material(texts()).reading, heads(), folds, options=SMALL)


def unread(n: int) -> np.ndarray:
    """What words foretell of n songs whose words nobody read."""
    return np.zeros((n, space().dim), np.float32)
