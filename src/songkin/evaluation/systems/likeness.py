"""What says how near songs are: chance, words, an encoder's reading of lyrics, and the fields that are given.

Conventions
-----------
Closeness is (m, n), more is nearer; only its order counts. A field that one of two songs lacks says nothing of them:
it counts as it does on the mean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from songkin.evaluation.likeness import Closeness, Resembling
from songkin.evaluation.systems.passages import mean_passages
from songkin.evaluation.systems.ranking import Scorer
from songkin.evaluation.tasks.labels import sung
from songkin.evaluation.tasks.similar import SungSong
from songkin.types import Encoder

__all__ = ["by_chance", "by_fields", "by_lyrics", "by_words", "same_genre", "same_time"]

Floats = NDArray[np.float64]
YEARS = 10.0  # a decade apart is a third as near


def by_chance(*, seed: int = 0) -> Resembling:
    """Return what knows nothing."""

    def fit(songs: Sequence[SungSong]) -> Closeness:
        return lambda asked: np.random.default_rng([seed, *asked.tolist()]).uniform(size=(len(asked), len(songs)))

    return Resembling("random", "chance", fit)


def by_words(name: str, says: str, scorer: Callable[[Sequence[str]], Scorer]) -> Resembling:
    """Return what counts the words that two songs share, as Tf-Idf or BM25 do."""

    def fit(songs: Sequence[SungSong]) -> Closeness:
        texts = [sung(song.lyrics) for song in songs]
        fitted = scorer(texts)
        return lambda asked: np.stack([fitted.scores(texts[at]) for at in asked])

    return Resembling(name, says, fit)


def by_lyrics(name: str, encoder: Encoder, *, tell: Callable[[int], None] | None = None) -> Resembling:
    """Return the cosine of the mean vectors of two songs' passages; `tell` hears how many more songs were read."""

    def fit(songs: Sequence[SungSong]) -> Closeness:
        vectors = mean_passages([song.lyrics for song in songs], encoder, tell=tell)
        return lambda asked: vectors[asked] @ vectors.T

    return Resembling(name, "cosine of lyrics", fit)


def by_fields(name: str, says: str, *parts: Callable[[Sequence[SungSong]], Closeness]) -> Resembling:
    """Return the sum of parts, each taken to mean 0 and spread 1 over all pairs of songs."""

    def fit(songs: Sequence[SungSong]) -> Closeness:
        everything = np.arange(len(songs))
        whole = np.zeros((len(songs), len(songs)))
        for part in parts:
            near = part(songs)(everything)
            spread = np.nanstd(near)
            whole += np.nan_to_num((near - np.nanmean(near)) / spread) if spread > 0 else 0.0
        return lambda asked: whole[asked]

    return Resembling(name, says, fit)


def same_genre(songs: Sequence[SungSong]) -> Closeness:
    """Say 1 where two songs are of one genre, else 0; NaN where one has none."""
    names = np.array([song.genre or "" for song in songs])
    known = names != ""
    return lambda asked: np.where(known[asked][:, None] & known, names[asked][:, None] == names, np.nan)


def same_time(songs: Sequence[SungSong]) -> Closeness:
    """Say exp(-years between two songs / 10), in (0, 1]; NaN where one has no year."""
    years = np.array([np.nan if song.year is None else song.year for song in songs], np.float64)
    return lambda asked: np.exp(-abs(years[asked][:, None] - years) / YEARS)
