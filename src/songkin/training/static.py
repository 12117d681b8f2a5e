"""The fast student of an encoder as a network that learns: a vector a token, added up, and a projection.

Conventions
-----------
Texts are token ids without special tokens, laid end to end (t,), with the place at which each text starts (n,). What a
token weighs is the length of its row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from songkin.encoders import OnnxEncoder

__all__ = ["StaticNetwork", "begun", "laid_out", "swapped"]

RARE = 1e-3  # the share of all tokens at which a token weighs half
TOKENS_AT_ONCE = 4096  # single tokens the encoder reads at a time


class StaticNetwork(nn.Module):
    """Token ids to unit vectors (n, dim): a table (V, H) of which rows are added, and a projection (H, dim)."""

    def __init__(self, table: Tensor, projection: Tensor) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag.from_pretrained(table, freeze=False, mode="sum")
        self.projection = nn.Parameter(projection)

    def forward(self, ids: Tensor, starts: Tensor) -> Tensor:
        """Return unit vectors (n, dim); a text without tokens gives zeros."""
        return F.normalize(self.table(ids, starts) @ self.projection, dim=-1)


def begun(encoder: OnnxEncoder, counts: NDArray[np.int64], width: int) -> StaticNetwork:
    """Return the network to begin with: each token as the encoder reads it alone, rare ones heavier, H = `width`.

    `counts` (V,) says how often each token comes in the texts. The rows are those directions (V, dim) of the encoder
    that hold most; weights as in Arora, Liang and Ma, ICLR 2017 [arora2017sif], so the table is what model2vec makes.
    """
    alone = single_tokens(encoder, len(counts))
    shares = (counts + 1) / (counts + 1).sum()
    weighted = alone * (RARE / (RARE + shares))[:, None]  # (V, dim)
    _, _, directions = np.linalg.svd(weighted.T @ weighted)  # of dim x dim, which is small
    projection = np.asarray(directions[:width], np.float32)  # (H, dim)
    return StaticNetwork(torch.from_numpy(weighted @ projection.T).float(), torch.from_numpy(projection))


def single_tokens(encoder: OnnxEncoder, tokens: int) -> NDArray[np.float32]:
    """Return the encoder's vector of each token by itself (V, dim), between its special tokens."""
    rows = encoder.tokenizer.encode("").ids
    before, after = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    parts = []
    for at in range(0, tokens, TOKENS_AT_ONCE):
        ids = {row: [*before, at + row, *after] for row in range(min(TOKENS_AT_ONCE, tokens - at))}
        parts.append(encoder.encode(ids, len(ids), encoder.opened))
    return np.concatenate(parts)


def laid_out(texts: Sequence[NDArray[np.int32]], device: torch.device) -> tuple[Tensor, Tensor]:
    """Lay the token ids of some texts end to end -> ids (t,), starts (n,)."""
    ids, ends = np.concatenate(texts), np.cumsum([len(own) for own in texts])
    starts = torch.from_numpy(np.concatenate([[0], ends[:-1]]))
    return torch.from_numpy(ids.astype(np.int64)).to(device), starts.to(device)


def swapped(texts: Sequence[str], words: Sequence[str], share: float, rng: np.random.Generator) -> list[str]:
    """Return the texts (n,) with a share of their words in [0, 1] put out for ones drawn from `words`, lines kept."""
    return ["\n".join(_swapped(line, words, share, rng) for line in text.split("\n")) for text in texts]


def _swapped(line: str, words: Sequence[str], share: float, rng: Any) -> str:
    own = line.split(" ")
    for at in np.flatnonzero(rng.random(len(own)) < share):
        own[at] = words[rng.integers(len(words))]
    return " ".join(own)
