"""The lyrics tower: word ids to what a song says, through word vectors and two bidirectional LSTMs.

Conventions
-----------
Word ids are (B, T), padded behind with 0.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from songkin.training.networks.pairs.lstm import Bilstm

__all__ = ["PADDING", "LyricsTower", "lengths_of"]

PADDING = 0
SPREAD = 0.05  # new word vectors are uniform within it, as in Keras


class LyricsTower(nn.Module):
    """Word vectors, BiLSTM (all places), BiLSTM (last state): (B, T) -> (B, 2 second), 256 as published.

    `vectors` (vocabulary, dim) is what the word vectors begin as; a recipe freezes them by a rate of 0. `masked` reads
    only as far as there are words; the paper does not name a mask, and Keras has none unless it is asked for: then the
    forward half ends on padding. A song without words reads one padding. `second` None = half the first, as published.
    """

    def __init__(
        self,
        *,
        vocabulary: int = 20_000,
        dim: int = 100,
        first: int = 256,
        second: int | None = None,
        dropout: float = 0.0,
        masked: bool = True,
        vectors: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.masked = masked
        self.words = nn.Embedding(vocabulary, dim)
        nn.init.uniform_(self.words.weight, -SPREAD, SPREAD)
        if vectors is not None:
            self.words.weight.data.copy_(vectors)
        self.first = Bilstm(dim, first)
        self.second = Bilstm(2 * first, second or first // 2)
        self.dropout = nn.Dropout(dropout)
        self.dim = 2 * self.second.width

    def forward(self, words: Tensor) -> Tensor:
        """Return what songs say, (B, T) -> (B, dim)."""
        lengths = lengths_of(words) if self.masked else None
        if lengths is not None:
            words = words[:, : int(lengths.max())]
        places = self.dropout(self.first(self.words(words), lengths).places)
        said: Tensor = self.second(places, lengths).last
        return said


def lengths_of(words: Tensor) -> Tensor:
    """Return up to where there are words in each row, (B, T) -> (B,), 1 where there is none."""
    places = torch.arange(1, words.shape[1] + 1, device=words.device)
    return (places * (words != PADDING)).amax(1).clamp(min=1)
