"""Songs as vectors: whole lyrics through an encoder, pooled as the paper's code does or with padding left out.

Conventions
-----------
Vectors are unit rows (n, dim) float32. "masked" means over the tokens of a song; "padded" over all positions of a batch
that is padded to one length, as published.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

from songkin.errors import TrainingError
from songkin.training.arithmetic import arithmetic
from songkin.training.checkpoints import atomically
from songkin.training.networks.backbone import Backbone, pooled
from songkin.types import Vectors

__all__ = ["Drift", "cached", "drift", "encoded", "tokens_of"]

PIECE = 32
LONGEST = 512  # tokens of a tuned encoder, in the paper
HUB_LENGTH = 256  # of all-MiniLM-L6-v2, by its card


class Drift(NamedTuple):
    """How far a song lies from itself, encoded alone and in a padded batch: mean cosine distance of both poolings."""

    padded: float
    masked: float


@torch.no_grad()
def encoded(
    backbone: Backbone,
    texts: Sequence[str],
    *,
    max_tokens: int = LONGEST,
    padded: bool = False,
    alone: bool = False,
    amp: str = "off",
    tell: Callable[[int], None] = lambda done: None,
) -> Vectors:
    """Encode texts (n,) -> (n, dim); no texts give (0, dim).

    `padded` counts padding up to `max_tokens` into the mean, as the paper's code does; `alone` pads nothing, which is
    what a single query gets; `amp` as in a recipe's `[optimiser]`. TrainingError where the network gives no numbers.
    """
    backbone.eval()
    ids = backbone.ids(texts, max_tokens=max_tokens) if texts else []
    order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
    found = np.zeros((len(texts), backbone.dim), np.float32)
    piece = 1 if alone else PIECE
    length = min(max_tokens, backbone.longest) if padded and not alone else 0
    for first in range(0, len(order), piece):
        rows = order[first : first + piece]
        tokens, mask = backbone.laid_out([ids[at] for at in rows], length=length)
        with arithmetic(tokens.device, amp):
            hidden = backbone.hidden(tokens, mask)
        means = pooled(hidden.float(), mask, "padded" if padded else "mean")
        found[rows] = F.normalize(means, dim=-1).cpu().numpy()
        tell(first + len(rows))
    if not np.isfinite(found).all():
        raise TrainingError("the network gives vectors that are no numbers; train it again with a lower rate")
    return found


def drift(backbone: Backbone, texts: Sequence[str], *, max_tokens: int = LONGEST) -> Drift:
    """Measure how far songs lie from themselves once encoded alone: the paper met .073; no texts give 0.

    The shorter a song against `max_tokens`, the further it lies.
    """
    told = []
    for padded in (True, False):
        batch = encoded(backbone, texts, max_tokens=max_tokens, padded=padded)
        single = encoded(backbone, texts, max_tokens=max_tokens, padded=padded, alone=True)
        told.append(float((1 - (batch * single).sum(1)).mean()) if len(texts) else 0.0)
    return Drift(*told)


def tokens_of(start: str) -> int:
    """Return how many tokens sentence-transformers lets an untrained encoder read: 256 of MiniLM, 384 of mpnet."""
    place = Path(start) / "sentence_bert_config.json"
    if not place.is_file():
        return HUB_LENGTH
    told: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return int(told.get("max_seq_length") or HUB_LENGTH)


def cached(place: Path, texts: Sequence[str], key: str, make: Callable[[], Vectors]) -> Vectors:
    """Return what was made of these texts under this key before, else make and keep it."""
    digest = hashlib.sha256(json.dumps([key, *texts]).encode()).hexdigest()
    if place.is_file():
        with np.load(place) as kept:
            if str(kept["digest"]) == digest:
                return np.asarray(kept["vectors"], np.float32)
    vectors = make()
    place.parent.mkdir(parents=True, exist_ok=True)
    with atomically(place) as file:
        np.savez(file, vectors=vectors, digest=np.array(digest))
    return vectors
