"""What the loop asks of a task: a loss for a batch, a verdict, and how it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn

from songkin.training.data import Ground, Mixed
from songkin.training.recipes import Recipe
from songkin.training.validation import Verdict

__all__ = ["Bench", "Task"]


class Bench(NamedTuple):
    """What a task is made of: the recipe, its data, the folder that is written, the device."""

    recipe: Recipe
    ground: Ground
    sources: Sequence[Mixed]
    out: Path
    device: torch.device


class Task(Protocol):
    """One kind of training. Made from a Bench by the registry's entry of its name."""

    @property
    def network(self) -> nn.Module:
        """The network that is trained."""
        ...

    def loss(self, number: int) -> Tensor:
        """Return the loss of the batch of that number; batches are asked for one after another."""
        ...

    def validate(self) -> Verdict:
        """Judge the network on what was held out."""
        ...

    def state(self) -> Any:
        """Return, as JSON, what is needed to go on with the same data in the same order."""
        ...

    def restore(self, state: Any) -> None:
        """Go on from a state."""
        ...

    def write(self, folder: Path) -> None:
        """Write the network and all that is needed to use it into an empty folder."""
        ...
