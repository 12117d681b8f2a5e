"""The task "pairs": how alike are two songs, from their words, their sound, or both.

Langevin, Annanya and Zhang 2025 [langevin2025similarity]. A batch's songs are read once each, however many of its pairs
they are in. [optimiser] decay 0 makes AdamW the Adam of the paper. What is found on the test side lies beside the
weights: pairs.json its measures, told.npy each test pair's label and what is told of it.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from songkin.training.data import Ground
from songkin.training.deepplaylist.corpus import Ready, files_of, ready, split_of
from songkin.training.deepplaylist.making import made, write
from songkin.training.deepplaylist.measuring import candidates, classes, constants, errors, ordered
from songkin.training.deepplaylist.options import Options
from songkin.training.loop import Diverged
from songkin.training.pairs import PairSet, curriculum
from songkin.training.recipes import Recipe
from songkin.training.task import Bench
from songkin.training.validation import Verdict

__all__ = ["MEASURED", "TOLD", "Options", "Pairs", "by_songs", "files", "on_test", "planned"]

MEASURED, TOLD = "pairs.json", "told.npy"
ORDER = 91  # what a generator is for
READ_AT_ONCE, JUDGED_AT_ONCE = 256, 65_536


class Pairs:
    """Trains a network of two songs; an epoch holds every training pair once, in an order of its own."""

    def __init__(self, bench: Bench) -> None:
        recipe = bench.recipe
        self.options, self.seed, self.size = recipe.task_table(Options), recipe.seed, recipe.batches.size
        self.ready: Ready = ready(self.options, bench.ground, seed=recipe.seed, start=recipe.network.start)
        self.device = bench.device
        self.network = made(self.options, vectors=self.ready.vectors).to(bench.device).train()
        self.starts = np.cumsum([0, *epoch_batches(self.ready.sides.train, self.options, self.size)])
        self.order: tuple[int, list[NDArray[np.int64]]] = (-1, [])
        self.seen = {"epoch": 0.0, "pairs": 0.0, "loss": 0.0, "away": 0.0}

    def loss(self, number: int) -> Tensor:
        """Return the loss of a batch, with the squared weights of the dense layers that L2 makes small."""
        rows, epoch = self._drawn(number)
        pairs = self.ready.sides.train.take(rows)
        told = self._told(pairs)
        wanted = torch.from_numpy(self._targets(pairs)).to(told.device)
        if self.options.kind == "classification":
            loss, guess = F.binary_cross_entropy_with_logits(told, wanted), told.detach().sigmoid()
        else:
            loss, guess = F.mse_loss(told, wanted), told.detach()
        self._note(epoch, len(rows), float(loss.detach()), float((guess - wanted).abs().mean()))
        return loss + self.options.l2 * self.network.weight_norm() if self.options.l2 else loss

    def _drawn(self, number: int) -> tuple[NDArray[np.int64], int]:
        """Return the rows of a batch by its number, and its epoch."""
        turn, within = divmod(number, int(self.starts[-1]))
        place = int(np.searchsorted(self.starts, within, side="right")) - 1
        epoch = turn * self.options.epochs + place
        if self.order[0] != epoch:
            self.order = (epoch, self._epoch(epoch, place))
        return self.order[1][within - int(self.starts[place])], epoch

    def _epoch(self, epoch: int, place: int) -> list[NDArray[np.int64]]:
        """Return an epoch's batches; `place` counts it within the epochs that the recipe plans."""
        kept = learnt(self.ready.sides.train, self.options, place)
        train, rng = self.ready.sides.train.take(kept), np.random.default_rng([self.seed, ORDER, epoch])
        batches = int(self.starts[place + 1] - self.starts[place])
        rows = by_songs(train, rng, batches) if self.options.draw == "songs" else rng.permutation(len(train))
        return np.array_split(kept[rows], batches)

    def _targets(self, pairs: PairSet) -> NDArray[np.float32]:
        if self.options.kind == "classification":
            return (pairs.labels >= self.options.threshold).astype(np.float32)
        return np.array(pairs.labels, np.float32)

    def _told(self, pairs: PairSet) -> Tensor:
        """Return what is told of pairs (n,): each song is read once."""
        songs, places = np.unique(np.concatenate([pairs.left, pairs.right]), return_inverse=True)
        said = self.network.read(self.ready.inputs(songs, self.device))
        left, right = torch.from_numpy(places).to(said.device).view(2, -1)
        return self.network.judge(said[left], said[right])

    def _note(self, epoch: int, pairs: int, loss: float, away: float) -> None:
        """Add a batch to what is seen of its epoch, as Keras prints it: with dropout, while weights change."""
        if self.seen["epoch"] != epoch:
            self.seen = {"epoch": float(epoch), "pairs": 0.0, "loss": 0.0, "away": 0.0}
        self.seen["pairs"] += pairs
        self.seen["loss"] += pairs * loss
        self.seen["away"] += pairs * away

    @torch.no_grad()
    def _answers(self, pairs: PairSet) -> NDArray[np.float32]:
        """Return what the network tells of pairs (n,) as it stands: a probability for a class, else the label."""
        self.network.eval()
        songs, places = np.unique(np.concatenate([pairs.left, pairs.right]), return_inverse=True)
        read = [
            self.network.read(self.ready.inputs(songs[at : at + READ_AT_ONCE], self.device)).float()
            for at in range(0, len(songs), READ_AT_ONCE)
        ]
        said = torch.cat(read) if read else torch.empty(0, 1)
        left, right = torch.from_numpy(places).view(2, -1)
        parts = [
            self.network.judge(said[left[at : at + JUDGED_AT_ONCE]], said[right[at : at + JUDGED_AT_ONCE]]).float()
            for at in range(0, len(pairs), JUDGED_AT_ONCE)
        ]
        self.network.train()
        told = torch.cat(parts) if parts else torch.empty(0)
        found = (told.sigmoid() if self.options.kind == "classification" else told).cpu().numpy()
        if not np.isfinite(found).all():
            raise Diverged("the network tells labels that are no numbers; lower [optimiser] rate, or clip")
        return np.asarray(found, np.float32)

    def validate(self) -> Verdict:
        """Judge on the validation side: by the mean absolute error, or by the accuracy of classes."""
        side = self.ready.sides.validation
        wanted, told = self._targets(side), self._answers(side)
        count = max(self.seen["pairs"], 1.0)
        found = {"train loss": self.seen["loss"] / count, "train mae": self.seen["away"] / count}
        if self.options.kind == "classification":
            loss = F.binary_cross_entropy(torch.from_numpy(told), torch.from_numpy(wanted))
            accuracy = float(((told >= 0.5) == (wanted >= 0.5)).mean())
            return Verdict(accuracy, {**found, "valid loss": float(loss), "valid accuracy": accuracy})
        away = errors(wanted, told)
        return Verdict(-away["MAE"], {**found, "valid loss": away["RMSE"] ** 2, "valid mae": away["MAE"]})

    def state(self) -> Any:
        """Return what is seen of the epoch; the order depends on the batch's number alone."""
        return dict(self.seen)

    def restore(self, state: Any) -> None:
        """Go on within an epoch."""
        self.seen = dict(state)

    def write(self, folder: Path) -> None:
        """Write the network, and how well it tells the test side."""
        write(self.network, self.options, self.ready.vocabulary, folder)
        test = self.ready.sides.test
        told = self._answers(test)
        found = {
            "said": dict(self.ready.said),
            "rows": {name: len(side) for name, side in self.ready.sides._asdict().items()},
            "test": self._measured(test, told),
        }
        (folder / MEASURED).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        np.save(folder / TOLD, np.stack([test.labels, told], 1))

    def _measured(self, test: PairSet, told: NDArray[np.float32]) -> dict[str, Any]:
        order = ordered(test.labels, told, candidates(test.left, test.right, test.labels), seed=self.seed)
        if self.options.kind == "classification":
            return {**classes(self._targets(test) >= 0.5, told >= 0.5), "order": order}
        return {**errors(test.labels, told), **constants(self.ready.sides.train.labels, test.labels), "order": order}


def on_test(folder: Path) -> dict[str, float]:
    """Return the numbers of a folder's test side as a table shows them, with baselines; none where it has no pairs."""
    if not (folder / MEASURED).is_file():
        return {}
    told = json.loads((folder / MEASURED).read_text(encoding="utf-8"))["test"]
    flat = {name: value for name, value in told.items() if not isinstance(value, dict)}
    for name in told.keys() - flat.keys() - {"rows"}:
        flat |= {key if name == "order" else f"{key} of {name}": value for key, value in told[name].items()}
    return {name: value for name, value in sorted(flat.items()) if math.isfinite(value)}


def planned(recipe: Recipe, ground: Ground) -> Recipe:
    """Return the recipe with the steps its epochs are, validated after each, and the steps its cosine takes."""
    own = recipe.task_table(Options)
    train = split_of(own, ground, seed=recipe.seed).sides.train
    steps = math.ceil(sum(epoch_batches(train, own, recipe.batches.size)) / recipe.batches.accumulate)
    each = max(1, steps // own.epochs)
    schedule = replace(recipe.schedule, steps=steps, period=own.anneal * each)
    return replace(recipe, schedule=schedule, validation=replace(recipe.validation, every=each))


def files(recipe: Recipe, ground: Ground) -> tuple[Path, ...]:
    """Return every file the task reads, for the checksums beside the weights."""
    return files_of(recipe.task_table(Options), ground)


def learnt(train: PairSet, options: Options, epoch: int) -> NDArray[np.int64]:
    """Return the rows that an epoch learns from: all of them, or those whose label is sure enough by then."""
    if not options.curriculum:
        return np.arange(len(train))
    return curriculum(train.labels, epoch=epoch, epochs=options.epochs)


def epoch_batches(train: PairSet, options: Options, size: int) -> list[int]:
    """Return how many batches each epoch has, of `size` pairs or somewhat more: a batch norm needs two."""
    return [max(1, len(learnt(train, options, epoch)) // size) for epoch in range(options.epochs)]


def by_songs(pairs: PairSet, rng: np.random.Generator, batches: int) -> NDArray[np.int64]:
    """Return all rows in an order in which those that follow each other are of few songs.

    Songs fall into groups; the pairs between two groups come together, and two groups after two others by chance.
    """
    groups = max(1, round(math.sqrt(2 * batches)))
    own = rng.permutation(len(pairs.ids)) % groups
    low, high = np.sort([own[pairs.left], own[pairs.right]], axis=0)
    blocks = rng.permutation(groups**2)[low * groups + high]
    return np.lexsort((rng.random(len(pairs)), blocks))
