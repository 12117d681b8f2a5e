"""Sources mixed into batches in proportion to their weights, the same for the same seed.

Conventions
-----------
Every draw has a generator of its own, made of the recipe's seed, what is drawn, and its number; so a batch depends on
its number and on how far each source has come, and that is all a checkpoint has to keep of the order of the data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from songkin.errors import TrainingError
from songkin.training.data.example import TRAIN, Example, Ground, Source

__all__ = ["Mixed", "Mixer"]

PLACES, EPOCHS = 1, 2  # what a generator is for


class Mixed(NamedTuple):
    """A source in a mixture: its name, its share of the batches, its share of the validation, and itself."""

    name: str
    weight: float
    validate: float
    source: Source


class Mixer:
    """Draws batches; an exhausted source begins its next epoch with fresh samples, in a new order."""

    def __init__(self, sources: Sequence[Mixed], ground: Ground, *, seed: int, size: int, mix: str = "across") -> None:
        self.sources = [mixed for mixed in sources if mixed.weight > 0]
        self.ground, self.seed, self.size, self.mix = ground, seed, size, mix
        if not self.sources:
            raise TrainingError("the recipe has no [[source]] with a weight above 0; add one")
        self.epochs = [0] * len(self.sources)
        self.taken = [0] * len(self.sources)
        self.drawn = [self._epoch(at) for at in range(len(self.sources))]

    def batch(self, number: int) -> list[Example]:
        """Return the batch of that number; batches are asked for one after another."""
        rng = np.random.default_rng([self.seed, PLACES, number])
        shares = np.array([mixed.weight for mixed in self.sources])
        shares = shares / shares.sum()
        if self.mix == "within":
            return [self._next(at) for at in [int(rng.choice(len(shares), p=shares))] * self.size]
        return [self._next(int(at)) for at in rng.choice(len(shares), size=self.size, p=shares)]

    def state(self) -> list[list[int]]:
        """Return how far each source has come: its epoch, and how many of it were taken."""
        return [[epoch, taken] for epoch, taken in zip(self.epochs, self.taken, strict=True)]

    def restore(self, state: Sequence[Sequence[int]]) -> None:
        """Go on from a state."""
        for at, (epoch, taken) in enumerate(state):
            self.epochs[at], self.taken[at] = epoch, taken
            self.drawn[at] = self._epoch(at)

    def counts(self) -> Mapping[str, int]:
        """Return how many examples an epoch of each source has."""
        return {mixed.name: len(drawn) for mixed, drawn in zip(self.sources, self.drawn, strict=True)}

    def _next(self, at: int) -> Example:
        if self.taken[at] >= len(self.drawn[at]):
            self.epochs[at] += 1
            self.taken[at] = 0
            self.drawn[at] = self._epoch(at)
        self.taken[at] += 1
        return self.drawn[at][self.taken[at] - 1]

    def _epoch(self, at: int) -> list[Example]:
        rng = np.random.default_rng([self.seed, EPOCHS, at, self.epochs[at]])
        drawn = self.sources[at].source.examples(self.ground, TRAIN, rng)
        if not drawn:
            raise TrainingError(f"the source '{self.sources[at].name}' has nothing to train on; look at its files")
        return [drawn[place] for place in rng.permutation(len(drawn))]
