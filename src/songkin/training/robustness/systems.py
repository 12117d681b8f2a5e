"""Systems that tell from words alone how near songs are, as they stand when the words are damaged.

Conventions
-----------
A System is fitted to songs whose artists are not judged, and then says how near texts (m,) are to others (n,): (m, n),
more is nearer. Both sides may be damaged; what a system learnt, it learnt from whole words, but where it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from songkin.annotate.heads import scored
from songkin.annotate.reading import Reading
from songkin.annotate.tag_space import laid
from songkin.errors import TrainingError
from songkin.evaluation.systems import TfIdf
from songkin.evaluation.tasks.labels import sung
from songkin.evaluation.tasks.similar import SungSong
from songkin.training.deepplaylist.making import kept
from songkin.training.heads.fitting import DEFAULT, Options, fit_layer
from songkin.training.heads.resembling import song_of
from songkin.training.heads.tag_space import axes_of, targets
from songkin.training.pairs.damage import DAMAGES
from songkin.training.pairs.words import Vocabulary, sequences, song_words

__all__ = ["Near", "System", "damaged_copies", "of_network", "of_space", "of_vectors", "of_words"]

Floats = NDArray[np.float64]
Near = Callable[[Sequence[str], Sequence[str]], Floats]
Reader = Callable[[Sequence[str]], Reading]
LEAST, MOST = 0.1, 0.6  # strengths of the damage in a copy to learn from
AT_ONCE = 64  # songs that a network reads, or is asked about, together


class System(NamedTuple):
    """A system: its name, what it is, what tells it from one of the same name, and how it gets to know songs."""

    name: str
    says: str
    mark: str
    fit: Callable[[Sequence[SungSong]], Near]


def of_words() -> System:
    """Return the cosine of Tf-Idf, with the rarities of the songs that are looked through."""

    def near(asked: Sequence[str], others: Sequence[str]) -> Floats:
        known = TfIdf([_cleaned(text) for text in others])
        return np.stack([known.scores(_cleaned(text)) for text in asked])

    return System("tf-idf", "cosine of words weighed by rarity", "1", lambda songs: near)


def of_vectors(reader: Reader, mark: str) -> System:
    """Return the cosine of what the encoder reads."""

    def near(asked: Sequence[str], others: Sequence[str]) -> Floats:
        return np.asarray(reader(asked).vectors @ reader(others).vectors.T, np.float64)

    return System("cosine", "cosine of the encoder's vectors", mark, lambda songs: near)


def of_space(
    name: str,
    says: str,
    reader: Reader,
    mark: str,
    *,
    noisy: bool = False,
    layers: int = 1,
    options: Options = DEFAULT,
) -> System:
    """Return our space of genres, tags and eras, foretold from words.

    `noisy` fits it to a damaged copy of each song as well; more `layers` are fitted to bootstrap draws of the songs,
    and a song lies at the mean of the vectors that they give it (bagging: Breiman, Machine Learning 24(2), 1996).
    """

    def fit(songs: Sequence[SungSong]) -> Near:
        blocks = axes_of([song_of(song) for song in songs])
        learnt = [*songs, *damaged_copies(songs, seed=options.seed)] if noisy else list(songs)
        reading = reader([song.lyrics for song in learnt])
        wanted = targets(blocks, [song_of(song) for song in learnt])
        draws = _draws(len(learnt), layers, options.seed)
        fitted = [fit_layer(reading.at(rows), wanted[rows], options) for rows in draws]

        def placed(texts: Sequence[str]) -> Floats:
            own = reader(texts)
            given = [
                (np.zeros((len(texts), block.axes.shape[1]), np.float32), np.zeros(len(texts), np.bool_))
                for block in blocks
            ]
            vectors = [laid(blocks, given, scored(own, *layer)) for layer in fitted]
            return np.asarray(np.mean(vectors, axis=0), np.float64)

        return lambda asked, others: placed(asked) @ placed(others).T

    return System(name, says, f"{mark} {noisy} {layers} {tuple(options)}", fit)


def damaged_copies(songs: Sequence[SungSong], *, seed: int = 0) -> list[SungSong]:
    """Return each song with damaged words: the damages take turns, strengths from .1 to .6 are drawn."""
    strengths = np.random.default_rng(seed).uniform(LEAST, MOST, len(songs))
    ways = list(DAMAGES.values())
    return [
        replace(song, lyrics=ways[at % len(ways)](song.lyrics, float(strengths[at]), seed=seed))
        for at, song in enumerate(songs)
    ]


def of_network(name: str, folder: Path, *, said: str = "") -> System:
    """Return the paper's network of lyrics, trained before (`songkin.training.deepplaylist`).

    It learns nothing here; `said` is added to what is said of it. TrainingError where the folder holds none, or one
    that reads sound.
    """
    own = kept(folder)
    if own.options.reads != "lyrics":
        raise TrainingError(f"{folder}: reads {own.options.reads}; give a network that reads lyrics alone")
    vocabulary = Vocabulary(own.words)
    padding = "pre" if own.options.padding == "before" else "post"

    def read(texts: Sequence[str]) -> torch.Tensor:
        ids = sequences([song_words(text) for text in texts], vocabulary, length=own.options.length, padding=padding)
        return torch.cat([own.network.read(part) for part in torch.split(torch.from_numpy(ids), AT_ONCE)])

    def near(asked: Sequence[str], others: Sequence[str]) -> Floats:
        with torch.no_grad():
            left, right = read(asked), read(others)  # (m, D), (n, D)
            rows = [own.network.judge(one.expand(len(right), -1), right) for one in left]
        return torch.stack(rows).double().numpy()

    known = own.options
    said = f"LSTMs of {known.first} and {known.second}, {known.length} words, {known.split} split{said}"
    mark = str(sum(float(weights.double().abs().sum()) for weights in own.network.state_dict().values()))
    return System(name, said, mark, lambda songs: near)


@lru_cache(maxsize=20_000)
def _cleaned(text: str) -> str:
    """Return what is sung of raw lyrics; cleaning costs more than counting."""
    return sung(text)


def _draws(n: int, layers: int, seed: int) -> list[NDArray[np.int64]]:
    """Return the rows that each layer is fitted to: all for one layer, draws with replacement for more."""
    if layers == 1:
        return [np.arange(n)]
    rng = np.random.default_rng(seed)
    return [np.sort(rng.integers(0, n, n)) for _ in range(layers)]
