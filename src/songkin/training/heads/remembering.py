"""Read songs' words for the heads, and read none of them twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from songkin.annotate.reading import Reading, joined
from songkin.encoders import load
from songkin.training.heads.heads import read_texts
from songkin.types import Encoder

__all__ = ["Remembering"]

AT_ONCE = 256  # songs read together


class Remembering:
    """Reads raw lyrics with an encoder, each once; `tell` hears how many more songs were read."""

    def __init__(self, encoder: Encoder | None = None, *, tell: Callable[[int], None] | None = None) -> None:
        self._encoder, self._tell = encoder or load(None), tell
        self._known: dict[str, Reading] = {}

    def __call__(self, texts: Sequence[str]) -> Reading:
        """Return what was read of texts (n,), in their order."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        for at in range(0, len(new), AT_ONCE):
            part = new[at : at + AT_ONCE]
            own = read_texts(part, self._encoder)
            self._known.update((text, own.at(np.array([row]))) for row, text in enumerate(part))
            if self._tell:
                self._tell(len(part))
        return joined([self._known[text] for text in texts])
