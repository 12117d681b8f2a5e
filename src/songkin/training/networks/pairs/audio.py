"""The audio towers: beat-synchronous timbre and chroma of a song to one unit vector.

Conventions
-----------
A song's sound is (24, frames): twelve rows of timbre, then twelve of chroma, a column a segment; `fitted` brings any
song to a fixed number of columns. Batches are (B, 24, frames); vectors are (B, dim), unit length.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch.nn.functional as F
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

__all__ = ["DIM", "FRAMES", "ROWS", "AudioEmbeddingCNN", "ResidualAudio", "fitted"]

ROWS = 24  # timbre 12, chroma 12
FRAMES = 256  # about two minutes at 120 beats a minute; not published
DIM = 128
CHANNELS = (32, 64, 128)
HIDDEN = 256  # width of the dense layer before the last; not published


def fitted(timbre: ArrayLike, chroma: ArrayLike, *, frames: int = FRAMES) -> NDArray[np.float32]:
    """Lay timbre (n, 12) and chroma (n, 12) out as (24, frames): the middle of a longer song, 0 behind a shorter one.

    No segments give zeros.
    """
    told = np.concatenate([np.asarray(timbre, np.float32), np.asarray(chroma, np.float32)], axis=1)  # (n, 24)
    first = max(0, (len(told) - frames) // 2)
    told = told[first : first + frames]
    laid = np.zeros((ROWS, frames), np.float32)
    laid[:, : len(told)] = told.T
    return laid


class AudioEmbeddingCNN(nn.Module):
    """Three blocks of convolution (32, 64, 128 channels), batch norm, ReLU and max-pool; dense, ReLU, dropout, dense.

    Kernels are 3 x 3 and pools 2 x 2, which the paper does not tell; nor does it tell the length (`frames`) or the
    width of the first dense layer (`hidden`). Each of the 24 rows is brought to one scale first, by running statistics.
    """

    def __init__(self, *, frames: int = FRAMES, hidden: int = HIDDEN, dim: int = DIM, dropout: float = 0.3) -> None:
        super().__init__()
        self.scale = nn.BatchNorm1d(ROWS, affine=False)
        sizes = (1, *CHANNELS)
        self.blocks = nn.Sequential(*(_block(*pair) for pair in pairwise(sizes)))
        shrunk = 2 ** len(CHANNELS)
        flat = CHANNELS[-1] * (ROWS // shrunk) * (frames // shrunk)
        self.dense = nn.Sequential(nn.Linear(flat, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, dim))
        self.dim = dim

    def forward(self, sound: Tensor) -> Tensor:
        """Return unit vectors, (B, 24, frames) -> (B, dim)."""
        told = self.blocks(self.scale(sound)[:, None])  # (B, 24, T) -> (B, 128, 3, T / 8)
        return F.normalize(self.dense(told.flatten(1)), dim=-1)


def _block(narrow: int, wide: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(narrow, wide, 3, padding=1), nn.BatchNorm2d(wide), nn.ReLU(), nn.MaxPool2d(2))


class ResidualAudio(nn.Module):
    """A residual network in place of the paper's pre-trained ResNet, whose weights are not here: it begins anew.

    Three basic blocks of 32, 64 and 128 channels, halving both axes, the mean over what is left, dense -> dim.
    He, Zhang, Ren and Sun, CVPR 2016 [he2016resnet].
    """

    def __init__(self, *, dim: int = DIM) -> None:
        super().__init__()
        self.scale = nn.BatchNorm1d(ROWS, affine=False)
        sizes = (1, *CHANNELS)
        self.blocks = nn.Sequential(*(_Residual(*pair) for pair in pairwise(sizes)))
        self.dense = nn.Linear(CHANNELS[-1], dim)
        self.dim = dim

    def forward(self, sound: Tensor) -> Tensor:
        """Return unit vectors, (B, 24, frames) -> (B, dim), of any number of frames."""
        told = self.blocks(self.scale(sound)[:, None]).mean((2, 3))  # (B, 24, T) -> (B, 128)
        return F.normalize(self.dense(told), dim=-1)


class _Residual(nn.Module):
    """Two 3 x 3 convolutions with batch norm, added to a 1 x 1 convolution of what came in; both axes are halved."""

    def __init__(self, narrow: int, wide: int) -> None:
        super().__init__()
        self.own = nn.Sequential(
            nn.Conv2d(narrow, wide, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(wide),
            nn.ReLU(),
            nn.Conv2d(wide, wide, 3, padding=1, bias=False),
            nn.BatchNorm2d(wide),
        )
        self.past = nn.Sequential(nn.Conv2d(narrow, wide, 1, stride=2, bias=False), nn.BatchNorm2d(wide))

    def forward(self, given: Tensor) -> Tensor:
        return F.relu(self.own(given) + self.past(given))
