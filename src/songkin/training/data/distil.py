"""Plain texts of all sources, for a teacher to read: anchors, positives and negatives, each once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from songkin.training.data.example import TRAIN, Ground
from songkin.training.data.mixing import Mixed

__all__ = ["texts_of"]

DRAWN = 5  # what a generator is for
MOST_EPOCHS = 20


def texts_of(sources: Sequence[Mixed], ground: Ground, count: int, *, seed: int) -> list[str]:
    """Return up to `count` different texts of the training split, drawn from fresh epochs until there are enough.

    The weights do not count here: every source gives all it has, epoch after epoch, as long as new texts come.
    """
    found: dict[str, None] = {}
    for epoch in range(MOST_EPOCHS):
        before = len(found)
        for at, mixed in enumerate(sources):
            if mixed.weight > 0:
                rng = np.random.default_rng([seed, DRAWN, at, epoch])
                for example in mixed.source.examples(ground, TRAIN, rng):
                    found.update(dict.fromkeys((example.anchor, example.positive, *example.negatives)))
        if len(found) >= count or len(found) == before:
            break
    texts = list(found)
    rng = np.random.default_rng([seed, DRAWN])
    return [texts[at] for at in sorted(rng.permutation(len(texts))[:count])]
