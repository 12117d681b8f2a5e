"""Two texts at a time into token ids, and through a cross network in pieces of like length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from songkin.training.networks.cross import CrossNetwork
from songkin.training.tokens import Reader

__all__ = ["Pair", "PairReader"]

Pair = tuple[str, str]
PIECE = 32  # pairs that are padded to one length together


class PairReader(Reader):
    """Reads pairs for a cross network; the longer text of a pair is cut first where both are too long."""

    def logits(self, network: CrossNetwork, pairs: Sequence[Pair]) -> Tensor:
        """Score pairs (n,), with gradients; neighbours in length are padded together."""
        read = self.tokenizer.encode_batch(list(pairs))
        order = sorted(range(len(read)), key=lambda at: len(read[at].ids))
        parts = []
        for start in range(0, len(order), PIECE):
            chosen = [read[at] for at in order[start : start + PIECE]]
            tokens, mask = self._padded([one.ids for one in chosen])
            segments, _ = self._padded([one.type_ids for one in chosen])
            parts.append(network(tokens, mask, segments))
        place = torch.tensor(np.argsort(order), device=self.device)
        found: Tensor = torch.cat(parts)[place]
        return found

    @torch.no_grad()
    def scored(self, network: CrossNetwork, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        """Score pairs (n,) as numpy, without gradients; no pairs give none."""
        if not pairs:
            return np.zeros(0, np.float32)
        was = network.training
        network.eval()
        found = self.logits(network, pairs).float().cpu().numpy()
        network.train(was)
        return np.asarray(found, np.float32)
