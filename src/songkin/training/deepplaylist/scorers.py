"""Who stands beside the trained networks: anything that says of two lists of songs how alike they are, pair by pair.

Conventions
-----------
A Maker is handed what may be learnt from and gives a Scorer; a Scorer gives (n,) for two lists of n songs, higher is
more alike, in [0, 1] where its errors are to mean anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.training.deepplaylist.corpus import Corpus
from songkin.training.pairs import PairSet, Sides
from songkin.training.pairs.counting import by_words

__all__ = ["PLAIN", "Maker", "PairSong", "School", "Scorer", "asked"]


class PairSong(NamedTuple):
    """A song as a scorer is handed it: its words in order (a bag's as `expanded` lays them), its artist, raw lyrics.

    `text` is "" where there is only a bag.
    """

    id: str
    words: tuple[str, ...] = ()
    artist: str = ""
    text: str = ""


Scorer = Callable[[Sequence[PairSong], Sequence[PairSong]], NDArray[np.floating]]


class School(NamedTuple):
    """What a scorer may learn from: training and validation pairs (the test side is not handed over), and the songs."""

    train: PairSet
    validation: PairSet
    songs: Mapping[str, PairSong]


Maker = Callable[[School], Scorer]


def asked(maker: Maker, sides: Sides, corpus: Corpus) -> NDArray[np.float64]:
    """Make a scorer and ask it for the test side, (n,)."""
    songs = {name: _song(name, corpus) for name in corpus.pairs.ids}
    scorer = maker(School(sides.train, sides.validation, songs))
    test = sides.test
    left, right = ([songs[test.ids[at]] for at in side.tolist()] for side in (test.left, test.right))
    return np.asarray(scorer(left, right), np.float64)


def _song(name: str, corpus: Corpus) -> PairSong:
    return PairSong(name, corpus.words.get(name, ()), corpus.artists.get(name, ""), corpus.texts.get(name, ""))


def constant_median(school: School) -> Scorer:
    """Always tell the median of the training labels."""
    value = float(np.median(school.train.labels))
    return lambda left, right: np.full(len(left), value)


def shared_words(school: School) -> Scorer:
    """Tell the cosine of two songs' words by tf-idf (`songkin.training.pairs.counting`)."""
    places = {name: at for at, name in enumerate(school.songs)}
    alike = by_words([song.words for song in school.songs.values()])

    def tell(left: Sequence[PairSong], right: Sequence[PairSong]) -> NDArray[np.floating]:
        one, other = (np.array([places[song.id] for song in side], np.int64) for side in (left, right))
        return alike(one, other)

    return tell


PLAIN: Mapping[str, Maker] = MappingProxyType(
    {"constant median": constant_median, "words in common, tf-idf": shared_words}
)
