"""Which songs are judged and which are learnt from when words are damaged.

Conventions
-----------
Judged songs are of artists with five listeners or more, those that the re-run of the paper tests its networks on when
it splits by artist; so a network that was trained there knows none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from songkin.evaluation.tasks.similar import Question, SungSong, by_listeners, songs
from songkin.training.data import Ground
from songkin.training.data.augment import Augment
from songkin.training.deepplaylist.corpus import split_of
from songkin.training.deepplaylist.options import Options
from songkin.training.recipes import Recipe, read
from songkin.training.run import RECIPE

__all__ = ["Songs", "drawn_songs", "knows", "tested"]


class Songs(NamedTuple):
    """The question that is judged, and the songs of other artists that are learnt from."""

    question: Question
    known: Sequence[SungSong]


def drawn_songs(recipe: Recipe, *, judged: int, known: int, seed: int = 0) -> Songs:
    """Draw at most so many songs to judge, of the test artists of a recipe, and to learn from. SourceError without."""
    own = songs(seed=seed)
    held = tested(recipe)
    kept = [song for song in own if song.id in held][:judged]
    question = by_listeners(kept)
    artists = {song.key for song in question.songs}
    others = [song for song in own if song.key not in artists and (song.genres or song.tags)]
    return Songs(question, others[:known])


def tested(recipe: Recipe) -> frozenset[str]:
    """Return the ids of the songs that a recipe tests."""
    return _ids(recipe)[1]


def knows(folder: Path, judged: Sequence[SungSong]) -> int:
    """Count the judged songs that a trained network learnt from, or was chosen by; those it has only their artist of
    count as well, by the songs of its pairs."""
    learnt = _ids(read(folder / RECIPE))[0]
    keys = {song.key for song in songs() if song.id in learnt}
    return sum(song.key in keys for song in judged)


def _ids(recipe: Recipe) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids that a recipe learns from (train and validation), and those that it tests."""
    ground = Ground(None, recipe.place.parent, Augment())
    sides = split_of(recipe.task_table(Options), ground, seed=recipe.seed).sides
    ids = np.array(sides.test.ids)
    learnt = np.concatenate([sides.train.songs, sides.validation.songs])
    return frozenset(ids[learnt].tolist()), frozenset(ids[sides.test.songs].tolist())
