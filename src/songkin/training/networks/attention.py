"""What a text network does between its layers: the hidden vectors of all tokens, and who attends to whom.

Conventions
-----------
`tokens` and `mask` are (n, length); hidden vectors (n, length, dim) are not masked.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from songkin.training.networks.text import TextNetwork

__all__ = ["attended", "hidden_of"]


def hidden_of(network: TextNetwork, tokens: Tensor, mask: Tensor) -> Tensor:
    """Return the last hidden vectors (n, length, dim), the bag of words added where the network has one."""
    seen = mask[:, None, None, :].bool()
    hidden: Tensor = network.embeddings(tokens)
    layers: Any = network.encoder["layer"]
    for layer in layers:
        hidden = layer(hidden, seen)
    return hidden if network.bag is None else hidden + network.bag(tokens, network.embeddings.word_embeddings)


def attended(network: TextNetwork, tokens: Tensor, mask: Tensor) -> Tensor:
    """Return the attention (n, layers, heads, length, length); a row sums to 1 over the tokens that are seen."""
    seen = mask[:, None, None, :].bool()
    hidden, found = network.embeddings(tokens), []
    layers: Any = network.encoder["layer"]
    for layer in layers:
        found.append(_weights(layer, hidden, seen))
        hidden = layer(hidden, seen)
    return torch.stack(found, 1)


def _weights(layer: Any, hidden: Tensor, seen: Tensor) -> Tensor:
    """Return softmax(q k' / sqrt(width)) (n, heads, length, length)."""
    n, length, _ = hidden.shape
    own = layer.attention["self"]
    query, key = (own[name](hidden).view(n, length, layer.heads, -1).transpose(1, 2) for name in ("query", "key"))
    scores = query @ key.transpose(-1, -2) / math.sqrt(layer.head_dim)
    weights: Tensor = scores.masked_fill(~seen, -torch.inf).softmax(-1)
    return weights
