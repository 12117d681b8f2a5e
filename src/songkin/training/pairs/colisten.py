"""Pairs of chart songs by different artists, and how far the same people hear them.

Conventions
-----------
A label is the cosine of the artists' listener vectors of HetRec 2011, in [0, 1], as `evaluation.tasks.similar` has it:
all songs of two artists share one label. Pairs by one artist are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from songkin.errors import TrainingError
from songkin.evaluation.tasks.similar import Question, SungSong, by_listeners, songs
from songkin.training.pairs.pairset import PairSet

__all__ = ["Colistening", "colisten_of", "colisten_pairs"]


class Colistening(NamedTuple):
    """Labelled pairs, and the raw lyrics and the artist's key of each song by id."""

    pairs: PairSet
    texts: Mapping[str, str]
    artists: Mapping[str, str]


def colisten_pairs(*, seed: int = 0, negatives: float | None = 1.0) -> Colistening:
    """Return the pairs of popular_songs whose artists have five listeners in HetRec, all songs of them.

    Every pair that somebody hears both of comes (label above 0), and for each of them `negatives` pairs that nobody
    does (label 0), drawn by the seed; fewer where there are not so many, None = all. SourceError without the corpora.
    """
    return colisten_of(by_listeners(songs(seed=seed)), seed=seed, negatives=negatives)


def colisten_of(question: Question, *, seed: int = 0, negatives: float | None = 1.0) -> Colistening:
    """Make pairs of a question of co-listening; the songs stand in its order."""
    if negatives is not None and negatives < 0:
        raise TrainingError(f"negatives are {negatives:g} a pair; give 0 or more, or None for all")
    own: Sequence[SungSong] = question.songs
    first, second = np.triu_indices(len(own), 1)
    labels = question.relevance[first, second]
    heard, unheard = np.flatnonzero(labels > 0), np.flatnonzero(labels == 0)
    if negatives is not None and negatives * len(heard) < len(unheard):
        rng = np.random.default_rng(seed)
        unheard = rng.choice(unheard, round(negatives * len(heard)), replace=False)
    rows = np.sort(np.concatenate([heard, unheard]))
    pairs = PairSet(tuple(song.id for song in own), first[rows], second[rows], np.clip(labels[rows], 0.0, 1.0))
    texts = {song.id: song.lyrics for song in own}
    return Colistening(pairs, texts, {song.id: song.key for song in own})
