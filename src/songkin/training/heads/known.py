"""What is known of the songs that label heads are fitted to, and what each head is to answer.

Conventions
-----------
Features become ranks in [-0.5, 0.5], spread evenly, so that 0 is the median of the songs at hand; nan = not known. What
was read in a song (`songkin.datasets.songkin_readings`) stands beside what is known of it: readings know little of how
a record was made, but what they say of it stands in the words, so heads learn more from both than from either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songkin.annotate.heads import FEATURES
from songkin.datasets.songkin_readings import THEMES, Read, mark
from songkin.errors import TrainingError
from songkin.evaluation.tasks.labels import LabelledText

__all__ = ["LEAST", "Known", "known", "ranks"]

Floats = NDArray[np.float64]
LEAST = 20  # songs that a genre or theme must have to be learnt
READ_COUNTS = 0.5  # of a target; what is known counts the rest
SCALES = ("happy", "valence", "energy", "danceability")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of n songs: features (n, 3), genre (n,) as a place in `genres` or -1, happy (n,) 1, 0 or nan,
    explicit likewise, `scales` (n, 4) read in them as ranks, themes (n, t) 1, 0 or nan, and each song's artist."""

    texts: tuple[str, ...]
    artists: tuple[str, ...]
    features: Floats
    genre: NDArray[np.int64]
    genres: tuple[str, ...]
    happy: Floats
    explicit: Floats
    scales: Floats
    themes: Floats
    theme_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)


def known(songs: Sequence[LabelledText], read: Mapping[str, Read]) -> Known:
    """Gather what is known of songs; TrainingError where that is too little to fit anything to."""
    if len(songs) < LEAST:
        raise TrainingError(f"{len(songs)} songs are too few for label heads; at least {LEAST} are needed")
    own = [read.get(mark(song.text)) for song in songs]
    counts = {name: sum(song.genre == name for song in songs) for name in {song.genre for song in songs} if name}
    genres = tuple(sorted(name for name, count in counts.items() if count >= LEAST))
    themes = np.array(
        [[float(name in one.themes) for name in THEMES] if one else [np.nan] * len(THEMES) for one in own]
    )
    often = np.nan_to_num(themes).sum(0) >= LEAST
    scales = [[getattr(one, name) if one else np.nan for name in SCALES] for one in own]
    return Known(
        texts=tuple(song.text for song in songs),
        artists=tuple(song.key for song in songs),
        features=np.array([[song.features.get(name, np.nan) for name in FEATURES] for song in songs], np.float64),
        genre=np.array([genres.index(song.genre) if song.genre in genres else -1 for song in songs]),
        genres=genres,
        happy=np.array([np.nan if song.happy is None else float(song.happy) for song in songs]),
        explicit=np.array([np.nan if song.explicit is None else float(song.explicit) for song in songs]),
        scales=ranks(np.array(scales, np.float64)),
        themes=themes[:, often],
        theme_names=tuple(name for name, kept in zip(THEMES, often, strict=True) if kept),
    )


def ranks(values: Floats) -> Floats:
    """Return each column's ranks (n, k), spread over [-0.5, 0.5]; equals share theirs, and nan stays."""
    found = np.full(values.shape, np.nan)
    for at, column in enumerate(values.T):
        there = np.isfinite(column)
        ordered = np.sort(column[there])
        middle = (
            np.searchsorted(ordered, column[there], "left") + np.searchsorted(ordered, column[there], "right")
        ) / 2
        found[there, at] = middle / max(len(ordered), 1) - 0.5
    return found
