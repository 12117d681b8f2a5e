"""The space in which themes are sought: each kind of vector about its own middle, in a few directions.

Conventions
-----------
Vectors are rows (n, dim) float32 of unit length, or zeros where a row is the middle itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from songkin.types import Vectors

__all__ = ["DIRECTIONS", "centred_by_kind", "principal_components", "units"]

DIRECTIONS = 50  # docs/decisions/0018-themes.md: as stable as all 384, and a fifth of the time
FEW = 10  # vectors of a kind, below which their own middle says nothing and that of all is taken


def centred_by_kind(vectors: Vectors, kinds: NDArray[np.integer]) -> Vectors:
    """Take from each vector (n, dim) the mean of its kind (n,), and bring it to unit length again.

    An encoder puts all its vectors in one cone, those of lyrics elsewhere than those of descriptions; about the middle
    of its kind a song that has only a description lies among those it is like. A row at the middle becomes zeros.
    """
    shifted = np.array(vectors, np.float32)
    common = shifted.mean(0) if len(shifted) else 0
    for kind in np.unique(kinds):
        own = kinds == kind
        shifted[own] -= vectors[own].mean(0) if own.sum() >= FEW else common
    return units(shifted)


def principal_components(vectors: Vectors, *, directions: int = DIRECTIONS) -> Vectors:
    """Keep the `directions` in which vectors (n, dim) differ most (principal components), at unit length again."""
    if min(vectors.shape) <= 1 or vectors.shape[1] <= directions:
        return vectors
    centred = vectors - vectors.mean(0)
    _, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))  # (dim,), (dim, dim), the weakest first
    return units(centred @ axes[:, : -directions - 1 : -1].astype(np.float32))  # (n, dim) -> (n, directions)


def units(vectors: Vectors) -> Vectors:
    """Return rows at unit length; those without any stay zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 1e-6)
    return scaled
