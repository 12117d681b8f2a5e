"""The task "halves": the two halves of a song find each other among the halves of the batch.

A self-supervised task that does not collapse, because what is not the same song is pushed apart. Two spans of a text
as a positive pair: Giorgi, Nitski, Wang and Bader, "DeCLUTR", ACL 2021 [giorgi2021declutr]; the loss: van den Oord, Li
and Vinyals 2018 [oord2018cpc].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from songkin.errors import TrainingError
from songkin.evaluation.spaces import spread
from songkin.training.data import Ground
from songkin.training.data.labelled import LabelledSong
from songkin.training.epfl.encoding import encoded
from songkin.training.epfl.songs import POPULAR, corpus_files, read_corpus
from songkin.training.epfl.splits import SPLITS, split
from songkin.training.losses import info_nce
from songkin.training.networks.backbone import Backbone, pooled
from songkin.training.networks.heads import LabelNetwork, Make
from songkin.training.recipes import Recipe
from songkin.training.task import Bench
from songkin.training.validation import Verdict, ranks
from songkin.types import Vectors

__all__ = ["Halves", "HalvesOptions", "Order", "Songs", "files", "halved", "planned"]

ORDER = 83  # what a generator is for
FEWEST = 4
SHOWN = 400  # held-out songs that the space is measured on


@dataclass(frozen=True, slots=True, kw_only=True)
class Songs:
    """Which songs are cut in halves.

    `corpus`, `split`, `seed` and `most` are those of [labels]; labels are not read. `epochs` counts passes over the
    training side, 0 = [schedule] steps count.
    """

    corpus: str = POPULAR
    split: str = "random"
    seed: int = 11
    epochs: int = 2
    most: int = 0

    def __post_init__(self) -> None:
        if self.split not in SPLITS or min(self.seed, self.epochs, self.most) < 0:
            raise ValueError('split is "random" or "artist"; seed, epochs and most are numbers from 0')


@dataclass(frozen=True, slots=True, kw_only=True)
class HalvesOptions(Songs):
    """The [halves] table: the songs, and the `temperature` that cosines are divided by."""

    temperature: float = 0.05

    def __post_init__(self) -> None:
        Songs.__post_init__(self)
        if self.temperature <= 0:
            raise ValueError("temperature is a number above 0")


class Order(NamedTuple):
    """The order of songs by the number of a batch: an epoch holds every song once, a last small batch is left out."""

    songs: int
    size: int
    seed: int

    @property
    def batches(self) -> int:
        """How many batches an epoch has."""
        return max(1, self.songs // self.size)

    def batch(self, number: int) -> list[int]:
        """Return the places of a batch's songs."""
        epoch, at = divmod(number, self.batches)
        order: list[int] = np.random.default_rng([self.seed, ORDER, epoch]).permutation(self.songs).tolist()
        return order[at * self.size : (at + 1) * self.size]


class Halves:
    """Trains an encoder so that the masked means of a song's halves have the highest cosine of their batch."""

    def __init__(self, bench: Bench) -> None:
        recipe = bench.recipe
        self.options = recipe.task_table(HalvesOptions)
        self.train, self.held = sides(recipe, self.options, bench.ground)
        self.network = Backbone.of(recipe).to(bench.device).train()
        self.order = Order(len(self.train), recipe.batches.size, recipe.seed)
        self.max_tokens, self.amp = recipe.batches.max_tokens, recipe.optimiser.amp

    def loss(self, number: int) -> Tensor:
        """Return InfoNCE of a batch of songs, both directions."""
        vectors = [F.normalize(hidden.float(), dim=-1) for hidden in self._halves(self.order.batch(number))]
        return info_nce(*vectors, temperature=self.options.temperature)

    def _halves(self, places: Sequence[int]) -> list[Tensor]:
        """Return the masked means (n, dim) of the first halves and of the second."""
        cut = [halved(self.train[at].text) for at in places]
        return [_read(self.network, [pair[which] for pair in cut], self.max_tokens) for which in (0, 1)]

    def validate(self) -> Verdict:
        """Judge by whether held-out first halves find their second halves among all, and the space of whole songs."""
        cut = [halved(song.text) for song in self.held]
        one, other = (self._encoded([pair[at] for pair in cut]) for at in (0, 1))
        found = ranks(one, other, np.arange(len(cut)))
        measures = {"hit@1": float((found == 1).mean()), "mrr": float((1 / found).mean())}
        space = spread(self._encoded([song.text for song in self.held]))
        self.network.train()
        return Verdict(measures["mrr"], measures, space)

    def _encoded(self, texts: list[str]) -> Vectors:
        return encoded(self.network, texts, max_tokens=self.max_tokens, amp=self.amp)

    def state(self) -> Any:
        """Return nothing: the order depends on the batch's number alone."""
        return None

    def restore(self, state: Any) -> None:
        """Go on: nothing is needed."""

    def write(self, folder: Path) -> None:
        """Write the encoder as a label network without heads, which is what clusters and other tasks start from."""
        LabelNetwork(self.network, {}, Make(pooling="mean")).write(folder)


def halved(text: str) -> tuple[str, str]:
    """Cut a text in the middle by characters; a text of one character has an empty second half."""
    middle = (len(text) + 1) // 2
    return text[:middle], text[middle:]


def sides(recipe: Recipe, options: Songs, ground: Ground) -> tuple[list[LabelledSong], list[LabelledSong]]:
    """Return training songs, and held-out ones; TrainingError for fewer than a batch, or than four held out."""
    parts = split(read_corpus(options.corpus, ground).songs, options.split, seed=options.seed)
    train, held = (list(part)[: options.most or None] for part in (parts.train, parts.valid))
    if len(train) < recipe.batches.size or len(held) < FEWEST:
        raise TrainingError(
            f"{recipe.where(recipe.task)} leaves {len(train)} songs to train and {len(held)} held out; "
            f"a batch takes {recipe.batches.size}, validation {FEWEST}: set [batches] size lower or give more songs"
        )
    return train, held[:SHOWN]


def planned(recipe: Recipe, ground: Ground, kind: type[Songs]) -> Recipe:
    """Return the recipe with the steps its epochs are; validation comes as often as the recipe says."""
    own = recipe.task_table(kind)
    if not own.epochs:
        return recipe
    order = Order(len(sides(recipe, own, ground)[0]), recipe.batches.size, recipe.seed)
    steps = math.ceil(own.epochs * order.batches / recipe.batches.accumulate)
    return replace(recipe, schedule=replace(recipe.schedule, steps=steps))


def files(recipe: Recipe, ground: Ground, kind: type[Songs]) -> tuple[Path, ...]:
    """Return every file the task reads."""
    return corpus_files(recipe.task_table(kind).corpus, ground)


def _read(network: Backbone, texts: Sequence[str], max_tokens: int) -> Tensor:
    tokens, mask = network.laid_out(network.ids(texts, max_tokens=max_tokens))
    return pooled(network.hidden(tokens, mask), mask, "mean")
