"""Our own scorer in the contest: the space of genres, tags and eras, predicted from raw lyrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from songkin.evaluation.tasks import similar
from songkin.training.deepplaylist.scorers import Maker, PairSong, School, Scorer
from songkin.training.heads import by_space
from songkin.training.heads.remembering import Remembering

__all__ = ["ours"]


def ours(tell: Callable[[int], None] | None = None) -> Mapping[str, Maker]:
    """Return our scorer by name; it is told apart from the networks in that it learns nothing of who listens to whom.

    It is fitted to chart songs whose artists are not asked for. `tell` hears how many more songs were read.
    """
    return {"songkin, from words": lambda school: _from_words(school, tell)}


def _from_words(school: School, tell: Callable[[int], None] | None) -> Scorer:
    """Return a scorer: the dot product of two songs' vectors, brought to [0, 1] and to the training labels' mean.

    Its order is what counts; labels of listeners are far lower than what songs share.
    """
    mean = float(np.mean(school.train.labels)) if len(school.train) else 0.5
    known, reader = similar.songs(), Remembering(tell=tell)

    def score(left: Sequence[PairSong], right: Sequence[PairSong]) -> NDArray[np.floating]:
        asked = {song.id: song for song in (*left, *right)}
        places = {name: at for at, name in enumerate(asked)}
        sung = [similar.SungSong(song.id, song.artist, song.text) for song in asked.values()]
        near = by_space(known, words_only=True, reader=reader).fit(sung)(np.arange(len(sung)))
        rows, columns = ([places[song.id] for song in side] for side in (left, right))
        return np.asarray(mean * (1 + near[rows, columns]), np.float64)

    return score
