"""The layers on a merge that tell one number of a pair."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn

__all__ = ["DECODER", "DENSE", "DenseHead", "SimilarityDecoder"]

DENSE = (128, 64)
DECODER = (256, 128, 64)  # falling, as published; the widths are not, these are ours


class DenseHead(nn.Module):
    """Dense layers, each with batch norm, ReLU and dropout, then one linear unit: (B, dim) -> (B,).

    Batch norm: Ioffe and Szegedy, ICML 2015 [ioffe2015batchnorm].
    """

    def __init__(self, dim: int, widths: Sequence[int] = DENSE, *, dropout: float = 0.3) -> None:
        super().__init__()
        sizes = [dim, *widths]
        self.layers = nn.Sequential(
            *(
                nn.Sequential(nn.Linear(wide, narrow), nn.BatchNorm1d(narrow), nn.ReLU(), nn.Dropout(dropout))
                for wide, narrow in pairwise(sizes)
            )
        )
        self.out = nn.Linear(sizes[-1], 1)

    def forward(self, told: Tensor) -> Tensor:
        """Tell a number of each merge, (B, dim) -> (B,)."""
        found: Tensor = self.out(self.layers(told)).squeeze(-1)
        return found

    def weight_norm(self) -> Tensor:
        """Return the sum of the squared weights of the hidden dense layers: what L2 makes small, as Keras counts it."""
        own: Tensor = sum(  # type: ignore[assignment]
            (layer.weight**2).sum() for layer in self.layers.modules() if isinstance(layer, nn.Linear)
        )
        return own


class SimilarityDecoder(DenseHead):
    """Three dense layers of falling width, each with batch norm, ReLU and dropout, then one unit and a sigmoid."""

    def __init__(self, dim: int, widths: Sequence[int] = DECODER, *, dropout: float = 0.3) -> None:
        super().__init__(dim, widths, dropout=dropout)

    def forward(self, told: Tensor) -> Tensor:
        """Tell how alike each pair is, in [0, 1], (B, dim) -> (B,)."""
        return super().forward(told).sigmoid()
