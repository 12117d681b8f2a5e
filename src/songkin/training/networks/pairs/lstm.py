"""A bidirectional LSTM with one bias vector a gate, as Keras has it.

Conventions
-----------
Sequences are (B, T, D), padded behind; `lengths` (B,) says how much of each is read, None = all of it, padding too.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

__all__ = ["Bilstm", "Read"]

GATES = 4  # input, forget, cell, output


class Read(NamedTuple):
    """What both directions say: at every place (B, T, 2 width), and once each has read all (B, 2 width)."""

    places: Tensor
    last: Tensor


class Bilstm(nn.Module):
    """Hochreiter and Schmidhuber 1997 [hochreiter1997lstm] in both directions, `width` units each.

    PyTorch adds two biases to each gate. Here its own are off and a column of ones stands beside the input, whose
    weights are the one bias: 2 x 4 x width x (dim + 1 + width) parameters. Weights begin as in Keras: Glorot's uniform
    for the input, orthogonal for the state, bias 0, and 1 at the gate that forgets.
    """

    def __init__(self, dim: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.lstm = nn.LSTM(dim + 1, width, batch_first=True, bidirectional=True, bias=False)
        self._begin(dim)

    @torch.no_grad()
    def _begin(self, dim: int) -> None:
        for name, weight in self.lstm.named_parameters():
            if "weight_ih" in name:
                reach = math.sqrt(6 / (dim + GATES * self.width))
                nn.init.uniform_(weight, -reach, reach)
                weight[:, dim] = 0.0
                weight[self.width : 2 * self.width, dim] = 1.0
            else:
                for gate in weight.view(GATES, self.width, self.width):
                    nn.init.orthogonal_(gate)

    def forward(self, sequences: Tensor, lengths: Tensor | None = None) -> Read:
        """Read sequences (B, T, D). With lengths (from 1) nothing behind them is read, and those places are 0."""
        given = F.pad(sequences, (0, 1), value=1.0)  # (B, T, D) -> (B, T, D + 1)
        if lengths is None:
            places, (states, _) = self.lstm(given)
        else:
            packed = pack_padded_sequence(given, lengths.cpu(), batch_first=True, enforce_sorted=False)
            told, (states, _) = self.lstm(packed)
            places, _ = pad_packed_sequence(told, batch_first=True, total_length=sequences.shape[1])
        return Read(places, torch.cat([states[0], states[1]], -1))  # (2, B, width) -> (B, 2 width)
