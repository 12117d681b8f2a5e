"""Directions: vectors of unit length again after their rest, and where the rows of a song point together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["mean_directions", "unit"]

CANCELLED = 1e-6  # length of a sum below which its vectors point nowhere together


def unit(vectors: NDArray[Any]) -> NDArray[np.float32]:
    """Return vectors (n, dim) as float32 of unit length; those of length 0 stay so."""
    found: NDArray[np.float32] = vectors.astype(np.float32)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    np.divide(found, lengths, out=found, where=lengths > 0)
    return found


def mean_directions(vectors: NDArray[np.float32], starts: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the mean direction of the unit vectors (n, dim) of each song, whose rows begin at `starts` (songs,).

    Unit length (songs, dim); zeros where a song's vectors cancel out.
    """
    if not len(starts):
        return np.empty((0, vectors.shape[1]), np.float32)
    sums = np.add.reduceat(vectors, starts, axis=0)  # (n, dim) -> (songs, dim)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    means: NDArray[np.float32] = np.divide(sums, lengths, out=np.zeros_like(sums), where=lengths > CANCELLED)
    return means
