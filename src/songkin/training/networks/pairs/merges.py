"""How what is told of two songs becomes one: five merges, and the paper's own, all of them side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
import torch.nn.functional as F
from torch import Tensor

from songkin.errors import TrainingError

__all__ = ["MERGES", "merged", "merged_dim"]

Merge = Callable[[Tensor, Tensor], Tensor]

MERGES: Mapping[str, Merge] = MappingProxyType(
    {
        "concatenation": lambda a, b: torch.cat([a, b], -1),
        "subtraction": lambda a, b: a - b,
        "product": lambda a, b: a * b,
        "mean": lambda a, b: (a + b) / 2,
        "cosine": lambda a, b: F.cosine_similarity(a, b, dim=-1)[:, None],
        "all": lambda a, b: torch.cat([a, b, a - b, a * b], -1),
    }
)
WIDE: Mapping[str, int] = MappingProxyType({"concatenation": 2, "all": 4})


def merged(name: str, a: Tensor, b: Tensor) -> Tensor:
    """Merge what is told of songs a and b, (B, D) each, row by row -> (B, merged_dim(name, D)).

    "concatenation", "subtraction" and "all" know which song came first; "product", "mean" and "cosine" do not.
    """
    return MERGES[name](a, b)


def merged_dim(name: str, dim: int) -> int:
    """Return how wide a merge of two vectors of `dim` is; TrainingError where there is no such merge."""
    if name not in MERGES:
        raise TrainingError(f"merge is '{name}'; it is one of {', '.join(MERGES)}")
    return 1 if name == "cosine" else dim * WIDE.get(name, 1)
