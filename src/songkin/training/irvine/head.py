"""The network on top: parts of a song side by side, one hidden layer, a softmax over moods; three ways to train it.

Conventions
-----------
Inputs are (n, width) float32, labels (n,) whole numbers from 0. One epoch sees every song once, in an order drawn from
the seed. Adagrad: Duchi, Hazan and Singer, JMLR 12, 2011 [duchi2011adagrad].
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from songkin.errors import TrainingError

__all__ = ["OPTIMISERS", "RATES", "Course", "Fitted", "MoodHead", "Side", "chosen", "fit"]

HIDDEN = 64
OPTIMISERS: Mapping[str, Callable[..., torch.optim.Optimizer]] = MappingProxyType(
    {
        "adamw": lambda weights, rate: torch.optim.AdamW(weights, lr=rate, weight_decay=0.01),
        "adagrad": lambda weights, rate: torch.optim.Adagrad(weights, lr=rate),
        "sgd": lambda weights, rate: torch.optim.SGD(weights, lr=rate),
        "adam": lambda weights, rate: torch.optim.Adam(weights, lr=rate),
    }
)
RATES: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "adamw": (1e-4, 3e-4, 1e-3, 3e-3),
        "adagrad": (1e-3, 3e-3, 1e-2, 3e-2),
        "sgd": (1e-3, 1e-2, 3e-2, 1e-1),
        "adam": (1e-4, 3e-4, 1e-3, 3e-3),
    }
)
"""Rates a grid search tries for each optimiser."""


class MoodHead(nn.Module):
    """Parts (n, width) -> hidden (n, HIDDEN), ReLU and dropout -> logits (n, classes)."""

    def __init__(self, width: int, classes: int, *, dropout: float = 0.1) -> None:
        super().__init__()
        self.hidden, self.out = nn.Linear(width, HIDDEN), nn.Linear(HIDDEN, classes)
        self.dropout = nn.Dropout(dropout)

    def forward(self, parts: Tensor) -> Tensor:
        """Return logits (n, classes) of parts (n, width)."""
        logits: Tensor = self.out(self.dropout(torch.relu(self.hidden(parts))))
        return logits

    @torch.inference_mode()
    def inner(self, parts: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the hidden layer (n, HIDDEN), which the paper clusters songs by."""
        found: NDArray[np.float32] = torch.relu(self.hidden(torch.from_numpy(parts))).numpy()
        return found

    @torch.inference_mode()
    def predict(self, parts: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the likeliest class of each song (n,)."""
        self.eval()
        found: NDArray[np.int64] = self(torch.from_numpy(parts)).argmax(1).numpy()
        return found


class Course(NamedTuple):
    """How to train: the optimiser's name, its rate, epochs, songs a batch, and the seed of the first weights."""

    optimiser: str = "adamw"
    rate: float = 1e-3
    epochs: int = 5
    batch: int = 8
    seed: int = 0


class Fitted(NamedTuple):
    """A trained head, how it was trained, its loss at every step, and its accuracy on what it was chosen by."""

    head: MoodHead
    course: Course
    losses: list[float]
    valid: float


class Side(NamedTuple):
    """Songs as a head takes them: parts (n, width) and moods (n,)."""

    parts: NDArray[np.float32]
    moods: NDArray[np.int64]


def fit(train: Side, valid: Side, classes: int, course: Course) -> Fitted:
    """Train a head on some songs; TrainingError where there are none, or all are of one class."""
    if len(np.unique(train.moods)) < 2:
        raise TrainingError(
            f"{len(train.moods):,} songs to train on are of fewer than two moods; nothing can be learnt"
        )
    if course.optimiser not in OPTIMISERS:
        raise TrainingError(f"no optimiser is called '{course.optimiser}'; there are {', '.join(OPTIMISERS)}")
    torch.manual_seed(course.seed)
    head = MoodHead(train.parts.shape[1], classes)
    optimiser = OPTIMISERS[course.optimiser](head.parameters(), course.rate)
    parts, moods = torch.from_numpy(train.parts), torch.from_numpy(train.moods)
    losses = []
    for rows in _batches(len(moods), course):
        loss = F.cross_entropy(head(parts[rows]), moods[rows])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(float(loss.detach()))
    predicted = head.predict(valid.parts) if len(valid.moods) else np.empty(0, np.int64)
    return Fitted(head.eval(), course, losses, float(np.mean(predicted == valid.moods)) if len(predicted) else 0.0)


def chosen(train: Side, valid: Side, classes: int, course: Course, rates: Sequence[float] | None = None) -> Fitted:
    """Train at every rate and return the head that labels the songs to choose by best, the lowest rate of equals."""
    tried = [fit(train, valid, classes, course._replace(rate=rate)) for rate in rates or RATES[course.optimiser]]
    return max(tried, key=lambda one: (one.valid, -one.course.rate))


def _batches(songs: int, course: Course) -> Iterator[Tensor]:
    """Give the rows of each batch, epoch by epoch."""
    order = torch.Generator().manual_seed(course.seed)
    for _ in range(course.epochs):
        drawn = torch.randperm(songs, generator=order)
        for at in range(0, songs, course.batch):
            yield drawn[at : at + course.batch]
