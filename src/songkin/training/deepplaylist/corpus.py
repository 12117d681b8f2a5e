"""The pairs of a recipe, split, and what is known of their songs: words, artists, sound.

Conventions
-----------
A song's place is its place in `PairSet.ids`; word ids are (songs, length), sound (songs, 24, frames). The vocabulary
and new word vectors are of the training side's songs alone.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from songkin.datasets import hetrec_lastfm2k, popular_songs
from songkin.errors import TrainingError
from songkin.training.data import Ground
from songkin.training.deepplaylist.options import Options
from songkin.training.deepplaylist.sound import Sound, heard
from songkin.training.pairs import PairSet, Sides, artist_split, balanced, random_split, track_split, with_negatives
from songkin.training.pairs.colisten import colisten_pairs
from songkin.training.pairs.linking import linked
from songkin.training.pairs.vectors import read_vectors, trained_vectors
from songkin.training.pairs.words import Vocabulary, sequences, song_words

__all__ = ["COLISTEN", "Corpus", "Ready", "Split", "files_of", "place_of", "read_corpus", "ready", "split_of"]

log = logging.getLogger(__name__)
COLISTEN = "colisten"
NOTHING: Mapping[str, str] = MappingProxyType({})
DRAW = 92  # what a generator is for
SIMILAR = "lastfm_similars.db"
BAGS = "musixmatch"
PPMI, RANDOM = "ppmi", "random"


class Corpus(NamedTuple):
    """All pairs, the words and the artist of each of their songs by id, and what reading them left out.

    `texts` are raw lyrics, where the corpus has them: a bag has none.
    """

    pairs: PairSet
    words: Mapping[str, tuple[str, ...]]
    artists: Mapping[str, str]
    said: Mapping[str, int]
    texts: Mapping[str, str] = NOTHING


class Split(NamedTuple):
    """The three sides, and what was counted on the way."""

    sides: Sides
    said: Mapping[str, int]


class Ready(NamedTuple):
    """All that a network of pairs is trained on; what it does not read is None."""

    sides: Sides
    vocabulary: tuple[str, ...]
    words: Tensor | None
    sound: Sound | None
    vectors: Tensor | None
    said: Mapping[str, int]

    def inputs(self, songs: NDArray[np.int64], device: torch.device) -> tuple[Tensor, ...]:
        """Return what the tower reads of songs by place: sound, words, or both in that order."""
        found = () if self.sound is None else (self.sound.of(songs).to(device),)
        return found if self.words is None else (*found, self.words[torch.from_numpy(songs)].long().to(device))


def place_of(corpus: str, ground: Ground) -> str:
    """Return the name of a corpus, or the folder a recipe names, from the recipe's folder on."""
    return corpus if corpus == COLISTEN else str((ground.folder / Path(corpus).expanduser()).resolve())


def split_of(options: Options, ground: Ground, *, seed: int) -> Split:
    """Return the sides of a recipe's pairs. TrainingError where there are too few, or nothing to read of their songs.

    Pairs of which a side cannot be read are left out: no words, or no sound where sound is read.
    """
    return _split(options, place_of(options.corpus, ground), _shards(options, ground), seed)


@lru_cache(maxsize=4)
def _split(options: Options, corpus: str, shards: str, seed: int) -> Split:
    read = read_corpus(corpus, unheard=options.unheard, seed=seed)
    pairs, said = read.pairs, dict(read.said)
    if shards:
        known = heard(Path(shards), pairs.ids)
        pairs = pairs.take(known[pairs.left] & known[pairs.right])
        said["pairs whose songs both have sound"] = len(pairs)
    sides = _sided(pairs, read, options, seed)
    said["pairs across sides, dropped"] = sides.dropped(pairs)
    sides = Sides(*(_drawn(*side, seed) for side in zip(sides, _most(options), strict=True)))
    if options.negatives:
        drawn = partial(with_negatives, share=options.negatives, label=options.negative, avoid=pairs)
        sides = Sides(*(drawn(side, seed=seed + at) for at, side in enumerate(sides)))
    sides = Sides(*(side.filled(options.negative) for side in sides))
    if options.balanced:
        sides = sides._replace(train=balanced(sides.train, threshold=options.threshold, seed=seed))
    if min(map(len, sides)) < 2:
        raise TrainingError(
            f"{corpus}: the sides have {', '.join(f'{len(one):,}' for one in sides)} pairs; each needs 2, so give more"
        )
    return Split(sides, said)


def _most(options: Options) -> list[int]:
    """Return how many pairs each side has at most; 0 = all."""
    return [options.pairs and max(2, round(options.pairs * share)) for share in options.shares]


def _drawn(pairs: PairSet, most: int, seed: int) -> PairSet:
    """Return at most so many pairs, drawn; 0 = all."""
    if not most or len(pairs) <= most:
        return pairs
    return pairs.take(np.sort(np.random.default_rng([seed, DRAW]).permutation(len(pairs))[:most]))


def _sided(pairs: PairSet, read: Corpus, options: Options, seed: int) -> Sides:
    if options.split == "artist":
        return artist_split(pairs, read.artists, shares=options.shares, seed=seed)
    return (track_split if options.split == "track" else random_split)(pairs, shares=options.shares, seed=seed)


def _shards(options: Options, ground: Ground) -> str:
    """Return the folder of shards that sound is read from; "" where none is."""
    return "" if options.reads == "lyrics" else str((ground.folder / Path(options.shards).expanduser()).resolve())


@lru_cache(maxsize=2)
def read_corpus(corpus: str, *, unheard: float = 1.0, seed: int = 0) -> Corpus:
    """Read all pairs: "colisten", with `unheard` pairs of label 0 for each above it, or a folder of the paper's data.

    A folder holds lastfm_similars.db, or Last.fm's JSON files anywhere below it, and musiXmatch's bags, in it or in its
    folder musixmatch. SourceError and TrainingError name what is not there.
    """
    if corpus == COLISTEN:
        told = colisten_pairs(seed=seed, negatives=unheard)
        words = {name: tuple(song_words(text)) for name, text in told.texts.items()}
        return Corpus(told.pairs, words, told.artists, {"pairs": len(told.pairs)}, told.texts)
    folder = Path(corpus)
    own = linked(_similar(folder), _bags(folder), told=lambda line: log.warning("%s", line))
    words = {name: tuple(song_words(bag)) for name, bag in own.bags.items()}
    return Corpus(own.pairs, words, own.artists, dict(own.funnel))


def _similar(folder: Path) -> Path:
    return folder / SIMILAR if (folder / SIMILAR).is_file() else folder


def _bags(folder: Path) -> Path:
    return folder / BAGS if (folder / BAGS).is_dir() else folder


def files_of(options: Options, ground: Ground) -> tuple[Path, ...]:
    """Return the files that are read, for the checksums beside the weights; of a tree of JSON files none."""
    if options.corpus == COLISTEN:
        names = ((popular_songs.CORPUS, "songs.parquet"), (hetrec_lastfm2k.CORPUS, "user_artists.dat"))
        found = [ground.corpus(corpus, name) for corpus, name in names]
    else:
        folder = Path(place_of(options.corpus, ground))
        found = [*sorted(_bags(folder).glob("mxm_dataset_*.txt")), *folder.glob(SIMILAR)]
    shards = _shards(options, ground)
    return (*found, *(sorted(Path(shards).glob("*.safetensors")) if shards else ()))


def ready(options: Options, ground: Ground, *, seed: int, start: str) -> Ready:
    """Bring a recipe's pairs, words and sound into the form that a network reads.

    `start` is what word vectors begin as: "ppmi" = made of the training songs' own words, "random", or a file of
    vectors as GloVe has it, from the recipe's folder on.
    """
    sides, said = split_of(options, ground, seed=seed)
    shards = _shards(options, ground)
    sound = Sound(Path(shards), sides.train.ids, frames=options.frames) if shards else None
    if options.reads == "audio":
        return Ready(sides, (), None, sound, None, said)
    read = read_corpus(place_of(options.corpus, ground), unheard=options.unheard, seed=seed)
    songs = [read.words.get(name, ()) for name in sides.train.ids]
    own = [songs[at] for at in sides.train.songs]
    vocabulary = Vocabulary.of(own, size=options.vocabulary)
    padding = "pre" if options.padding == "before" else "post"
    ids = sequences(songs, vocabulary, length=options.length, padding=padding)
    vectors = _vectors(start, own, vocabulary, options, ground, seed)
    return Ready(sides, vocabulary.words, torch.from_numpy(ids.astype(np.int32)), sound, vectors, said)


def _vectors(
    start: str, songs: Sequence[Sequence[str]], vocabulary: Vocabulary, options: Options, ground: Ground, seed: int
) -> Tensor | None:
    """Return what word vectors begin as, (vocabulary, dim); None = at random. Rows without a word are 0."""
    if start == RANDOM:
        return None
    if start == PPMI:
        told = trained_vectors(songs, vocabulary, dim=options.dim, seed=seed)
    else:
        told = read_vectors(ground.beside(start), vocabulary, dim=options.dim, seed=seed)
    found = np.zeros((options.vocabulary, options.dim), np.float32)
    found[: len(told.matrix)] = told.matrix
    return torch.from_numpy(found)
