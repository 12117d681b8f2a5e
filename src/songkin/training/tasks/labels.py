"""The task "labels": one encoder, a head for each thing that lyrics may tell of a song.

Bezzam and Vidit 2022 [bezzam2022lyrics] tuned a head at a time and tried all at once; Xu, Kim, Zheng and Wen 2023
[xu2023lyricsbert] put added layers between. An encoder is frozen by [optimiser] rates = {"backbone." = 0.0}: then each
song goes through it once. What is found on the test side is written as labels.json beside the weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from songkin.evaluation.spaces import spread
from songkin.training.data.labelled import LabelledSong
from songkin.training.labels.frozen import READINGS
from songkin.training.labels.judging import LABELS_FILE, judged, named, score_of
from songkin.training.labels.options import (
    Options,
    batch_count,
    corpus_files,
    is_frozen,
    planned,
    read_corpus,
    sides,
    targets_of,
)
from songkin.training.labels.targets import Side, Target
from songkin.training.loop import Diverged
from songkin.training.networks.backbone import Backbone, pieces
from songkin.training.networks.heads import LabelNetwork, is_labels, kept_heads
from songkin.training.recipes import Recipe
from songkin.training.task import Bench
from songkin.training.validation import Verdict

__all__ = ["Labels", "Options", "corpus_files", "is_frozen", "planned", "read_corpus", "sides", "targets_of"]

ORDER = 71  # what a generator is for
HELD = 40_000_000  # tokens x layers x width whose passes are held for the gradients: 2 GB in bfloat16, 4 in 32 bits


class Drawn(NamedTuple):
    """One batch: a target's name, and places among the songs of its training side."""

    task: str
    places: NDArray[np.int64]


class Labels:
    """Trains a label network; a batch is of one target, drawn in proportion to how many batches each has."""

    def __init__(self, bench: Bench) -> None:
        recipe = bench.recipe
        self.options, self.seed, self.size = recipe.task_table(Options), recipe.seed, recipe.batches.size
        self.read = read_corpus(self.options, bench.ground)
        self.parts = sides(self.read.songs, self.options)
        self.targets = targets_of(self.parts, self.options)
        backbone = Backbone.of(recipe)
        self.network = LabelNetwork(
            backbone, {own.name: own.outputs for own in self.targets.values()}, self.options.make()
        )
        self.kept = self._take_over(recipe)
        self.network.to(bench.device).train()
        self.frozen = is_frozen(recipe)
        self.ids = [self._read(side, recipe.batches.max_tokens) for side in self.parts]
        self.amp = recipe.optimiser.amp
        self.known = self._read_frozen() if self.frozen else None
        self.order: tuple[int, list[Drawn]] = (-1, [])

    def _take_over(self, recipe: Recipe) -> list[str]:
        folder = recipe.beside(recipe.network.start)
        return kept_heads(self.network, folder) if self.options.heads == "kept" and is_labels(folder) else []

    def _read(self, side: Sequence[LabelledSong], max_tokens: int) -> list[NDArray[np.int32]]:
        return self.network.backbone.ids([song.text for song in side], max_tokens=max_tokens)

    def _read_frozen(self) -> list[Tensor]:
        own = self.options
        return READINGS.of(self.network.backbone, self.ids, self.network.make.pooling, own.piece_tokens, self.amp)

    def loss(self, number: int) -> Tensor:
        """Return the loss of a batch: cross-entropy of classes, squared error of a number."""
        drawn = self._drawn(number)
        own, part = self.targets[drawn.task], self.targets[drawn.task].train
        rows, truth = part.rows[drawn.places], torch.from_numpy(part.truth[drawn.places])
        if self.known is not None:
            pooled = self.known[0][torch.from_numpy(rows)]
        else:
            pooled = self._gradients([self.ids[0][row] for row in rows])
        logits, truth = self.network.answer(pooled, drawn.task), truth.to(pooled.device)
        if own.kind == "regression":
            return F.mse_loss(logits[:, 0], truth)
        return F.cross_entropy(logits, truth.long())

    def _drawn(self, number: int) -> Drawn:
        """Return a batch by its number; an epoch holds every song of every target once, in an order of its own."""
        batches = sum(batch_count(len(own.train.rows), self.size) for own in self.targets.values())
        epoch, at = divmod(number, batches)
        if self.order[0] != epoch:
            self.order = (epoch, self._epoch(epoch))
        return self.order[1][at]

    def _epoch(self, epoch: int) -> list[Drawn]:
        rng = np.random.default_rng([self.seed, ORDER, epoch])
        drawn = []
        for name, own in self.targets.items():
            order = rng.permutation(len(own.train.rows))
            drawn += [Drawn(name, order[first : first + self.size]) for first in range(0, len(order), self.size)]
        return [drawn[at] for at in rng.permutation(len(drawn))]

    def _gradients(self, ids: Sequence[NDArray[np.int32]]) -> Tensor:
        """Return what the backbone says of texts (n, dim), in pieces; read again for the gradients if all are large."""
        backbone, cut = self.network.backbone, pieces(ids, self.options.piece_tokens)
        laid = [backbone.laid_out([ids[row] for row in rows]) for rows in cut]
        again = sum(tokens.numel() for tokens, _ in laid) * backbone.layers * backbone.dim > HELD
        found = [self._piece(*own, again=again and len(cut) > 1) for own in laid]
        back = np.argsort(np.concatenate(cut))
        return torch.cat(found)[torch.from_numpy(back)]

    def _piece(self, tokens: Tensor, mask: Tensor, *, again: bool) -> Tensor:
        pool = self.network.pool
        found: Tensor = checkpoint(pool, tokens, mask, use_reentrant=False) if again else pool(tokens, mask)
        return found

    def _pooled(self, ids: Sequence[NDArray[np.int32]]) -> Tensor:
        """Return what the backbone says of texts (n, dim), as it stands, without gradients and without dropout."""
        backbone, own = self.network.backbone, self.options
        return backbone.pooled(ids, self.network.make.pooling, piece_tokens=own.piece_tokens, amp=self.amp)

    def validate(self) -> Verdict:
        """Judge on the validation side; the number that decides is the mean of the targets' accuracies."""
        pooled = self._pooled_side(1)
        found = {
            name: judged(own, own.valid, self._answers(pooled, name, own.valid)) for name, own in self.targets.items()
        }
        vectors = self._vectors(pooled)
        measures: dict[str, float] = {}
        for name, own in found.items():
            measures |= named(name, own)
        measures |= spread(vectors)._asdict()
        scores = [score_of(self.targets[name], own) for name, own in found.items()]
        return Verdict(float(np.mean(scores)), measures)

    def _pooled_side(self, side: int) -> Tensor:
        return self.known[side] if self.known is not None else self._pooled(self.ids[side])

    @torch.no_grad()
    def _answers(self, pooled: Tensor, task: str, side: Side) -> NDArray[np.float32]:
        self.network.eval()
        found = self.network.answer(pooled[torch.from_numpy(side.rows)], task).cpu().numpy()
        self.network.train()
        if not np.isfinite(found).all():
            raise Diverged("the network gives labels that are no numbers; lower [optimiser] rate, or clip")
        return np.asarray(found, np.float32)

    @torch.no_grad()
    def _vectors(self, pooled: Tensor) -> NDArray[np.float32]:
        self.network.eval()
        found = self.network.vectors(pooled).float().cpu().numpy()
        self.network.train()
        return np.asarray(found, np.float32)

    def state(self) -> Any:
        """Return nothing: the order depends on the batch's number alone."""
        return None

    def restore(self, state: Any) -> None:
        """Go on: nothing is needed."""

    def write(self, folder: Path) -> None:
        """Write the network, and labels.json: what it predicts, and how well on the validation and the test side."""
        self.network.write(folder, trained=not self.frozen)
        pooled = {1: self._pooled_side(1), 2: self._pooled_side(2)}
        found = {name: self._reported(own, pooled) for name, own in self.targets.items()}
        own = self.options
        heads = {
            "corpus": own.corpus,
            "genres": own.genres,
            "split": own.split,
            "seed": own.seed,
            "kept_heads": self.kept,
        }
        rows = dict(zip(("train", "valid", "test"), map(len, self.parts), strict=True))
        text = json.dumps({**heads, "funnel": dict(self.read.funnel), "rows": rows, "targets": found}, indent=2)
        (folder / LABELS_FILE).write_text(text + "\n", encoding="utf-8")

    def _reported(self, own: Target, pooled: Mapping[int, Tensor]) -> dict[str, object]:
        found: dict[str, object] = dict(own.as_json()) | {"train_rows": len(own.train.rows)}
        for at, name, side in ((1, "valid", own.valid), (2, "test", own.test)):
            found[name] = judged(own, side, self._answers(pooled[at], own.name, side))
        return found
