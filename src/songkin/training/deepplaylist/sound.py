"""The sound of a recipe's songs, out of shards, laid out for the audio towers.

Conventions
-----------
Sound is (songs, 24, frames) half precision, in a file without a name that the system maps into memory page by page, so
what is held does not grow with the songs. A song's place is its place in the ids it was asked for.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from songkin.training.networks.pairs import fitted
from songkin.training.networks.pairs.audio import ROWS
from songkin.training.pairs.shards import Shards, stream_shards

__all__ = ["Sound", "heard"]


class Sound:
    """The sound of songs by their ids, read once from a folder of shards; a song that is in none is silence."""

    def __init__(self, folder: Path, ids: Sequence[str], *, frames: int) -> None:
        places = {name: at for at, name in enumerate(ids)}
        shape = (max(1, len(ids)), ROWS, frames)
        with tempfile.TemporaryFile() as file:  # the mapping outlives it
            self._laid = np.memmap(file, np.float16, "w+", shape=shape)
        for batch in stream_shards(folder):
            for at, name in enumerate(batch.ids):
                if name in places:
                    own = slice(batch.starts[at], batch.starts[at + 1])
                    self._laid[places[name]] = fitted(batch.timbre[own], batch.chroma[own], frames=frames)

    def of(self, songs: NDArray[np.int64]) -> Tensor:
        """Return the sound of songs by place, (n,) -> (n, 24, frames)."""
        return torch.from_numpy(np.asarray(self._laid[songs], np.float32))


def heard(folder: Path, ids: Sequence[str]) -> NDArray[np.bool_]:
    """Say of each id whether a shard holds its segments, (n,); TrainingError where there are no shards."""
    known = Shards(folder)
    return np.array([name in known for name in ids], bool)
