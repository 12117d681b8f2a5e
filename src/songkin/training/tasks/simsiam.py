"""The task "simsiam": two halves of a song predict each other, with nothing that pushes other songs away.

Chen and He, "Exploring Simple Siamese Representation Learning", CVPR 2021 [chen2021simsiam], as Bezzam and Vidit's
notebook has it: no batch norm, ReLU outputs, the whole encoder trained at 1e-3. It collapses: every song gets the same
vector while the loss looks perfect. Why it is here: to be shown, and for the check that stops it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from songkin.evaluation.spaces import mean_cosine, spread
from songkin.training.arithmetic import arithmetic
from songkin.training.epfl.encoding import encoded
from songkin.training.networks.backbone import Backbone
from songkin.training.networks.heads import LabelNetwork, Make
from songkin.training.task import Bench
from songkin.training.tasks.halves import Order, Songs, halved, sides
from songkin.training.validation import Verdict

__all__ = ["SimSiam", "SimSiamNetwork", "SimSiamOptions", "apart"]

SMALL = 0.02  # deviation of new weights, as BERT has it


@dataclass(frozen=True, slots=True, kw_only=True)
class SimSiamOptions(Songs):
    """The [simsiam] table: the songs, the width of both projections, and whether training goes on once collapsed.

    `go_on` false: the loop's check stops training as soon as [checks] finds the space collapsed. True: it is noted at
    each validation, and training goes on, so that the collapse is on record.
    """

    width: int = 512
    go_on: bool = False

    def __post_init__(self) -> None:
        Songs.__post_init__(self)
        if self.width < 1:
            raise ValueError("width is a number from 1")


class Seen(NamedTuple):
    """What the network makes of texts: projection z and prediction p, (n, width) each."""

    z: Tensor
    p: Tensor


class SimSiamNetwork(nn.Module):
    """An encoder, its pooler (first token, dense, tanh), z = ReLU(dense), p = ReLU(dense of z)."""

    def __init__(self, backbone: Backbone, width: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.pooler = nn.Linear(backbone.dim, backbone.dim)
        self.project, self.predict = nn.Linear(backbone.dim, width), nn.Linear(width, width)
        for layer in (self.pooler, self.project, self.predict):
            nn.init.normal_(layer.weight, std=SMALL)
            nn.init.zeros_(layer.bias)

    def forward(self, tokens: Tensor, mask: Tensor) -> Seen:
        """Return z and p of texts (n, length)."""
        first = torch.tanh(self.pooler(self.backbone.hidden(tokens, mask)[:, 0]))
        z = F.relu(self.project(first))
        return Seen(z, F.relu(self.predict(z)))


class SimSiam:
    """Trains it by its batch number's songs."""

    def __init__(self, bench: Bench) -> None:
        recipe = bench.recipe
        self.options = recipe.task_table(SimSiamOptions)
        self.train, self.held = sides(recipe, self.options, bench.ground)
        self.network = SimSiamNetwork(Backbone.of(recipe), self.options.width).to(bench.device).train()
        self.order = Order(len(self.train), recipe.batches.size, recipe.seed)
        self.max_tokens = recipe.batches.max_tokens
        self.device, self.amp = bench.device, recipe.optimiser.amp

    def loss(self, number: int) -> Tensor:
        """Return the loss of a batch of songs, in [-1, 1]; -1 is agreement."""
        return _agreement(*self._sides([halved(self.train[at].text) for at in self.order.batch(number)]))

    def _sides(self, cut: list[tuple[str, str]]) -> tuple[Seen, Seen]:
        return self._seen([first for first, _ in cut]), self._seen([second for _, second in cut])

    def _seen(self, texts: list[str]) -> Seen:
        backbone = self.network.backbone
        found: Seen = self.network(*backbone.laid_out(backbone.ids(texts, max_tokens=self.max_tokens)))
        return found

    @torch.no_grad()
    def validate(self) -> Verdict:
        """Judge by the loss on held-out songs, negated, as one would who does not look at the space."""
        self.network.eval()
        size = self.order.size
        cut = [halved(song.text) for song in self.held]
        losses, projected = [], []
        for at in range(0, len(cut), size):
            with arithmetic(self.device, self.amp):
                seen = self._sides(cut[at : at + size])
            one, other = (Seen(own.z.float(), own.p.float()) for own in seen)
            losses.append(float(_agreement(one, other)))
            projected.append(one.z.cpu())
        texts = [song.text for song in self.held]
        space = spread(encoded(self.network.backbone, texts, max_tokens=self.max_tokens, amp=self.amp))
        self.network.train()
        loss = sum(losses) / len(losses)
        measures = {"held-out loss": loss, "mean cosine of z": mean_cosine(torch.cat(projected).numpy())}
        if self.options.go_on:
            return Verdict(-loss, {**measures, **space._asdict()})
        return Verdict(-loss, measures, space)

    def state(self) -> Any:
        """Return nothing: the order depends on the batch's number alone."""
        return None

    def restore(self, state: Any) -> None:
        """Go on: nothing is needed."""

    def write(self, folder: Path) -> None:
        """Write the encoder as a label network without heads; pooler and projections are thrown away, as published."""
        LabelNetwork(self.network.backbone, {}, Make(pooling="mean")).write(folder)


def _agreement(one: Seen, other: Seen) -> Tensor:
    return (apart(one.p, other.z) + apart(other.p, one.z)) / 2


def apart(predicted: Tensor, projected: Tensor) -> Tensor:
    """Return the mean negative cosine of predictions (n, width) and of projections no gradient flows to."""
    return -F.cosine_similarity(predicted, projected.detach(), dim=-1).mean()
