"""What a [labels] table says, the songs and the sides it names, and how many steps its epochs are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from songkin.datasets import corpus
from songkin.datasets.charted import musicoset_files
from songkin.errors import TrainingError
from songkin.training.data import Ground
from songkin.training.data.labelled import Labelled, LabelledSong, Parts, read_songs
from songkin.training.epfl import songs
from songkin.training.epfl.genres import coarse, ours
from songkin.training.epfl.splits import SPLITS, split
from songkin.training.labels.targets import Target, target
from songkin.training.networks.heads import ARCHITECTURES, Make
from songkin.training.recipes import Recipe

__all__ = ["Options", "batch_count", "corpus_files", "is_frozen", "planned", "read_corpus", "sides", "targets_of"]

BACKBONE = "backbone."
FEWEST = 3
GENRES = MappingProxyType({"paper": coarse, "ours": ours})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The [labels] table.

    `corpus` is "popular_songs", a folder of MusicOSet, or a file of songs as JSON lines; `genres` makes the eight by
    the rules of the "paper" or by "ours", mended. `split` is "random" (70/15/15 by genre, as the paper; artists stand
    on both sides) or "artist" (none does), drawn by `seed`. `kinds` says of a target "classes", "median" or
    "regression" where it is not the usual. `epochs` counts passes over the training side, else [schedule] steps count;
    `most` songs a side are read, 0 = all. `heads` "kept" takes heads over from a start that is a label network, "new"
    begins each anew. `piece_tokens` bounds memory: a larger batch goes through the encoder in pieces, read again for
    the gradients where all of them would take more than 2 GB in bfloat16, 4 in 32 bits.
    """

    targets: tuple[str, ...]
    kinds: dict[str, str] = field(default_factory=dict)
    corpus: str = "popular_songs"
    genres: str = "paper"
    split: str = "random"
    seed: int = 11
    epochs: int | None = None
    most: int = 0
    architecture: str = "head"
    pooling: str = ""
    dropout: float = 0.1
    heads: str = "kept"
    piece_tokens: int = 4096

    def __post_init__(self) -> None:
        if not self.targets or len(set(self.targets)) < len(self.targets):
            raise ValueError('targets names nothing, or one thing twice; name one or several, such as ["genre"]')
        if strangers := [name for name in self.kinds if name not in self.targets]:
            raise ValueError(f"kinds names '{strangers[0]}', which is none of targets")
        if self.split not in SPLITS or self.heads not in ("kept", "new") or self.genres not in GENRES:
            raise ValueError('split is "random" or "artist", heads "kept" or "new", genres "paper" or "ours"')
        if self.architecture not in ARCHITECTURES or self.pooling not in ("", "first", "mean"):
            raise ValueError(f'architecture is one of {", ".join(ARCHITECTURES)}, pooling is "first" or "mean"')
        if self.epochs is not None and self.epochs < 1:
            cure = "write a number from 1, or leave it out and say [schedule] steps"
            raise ValueError(f"epochs is {self.epochs}, and nothing would be learned; {cure}")
        if min(self.seed, self.most) < 0 or self.piece_tokens < 1 or not 0 <= self.dropout < 1:
            raise ValueError("seed and most are numbers from 0, piece_tokens from 1, dropout is a share below 1")

    def make(self) -> Make:
        """Say how the network is made: a token head reads the first token, the others the mean."""
        usual = "first" if self.architecture == "head" else "mean"
        return Make(architecture=self.architecture, pooling=self.pooling or usual, dropout=self.dropout)


def planned(recipe: Recipe, ground: Ground) -> Recipe:
    """Return the recipe with the steps its epochs are, validated after each; without epochs as it is."""
    own = recipe.task_table(Options)
    if not own.epochs:
        return recipe
    parts = sides(read_corpus(own, ground).songs, own)
    batches = sum(batch_count(len(one.train.rows), recipe.batches.size) for one in targets_of(parts, own).values())
    each = math.ceil(batches / recipe.batches.accumulate)
    schedule = replace(recipe.schedule, steps=own.epochs * each)
    return replace(recipe, schedule=schedule, validation=replace(recipe.validation, every=each))


def read_corpus(options: Options, ground: Ground) -> Labelled:
    """Read the songs of a corpus: JSON lines as they are, MusicOSet and popular_songs cleaned as the paper does."""
    if options.corpus.endswith(".jsonl"):
        return read_songs(ground.beside(options.corpus))
    return _read(_place(options.corpus, ground), ground.data, options.genres)


@lru_cache(maxsize=2)
def _read(corpus: str, data: Path | None, genres: str) -> Labelled:
    return Labelled(*songs.read(corpus, data=data, mapped=GENRES[genres]))


def corpus_files(recipe: Recipe, ground: Ground) -> tuple[Path, ...]:
    """Return every file the task reads, for the checksums beside the weights."""
    name = recipe.task_table(Options).corpus
    if name.endswith(".jsonl"):
        return (ground.beside(name),)
    if name == songs.POPULAR:
        return (ground.corpus(corpus(name), "songs.parquet"),)
    return tuple(musicoset_files(Path(_place(name, ground))).values())


def _place(name: str, ground: Ground) -> str:
    return name if name == songs.POPULAR else str(ground.folder / Path(name).expanduser())


def sides(told: Sequence[LabelledSong], options: Options) -> Parts:
    """Split songs as a recipe says, `most` a side. TrainingError where a side has too few."""
    if len(told) < 3 * FEWEST:
        raise TrainingError(f"{options.corpus} holds {len(told)} songs with words; {3 * FEWEST} are needed at least")
    parts = Parts(*split(told, options.split, seed=options.seed))
    return Parts(*(songs.chosen(part, options.most) for part in parts))


def targets_of(parts: Parts, options: Options) -> dict[str, Target]:
    """Read all targets off a split, by name."""
    return {name: target(name, options.kinds.get(name, ""), parts) for name in options.targets}


def is_frozen(recipe: Recipe) -> bool:
    """Say whether [optimiser] rates freezes the whole backbone."""
    own = {begin: factor for begin, factor in recipe.optimiser.rates.items() if begin.startswith(BACKBONE)}
    return own.get(BACKBONE) == 0 and not any(own.values())


def batch_count(songs: int, size: int) -> int:
    """Return how many batches an epoch of songs has, the last perhaps smaller."""
    return math.ceil(songs / size)
