"""The encoder under the three models: its vectors of songs as it comes, and the same after a slow training on moods.

Conventions
-----------
A song's vector is the encoder's last layer at the first token ("first", BERT's [CLS]) or its mean over the song's
tokens ("mean"), (n, dim) float32. Songs are cut at `max_tokens`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from songkin.errors import TrainingError
from songkin.training.arithmetic import arithmetic
from songkin.training.networks.backbone import Backbone, pooled
from songkin.training.networks.heads import LabelNetwork, Make

__all__ = ["MOOD", "POOLINGS", "Slowly", "Tuned", "tuned", "vectors"]

MOOD = "mood"
POOLINGS = ("mean", "first")
PIECE = 32  # songs encoded together
CLIP = 1.0  # most a gradient's norm may be


class Slowly(NamedTuple):
    """How the encoder is tuned: a very small rate, epochs, songs a batch, tokens a song, the pooling, the seed."""

    rate: float = 2e-5
    epochs: int = 2
    batch: int = 8
    max_tokens: int = 256
    pooling: str = "mean"
    seed: int = 0


class Tuned(NamedTuple):
    """A tuned network with its own output, its loss at every step, its accuracy on the songs it was chosen by."""

    network: LabelNetwork
    losses: list[float]
    valid: float

    def predict(self, texts: Sequence[str], *, max_tokens: int) -> NDArray[np.int64]:
        """Return the likeliest mood of each song (n,)."""
        return _predicted(self.network, self.network.backbone.ids(texts, max_tokens=max_tokens))


@torch.inference_mode()
def vectors(
    backbone: Backbone, texts: Sequence[str], *, pooling: str = "mean", max_tokens: int = 256
) -> NDArray[np.float32]:
    """Return the vector of each song (n, dim), no training."""
    backbone.eval()
    ids = backbone.ids(texts, max_tokens=max_tokens)
    found = np.zeros((len(ids), backbone.dim), np.float32)
    for rows in _pieces(ids):
        tokens, mask = backbone.laid_out([ids[row] for row in rows])
        found[rows] = pooled(backbone.hidden(tokens, mask), mask, pooling).float().cpu().numpy()
    return found


def tuned(
    backbone: Backbone,
    texts: Sequence[str],
    moods: NDArray[np.int64],
    sides: tuple[NDArray[np.int64], NDArray[np.int64]],
    classes: int,
    slowly: Slowly,
    tell: Callable[[int, int, float], None] = lambda step, steps, loss: None,
) -> Tuned:
    """Train a copy of the encoder with an output of its own; of the epochs the one that labels `sides[1]` best stays.

    `sides` are the rows trained on and chosen by. TrainingError where those to train on are of one mood.
    """
    train, valid = sides
    if len(np.unique(moods[train])) < 2:
        raise TrainingError(f"{len(train):,} songs to train on are of fewer than two moods; nothing can be learnt")
    network = _with_output(backbone, classes, slowly)
    lesson = _Lesson(network, network.backbone.ids(texts, max_tokens=slowly.max_tokens), moods)
    optimiser = torch.optim.AdamW(network.parameters(), lr=slowly.rate, weight_decay=0.01)
    rng, steps = np.random.default_rng(slowly.seed), -(-len(train) // slowly.batch) * slowly.epochs
    best, kept = -1.0, network.state_dict()
    losses: list[float] = []
    for _ in range(slowly.epochs):
        for loss in _epoch(lesson, optimiser, _drawn(rng.permutation(train), slowly.batch)):
            losses.append(loss)
            tell(len(losses), steps, loss)
        right = _right(lesson, valid)
        if right > best or not len(valid):
            best, kept = right, copy.deepcopy(network.state_dict())
    network.load_state_dict(kept)
    return Tuned(network.eval(), losses, max(best, 0.0))


class _Lesson(NamedTuple):
    """What is trained, and all songs as token ids with their moods (n,)."""

    network: LabelNetwork
    ids: Sequence[NDArray[np.int32]]
    moods: NDArray[np.int64]


def _with_output(backbone: Backbone, classes: int, slowly: Slowly) -> LabelNetwork:
    """Return a copy of the encoder with an output whose first weights the seed draws."""
    torch.manual_seed(slowly.seed)
    return LabelNetwork(copy.deepcopy(backbone), {MOOD: classes}, Make(pooling=slowly.pooling))


def _epoch(lesson: _Lesson, optimiser: torch.optim.Optimizer, batches: Iterable[NDArray[np.int64]]) -> Iterator[float]:
    """Take one step for each batch of rows, and give its loss."""
    network = lesson.network.train()
    for rows in batches:
        tokens, mask = network.backbone.laid_out([lesson.ids[row] for row in rows])
        truth = torch.from_numpy(lesson.moods[rows]).to(tokens.device)
        with arithmetic(tokens.device, "fast"):
            loss = F.cross_entropy(network(tokens, mask, MOOD), truth)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimiser.step()
        yield float(loss.detach())


def _right(lesson: _Lesson, rows: NDArray[np.int64]) -> float:
    """Return the share of songs that are labelled right; 0 of none."""
    if not len(rows):
        return 0.0
    return float(np.mean(_predicted(lesson.network, [lesson.ids[row] for row in rows]) == lesson.moods[rows]))


@torch.inference_mode()
def _predicted(network: LabelNetwork, ids: Sequence[NDArray[np.int32]]) -> NDArray[np.int64]:
    network.eval()
    found = np.zeros(len(ids), np.int64)
    for rows in _pieces(ids):
        tokens, mask = network.backbone.laid_out([ids[row] for row in rows])
        found[rows] = network(tokens, mask, MOOD).argmax(1).cpu().numpy()
    return found


def _pieces(ids: Sequence[NDArray[np.int32]]) -> Iterator[list[int]]:
    """Give rows of like length together, so that little is padded."""
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
    for at in range(0, len(order), PIECE):
        yield order[at : at + PIECE]


def _drawn(rows: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    for at in range(0, len(rows), size):
        yield rows[at : at + size]
