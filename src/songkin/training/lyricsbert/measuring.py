"""How far songs lie apart in a network's space, and who attends to whom in a verse.

Conventions
-----------
A song's vector is what stands under the heads: the masked mean, through the added layers where there are some. S is
read elementwise; it grows with the vectors' length, so lengths and the forms on unit vectors stand beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch

from songkin.evaluation.spaces import separation, spread
from songkin.training.lyricsbert.draws import Draw
from songkin.training.networks.heads import LabelNetwork
from songkin.types import Vectors

__all__ = ["MEASURES", "Attention", "attention", "measure", "vectors"]

MEASURES = ("s", "signed", "s_unit", "signed_unit", "auc", "auc_halves", "length", "mean_cosine", "effective_rank")


class Attention(NamedTuple):
    """Tokens of a verse, and how the first and the last layer attend (length, length), from row to column; heads are
    averaged."""

    tokens: list[str]
    first: list[list[float]]
    last: list[list[float]]


def measure(network: LabelNetwork, draws: Sequence[Draw], *, max_tokens: int) -> dict[str, float]:
    """Return MEASURES of a network's space over draws.

    "auc" asks whether halves of one song are nearer than two whole songs, "auc_halves" whether they are nearer than
    halves of two songs, which are of like length. "length" is the mean length of a song's vector.
    """
    texts = list(dict.fromkeys(text for one in draws for text in one))
    place = {text: at for at, text in enumerate(texts)}
    known = vectors(network, texts, max_tokens=max_tokens)
    a, b, a1, a2, b2 = (known[[place[one[at]] for one in draws]] for at in range(5))
    found = separation(a, b, a1, a2)
    own = spread(a)
    values = (*found, separation(a1, b2, a1, a2).auc, float(np.linalg.norm(a, axis=1).mean()), *own)
    return dict(zip(MEASURES, map(float, values), strict=True))


@torch.no_grad()
def vectors(network: LabelNetwork, texts: Sequence[str], *, max_tokens: int) -> Vectors:
    """Encode texts (n,) -> (n, dim), of the length the network gives them."""
    own = network.backbone
    network.eval()
    told = own.pooled(own.ids(texts, max_tokens=max_tokens), network.make.pooling)
    return np.asarray(network.vectors(told).float().cpu().numpy(), np.float32)


def attention(network: LabelNetwork, verse: str) -> Attention:
    """Return how a network attends to a verse, as JSON holds it."""
    own = network.backbone
    ids = own.ids([verse], max_tokens=own.longest)
    found = own.attention(*own.laid_out(ids))[0].mean(1).cpu().numpy()  # (layers, heads, l, l) -> (layers, l, l)
    tokens = [str(own.tokenizer.id_to_token(int(one))) for one in ids[0]]
    first, last = (np.round(found[at].astype(float), 5).tolist() for at in (0, -1))
    return Attention(tokens, first, last)


def mean_accuracy(test: Mapping[str, float]) -> float:
    """Return the mean test accuracy over the heads that tell classes; none give NaN."""
    own = [value for name, value in test.items() if name.endswith(" accuracy")]
    return float(np.mean(own)) if own else float("nan")
