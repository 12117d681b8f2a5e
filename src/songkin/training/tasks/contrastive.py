"""The task "contrastive": texts that belong together lie closer than texts that do not."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from songkin.training.data import Example, Mixer
from songkin.training.losses import info_nce, matryoshka, own_negatives
from songkin.training.starting import start
from songkin.training.task import Bench
from songkin.training.tokens import TOKENIZER, Reader
from songkin.training.validation import Retrieval, Verdict

__all__ = ["Contrastive", "Options", "candidates", "ignored", "opposed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The [contrastive] table: the `temperature` cosines are divided by; `both` directions; `dims` the widths vectors
    must also work at when cut (Matryoshka); `negatives` a pair brings of its own at most, and `own` the weight of
    telling its positive from its first negative alone; `ignore_groups`: two texts about one track, song or term are
    never each other's negatives."""

    temperature: float = 0.05
    both: bool = True
    dims: tuple[int, ...] = ()
    negatives: int = 2
    own: float = 0.0
    ignore_groups: bool = False

    def __post_init__(self) -> None:
        if self.temperature <= 0 or self.negatives < 0 or self.own < 0 or min(self.dims, default=1) < 1:
            raise ValueError("temperature is above 0, negatives and own are numbers from 0, dims are numbers from 1")


class Contrastive:
    """Trains a text network with InfoNCE on mixed pairs."""

    def __init__(self, bench: Bench) -> None:
        recipe = bench.recipe
        self.options = recipe.task_table(Options)
        started = start(recipe)
        self.network = started.network.to(bench.device).train()
        self.reader = Reader(started.tokenizer, recipe.batches.max_tokens, bench.device)
        size, mix = recipe.batches.size, recipe.batches.mix
        self.mixer = Mixer(bench.sources, bench.ground, seed=recipe.seed, size=size, mix=mix)
        self.retrieval = Retrieval(bench.sources, bench.ground, recipe.validation, seed=recipe.seed)

    def loss(self, number: int) -> Tensor:
        """Return InfoNCE of a batch, over all widths."""
        own = self.options
        batch = self.mixer.batch(number)
        texts = candidates(batch, own.negatives)
        mask = torch.tensor(ignored(batch, texts, groups=own.ignore_groups), device=self.reader.device)
        denying = {row for row, example in enumerate(batch) if self.network.shape.denials and not example.sung}
        vectors = self.reader.vectors(self.network, [example.anchor for example in batch] + texts, denying=denying)
        rows, places = (torch.tensor(at, device=self.reader.device, dtype=torch.long) for at in opposed(batch, texts))

        def loss(anchors: Tensor, answers: Tensor) -> Tensor:
            told = info_nce(anchors, answers, ignored=mask, temperature=own.temperature, both=own.both)
            positive, negative = ((anchors[rows] * answers[at]).sum(1) for at in (rows, places))
            return told + own.own * own_negatives(positive, negative, temperature=own.temperature)

        return matryoshka(loss, own.dims, vectors[: len(batch)], vectors[len(batch) :])

    def validate(self) -> Verdict:
        """Judge by retrieval on held-out pairs."""
        own, network = self.reader, self.network
        asked = partial(own.encoded, network, denying=network.shape.denials)
        return self.retrieval(partial(own.encoded, network), asked=asked)

    def state(self) -> Any:
        """Return how far each source has come."""
        return self.mixer.state()

    def restore(self, state: Any) -> None:
        """Go on from there."""
        self.mixer.restore(state)

    def write(self, folder: Path) -> None:
        """Write the network and its tokenizer."""
        self.network.write(folder)
        shutil.copyfile(self.reader.path, folder / TOKENIZER)


def candidates(batch: Sequence[Example], most: int) -> list[str]:
    """Return the positives in order, then each other negative once, at most `most` a pair."""
    positives = [example.positive for example in batch]
    known = set(positives)
    return positives + list(dict.fromkeys(n for example in batch for n in example.negatives[:most] if n not in known))


def opposed(batch: Sequence[Example], texts: Sequence[str]) -> tuple[list[int], list[int]]:
    """Return the rows of the pairs that have a negative of their own, and its place among the candidates."""
    places = {text: at for at, text in reversed(list(enumerate(texts)))}
    found = [(row, places[e.negatives[0]]) for row, e in enumerate(batch) if e.negatives and e.negatives[0] in places]
    return [row for row, _ in found], [at for _, at in found]


def ignored(batch: Sequence[Example], texts: Sequence[str], *, groups: bool = False) -> list[list[bool]]:
    """Say for each anchor and each candidate (n, m) whether the candidate is no negative: true of the anchor as well.

    That is an equal text, one of the anchor's further true texts, the positive of an equal anchor and, with `groups`,
    of a pair about the same thing. A pair's own negatives stay negatives unless they equal its positive.
    """
    n = len(batch)
    keys = [text.casefold() for text in texts]
    rows = []
    for example in batch:
        true = {text.casefold() for text in (example.positive, *example.also)}
        wrong = {text.casefold() for text in example.negatives} - true
        same = [
            other.anchor.casefold() == example.anchor.casefold()
            or (groups and example.group and other.group == example.group)
            for other in batch
        ]
        rows.append([key in true or (at < n and bool(same[at]) and key not in wrong) for at, key in enumerate(keys)])
    return rows
