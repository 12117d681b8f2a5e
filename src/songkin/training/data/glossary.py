"""The glossary we wrote: what people say, the term they mean, its other names, its neighbours, its opposites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from songkin.training.data.augment import tag_text
from songkin.training.data.example import Example, Ground
from songkin.training.data.reading import json_lines
from songkin.training.data.splits import split_of

__all__ = ["Glossary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glossary:
    """A file of {"term", "says", "same", "near", "opposite"}: each saying, and each other name, against the term.

    Neighbours are never negatives of a saying, opposites always are. `neighbours`: the chance in [0, 1] that a near
    term stands beside the term.
    """

    path: str
    neighbours: float = 0.3

    def files(self, ground: Ground) -> tuple[Path, ...]:
        """Return the glossary."""
        return (ground.beside(self.path),)

    def examples(self, ground: Ground, split: str, rng: np.random.Generator) -> list[Example]:
        """Draw an answer for every saying, and for every other name of a term."""
        rows = json_lines(self.files(ground)[0], "term", "says", "same", "near", "opposite")
        return [
            self._example(row, said, ground, rng)
            for row in rows
            for said in (*row["says"], *row["same"])
            if split_of(said) == split
        ]

    def _example(self, row: Mapping[str, Any], said: str, ground: Ground, rng: np.random.Generator) -> Example:
        names = [row["term"], *(name for name in row["same"] if name != said)]
        answer = [row["term"] if rng.random() < 0.7 else _one(names, rng)]
        if row["near"] and rng.random() < self.neighbours:
            answer.append(_one(row["near"], rng))
        opposites = (_one(row["opposite"], rng),) if row["opposite"] else ()
        also = (*names, *row["near"])
        return Example(said, tag_text(answer, ground.augment, rng), opposites, also, group=row["term"])


def _one(texts: Sequence[str], rng: np.random.Generator) -> str:
    return str(texts[int(rng.integers(len(texts)))])
