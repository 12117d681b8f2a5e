"""What a frozen encoder says of songs, kept for the next head that is trained on the same songs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from songkin.training.networks.backbone import Backbone

__all__ = ["READINGS", "FrozenReadings"]

KEPT = 4  # sets of sides; one of 4,000 songs in 384 numbers takes 6 MB


class FrozenReadings:
    """The last vectors that encoders gave to the sides of a split, by the encoder's weights and the tokens it read.

    A re-run trains many heads one after another on one frozen encoder: reading the songs is nearly all of the time.
    """

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[bytes, list[Tensor]] = OrderedDict()

    def of(
        self,
        backbone: Backbone,
        sides: Sequence[Sequence[NDArray[np.int32]]],
        pooling: str,
        piece_tokens: int,
        amp: str = "off",
    ) -> list[Tensor]:
        """Return the vectors (n, dim) of each side's token ids (n,); no one may write into them."""
        key = _key(backbone, sides, f"{pooling} {piece_tokens} {amp}")
        if key not in self._kept:
            self._kept[key] = [backbone.pooled(ids, pooling, piece_tokens=piece_tokens, amp=amp) for ids in sides]
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return self._kept[key]


READINGS = FrozenReadings()  # of this process


def _key(backbone: Backbone, sides: Sequence[Sequence[NDArray[np.int32]]], how: str) -> bytes:
    found = blake2b(how.encode(), digest_size=16)
    for name, weights in backbone.state_dict().items():
        found.update(f"{name} {tuple(weights.shape)} {weights.device}".encode())
        found.update(weights.detach().cpu().contiguous().numpy().tobytes())
    for ids in sides:
        found.update(f"side {len(ids)}".encode())
        for own in ids:
            found.update(len(own).to_bytes(4, "little") + np.ascontiguousarray(own).tobytes())
    return found.digest()
