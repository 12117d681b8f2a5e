"""The task "teacher": a cross network learns to tell a text's descriptors from those of other texts.

It is judged by pair ranking on what was held out, beside a bi-encoder on the very same pairs. Epure, Meseguer-Brocal,
Afchar and Hennequin, NLP4MusA 2024 [epure2024harnessing]: theirs was ms-marco-MiniLM-L-6-v2, tuned on MusicCaps.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from songkin.errors import TrainingError
from songkin.training.data import TRAIN, VALID, Example, Mixer
from songkin.training.data.drawn import DrawnSets
from songkin.training.melscribe.mining import documents, mine, retriever
from songkin.training.melscribe.pairs import Pair, PairReader
from songkin.training.melscribe.ranking import by_cosine, standing, trials
from songkin.training.melscribe.sampling import Drawn, joined
from songkin.training.melscribe.standing import STANDING, Comparison, write
from songkin.training.networks.cross import CrossNetwork, is_cross
from songkin.training.recipes import Network, Recipe
from songkin.training.starting import start
from songkin.training.task import Bench
from songkin.training.tokens import TOKENIZER, Reader
from songkin.training.validation import Verdict

__all__ = ["Options", "Teacher", "drawn_of", "list_loss"]

log = logging.getLogger(__name__)
CHOICE = 35  # what a generator is for


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The [teacher] table.

    `negatives` wrong answers stand beside each right one, taken from `mined` that the `retrievers` find (two names:
    "shipped", "tf-idf", a folder, a hub name). `single`: the chance in [0, 1] that a pair is about one descriptor, not
    a set. `loss`: "listwise" (cross-entropy over the right and the wrong answers) or "bce" (each alone, yes or no).
    `trials` held-out queries with `trial_negatives` each judge it, beside the bi-encoder `against`, "" = the network it
    starts from, whole, as a bi-encoder.
    """

    retrievers: tuple[str, ...] = ("shipped", "tf-idf")
    mined: int = 30
    negatives: int = 7
    single: float = 0.3
    loss: str = "listwise"
    trials: int = 300
    trial_negatives: int = 10
    against: str = ""

    def __post_init__(self) -> None:
        if self.loss not in ("listwise", "bce"):
            raise ValueError(f"loss is '{self.loss}'; it is 'listwise' or 'bce'")
        if min(self.mined, self.negatives, self.trials, self.trial_negatives) < 1 or not 0.0 <= self.single <= 1.0:
            raise ValueError(
                "mined, negatives, trials and trial_negatives are numbers from 1, single is a chance in [0, 1]"
            )
        if not self.retrievers:
            raise ValueError("retrievers names nobody; name one or two")


class Known(NamedTuple):
    """What was mined for a query: wrong sets, and the descriptors that are true of its track."""

    wrong: tuple[tuple[str, ...], ...]
    tags: frozenset[str]


class Teacher:
    """Trains a cross network on pairs with mined negatives."""

    def __init__(self, bench: Bench) -> None:
        recipe = bench.recipe
        self.options, self.seed = recipe.task_table(Options), recipe.seed
        begun = begin(recipe)
        self.network = begun.network.to(bench.device).train()
        self.reader = PairReader(begun.tokenizer, recipe.batches.max_tokens, bench.device)
        self.mixer = Mixer(
            bench.sources, bench.ground, seed=recipe.seed, size=recipe.batches.size, mix=recipe.batches.mix
        )
        own = [retriever(recipe.beside_or_name(name)) for name in self.options.retrievers]
        drawn = drawn_of(bench, TRAIN)
        sets = documents(drawn)
        mined = mine(drawn, sets, own, self.options.mined)
        self.known: Mapping[str, Known] = {
            one.query: Known(tuple(sets[row] for row in rows if row >= 0), one.tags)
            for one, rows in zip(drawn, mined, strict=True)
        }
        self.trials = trials(
            drawn_of(bench, VALID),
            queries=self.options.trials,
            negatives=self.options.trial_negatives,
            seed=self.seed,
        )
        name, score = rival(recipe, self.options.against, bench.device)
        self.rivals = {name: standing(score, self.trials)}

    def loss(self, number: int) -> Tensor:
        """Return the loss of a batch of lists: the right answer first, then wrong ones."""
        rng = np.random.default_rng([self.seed, CHOICE, number])
        batch = self.mixer.batch(number)
        lists = [self.answers(example, batch, rng) for example in batch]
        logits = self.reader.logits(self.network, [pair for pairs in lists for pair in pairs])
        return list_loss(logits, [len(pairs) for pairs in lists], listwise=self.options.loss == "listwise")

    def answers(self, example: Example, batch: Sequence[Example], rng: np.random.Generator) -> list[Pair]:
        """Return one right pair and at most `negatives` wrong ones: mined, the pair's own, or the batch's."""
        known, count = self.known.get(example.anchor), self.options.negatives
        if known and known.wrong:
            wrong = [known.wrong[at] for at in rng.permutation(len(known.wrong))[:count]]
            if rng.random() < self.options.single:
                return _single(example, wrong, known.tags, rng)
            return [(example.anchor, example.positive), *((example.anchor, joined(tags)) for tags in wrong)]
        true = {example.positive, *example.also}
        others = [o.positive for o in batch if o.positive not in true and (not o.group or o.group != example.group)]
        order = [others[at] for at in rng.permutation(len(others))]
        own = [text for text in example.negatives if text not in true]
        chosen = list(dict.fromkeys([*own, *order]))[:count]
        return [(example.anchor, text) for text in (example.positive, *chosen)]

    def validate(self) -> Verdict:
        """Judge by pair ranking on held-out trials; the bi-encoder's stands beside it."""
        found = self.compared()
        return Verdict(found.teacher.hard, found.measures())

    def compared(self) -> Comparison:
        """Return how the network and the bi-encoder order the held-out trials."""
        own = standing(lambda pairs: self.reader.scored(self.network, pairs), self.trials)
        return Comparison(own, self.rivals, len(self.trials.hard))

    def state(self) -> Any:
        """Return how far each source has come."""
        return self.mixer.state()

    def restore(self, state: Any) -> None:
        """Go on from there."""
        self.mixer.restore(state)

    def write(self, folder: Path) -> None:
        """Write the network, its tokenizer, and how it stands."""
        self.network.write(folder)
        shutil.copyfile(self.reader.path, folder / TOKENIZER)
        write(self.compared(), folder / STANDING)


class Begun(NamedTuple):
    """A cross network to be trained, and the tokenizer.json that goes with it."""

    network: CrossNetwork
    tokenizer: Path


def begin(recipe: Recipe) -> Begun:
    """Make the cross network a recipe starts from: another one, or a text network with a new head."""
    folder = recipe.beside(recipe.network.start)
    if is_cross(folder):
        return Begun(CrossNetwork.read(folder), folder / TOKENIZER)
    begun = start(recipe)
    return Begun(CrossNetwork.of(begun.network, begun.tokenizer.parent), begun.tokenizer)


def rival(recipe: Recipe, against: str, device: torch.device) -> tuple[str, Any]:
    """Return the name and the scorer of the bi-encoder a teacher has to beat."""
    if against:
        own = retriever(recipe.beside_or_name(against))
        if own.encode is None:
            raise TrainingError(f"{recipe.where('teacher')} against names {against}, which is no encoder; name one")
        return own.name, by_cosine(own.encode)
    if is_cross(recipe.beside(recipe.network.start)):
        raise TrainingError(
            f'{recipe.where("teacher")} starts from a cross network; name a bi-encoder: against = "shipped"'
        )
    begun = start(replace(recipe, network=Network(start=recipe.network.start)))
    reader, network = Reader(begun.tokenizer, recipe.batches.max_tokens, device), begun.network.to(device)
    return Path(recipe.network.start).name, by_cosine(lambda texts: reader.encoded(network, texts))


def drawn_of(bench: Bench, split: str) -> list[Drawn]:
    """Return the queries of every source of drawn sets; TrainingError where there is none."""
    own = [mixed.source for mixed in bench.sources if isinstance(mixed.source, DrawnSets)]
    drawn = [one for source in own for one in source.drawn(bench.ground, split)]
    if not drawn:
        raise TrainingError(
            f"{bench.recipe.place}: nothing is drawn for '{split}'; add [[source]] with kind = \"drawn-sets\""
        )
    return drawn


def _single(
    example: Example, wrong: Sequence[Sequence[str]], tags: frozenset[str], rng: np.random.Generator
) -> list[Pair]:
    """Return the same list about one descriptor each; a wrong set whose every descriptor is true is left out."""
    answers = example.positive.split(", ")
    found = [(example.anchor, answers[int(rng.integers(len(answers)))])]
    for one in wrong:
        false = [tag for tag in one if tag not in tags]
        if false:
            found.append((example.anchor, false[int(rng.integers(len(false)))]))
    return found


def list_loss(logits: Tensor, sizes: Sequence[int], *, listwise: bool) -> Tensor:
    """Return the mean over lists, whose first logit is the right one; a list of one teaches nothing listwise.

    Listwise softmax: Cao et al., ICML 2007 [cao2007listnet].
    """
    if listwise:
        longest = max(sizes)
        rows = [F.pad(part, (0, longest - len(part)), value=float("-inf")) for part in torch.split(logits, list(sizes))]
        return F.cross_entropy(torch.stack(rows), torch.zeros(len(sizes), dtype=torch.long, device=logits.device))
    wanted = torch.cat([F.pad(torch.ones(1), (0, size - 1)) for size in sizes]).to(logits.device)
    weight = torch.cat([torch.cat([torch.ones(1), torch.full((size - 1,), 1.0 / max(1, size - 1))]) for size in sizes])
    return F.binary_cross_entropy_with_logits(logits, wanted, weight=weight.to(logits.device))
