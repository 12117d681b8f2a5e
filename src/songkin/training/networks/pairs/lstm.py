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
        """Read sequences (B, T, D). With lengths (from 1) nothing behind them is read, and those places are 0.

        The way back reads every sequence turned round within its length: PyTorch's packed sequences say the same, and
        take thirteen times as long to learn from on a processor.
        """
        given = F.pad(sequences, (0, 1), value=1.0)  # (B, T, D) -> (B, T, D + 1)
        if lengths is None:
            places, (states, _) = self.lstm(given)
            return Read(places, torch.cat([states[0], states[1]], -1))  # (2, B, width) -> (B, 2 width)
        length = lengths.to(given.device)[:, None]  # (B, 1)
        at = torch.arange(given.shape[1], device=given.device)[None]  # (1, T)
        turned = torch.where(at < length, length - 1 - at, at)  # (B, T)
        there = self._one_way(given, "")
        back = self._one_way(_placed(given, turned), "_reverse")
        places = torch.cat([there, _placed(back, turned)], -1) * (at < length)[:, :, None]
        return Read(places, torch.cat([_placed(way, length - 1)[:, 0] for way in (there, back)], -1))

    def _one_way(self, given: Tensor, direction: str) -> Tensor:
        """Return what one direction says at every place (B, T, width) of sequences (B, T, D + 1)."""
        weights = (getattr(self.lstm, f"{name}_l0{direction}") for name in ("weight_ih", "weight_hh"))
        state = given.new_zeros(1, len(given), self.width)
        told, _, _ = torch.lstm(given, (state, state), tuple(weights), False, 1, 0.0, self.training, False, True)
        return told


def _placed(sequences: Tensor, places: Tensor) -> Tensor:
    """Return sequences (B, T, D) with their steps taken from places (B, T')."""
    return sequences.gather(1, places[:, :, None].expand(-1, -1, sequences.shape[2]))
