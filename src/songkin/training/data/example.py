"""What training learns from: a text, what answers it, and what does not.

Conventions
-----------
Texts are stripped and never empty. `also` are further texts that are true of the anchor, so never negatives of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from songkin.datasets import Corpus, file_of
from songkin.datasets.holdout import TRAIN, VALID
from songkin.errors import TrainingError
from songkin.training.data.augment import Augment

__all__ = ["TRAIN", "VALID", "Example", "Ground", "Source"]


@dataclass(frozen=True, slots=True)
class Example:
    """One pair: the positive answers the anchor, the negatives seem to and do not.

    `group` names what the pair is about (a track, a song, a term; "" = nothing shared); `label` in [0, 1] says how
    true the pair is where a task asks for it, None = simply true. `sung`: the anchor is no request but a song's words.
    """

    anchor: str
    positive: str
    negatives: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    group: str = ""
    label: float | None = None
    sung: bool = False


class Ground(NamedTuple):
    """Where sources read and how tags are varied: the folder of corpora, the recipe's folder, the augmentation."""

    data: Path | None
    folder: Path
    augment: Augment

    def corpus(self, corpus: Corpus, name: str) -> Path:
        """Return a file of a corpus; SourceError with the cure where it is not there."""
        return file_of(corpus, name, self.data)

    def beside(self, path: str) -> Path:
        """Return a file that the recipe names; TrainingError where it is not there."""
        place = self.folder / Path(path).expanduser()
        if not place.is_file():
            raise TrainingError(f"{place}: the recipe names this file and it is not there; mend its path in the recipe")
        return place


class Source(Protocol):
    """One place examples come from: a frozen dataclass whose fields are the keys of its [[source]] table."""

    def files(self, ground: Ground) -> tuple[Path, ...]:
        """Return every file that is read; an error names one that is missing, with the cure."""
        ...

    def examples(self, ground: Ground, split: str, rng: np.random.Generator) -> list[Example]:
        """Draw one epoch of a split, "train" or "valid"; another generator draws other examples."""
        ...
