"""What training makes small, each with its paper.

Conventions
-----------
Vectors are unit rows (n, dim), so a product of two is their cosine. Every loss is a mean over rows, a scalar >= 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["info_nce", "margin_mse", "matryoshka", "own_negatives", "similarity_kl", "teacher_cosine", "teacher_mse"]


def info_nce(
    anchors: Tensor, candidates: Tensor, *, ignored: Tensor | None = None, temperature: float = 0.05, both: bool = True
) -> Tensor:
    """Tell each anchor's positive from all other candidates: cross-entropy over cosines / temperature.

    The first n of the candidates (m, dim), m >= n, are the positives of the anchors (n, dim) in order; the others are
    mined negatives. `ignored` (n, m) is True where a candidate is no negative of an anchor (the diagonal is never
    ignored). `both` takes the mean with the other direction, in which each positive finds its anchor.
    van den Oord, Li and Vinyals, arXiv 2018 [oord2018cpc]; in-batch and hard negatives: Karpukhin et al., EMNLP 2020
    [karpukhin2020dpr]; both directions: Radford et al., ICML 2021 [radford2021clip].
    """
    n = len(anchors)
    scores = anchors @ candidates.T / temperature  # (n, m)
    if ignored is not None:
        own = torch.eye(n, len(candidates), dtype=torch.bool, device=scores.device)
        scores = scores.masked_fill(ignored & ~own, float("-inf"))
    right = torch.arange(n, device=scores.device)
    forth = F.cross_entropy(scores, right)
    return (forth + F.cross_entropy(scores[:, :n].T, right)) / 2 if both else forth


def own_negatives(positive: Tensor, negative: Tensor, *, temperature: float = 0.05) -> Tensor:
    """Tell each anchor's positive from its own negative alone, by their cosines (n,): a logistic loss; no pairs give 0.

    Beside a hundred easy negatives one that differs by a single "no" hardly counts; here it counts by itself.
    Burges et al., ICML 2005 [burges2005ranknet].
    """
    return F.softplus((negative - positive) / temperature).mean() if len(positive) else positive.sum()


def margin_mse(positive: Tensor, negative: Tensor, margins: Tensor) -> Tensor:
    """Bring the difference of two scores (n,) to a teacher's margin (n,), squared.

    Student scores and margins must be of one scale: cosines differ by at most 2, a cross-encoder's logits do not.
    Hofstätter, Althammer, Schröder, Sertkan and Hanbury, arXiv 2020 [hofstatter2020marginmse].
    """
    return F.mse_loss(positive - negative, margins)


def teacher_cosine(student: Tensor, teacher: Tensor) -> Tensor:
    """Bring each vector to its teacher's (n, dim): 1 - cosine, in [0, 2].

    Reimers and Gurevych, EMNLP 2020 [reimers2020multilingual], with the cosine in place of the squared error.
    """
    return (1 - (student * teacher).sum(-1)).mean()


def teacher_mse(student: Tensor, teacher: Tensor) -> Tensor:
    """Bring each vector to its teacher's (n, dim): squared distance, 2 (1 - cosine) for unit rows.

    Reimers and Gurevych, EMNLP 2020 [reimers2020multilingual].
    """
    return ((student - teacher) ** 2).sum(-1).mean()


def similarity_kl(student: Tensor, teacher: Tensor, *, temperature: float = 0.05) -> Tensor:
    """Let the texts of a batch be as like each other as the teacher finds them; the two may be of different width.

    Kullback-Leibler divergence of the softmax over each row's cosines with the others. One row gives 0.
    Hinton, Vinyals and Dean, 2015 [hinton2015distilling]; over similarities: Fang et al., ICLR 2021 [fang2021seed].
    """
    n = len(student)
    if n < 2:
        return student.sum() * 0
    others = ~torch.eye(n, dtype=torch.bool, device=student.device)
    own = (student @ student.T)[others].view(n, n - 1) / temperature
    wanted = (teacher @ teacher.T)[others].view(n, n - 1) / temperature
    return F.kl_div(F.log_softmax(own, -1), F.log_softmax(wanted, -1), reduction="batchmean", log_target=True)


def matryoshka(loss: Callable[..., Tensor], dims: Sequence[int], *vectors: Tensor) -> Tensor:
    """Take the mean of a loss over the first d coordinates, made unit length again, for each d; no dims: all of them.

    Kusupati et al., NeurIPS 2022 [kusupati2022matryoshka].
    """
    if not dims:
        return loss(*vectors)
    parts = [loss(*(F.normalize(rows[:, :d], dim=-1) for rows in vectors)) for d in dims]
    return torch.stack(parts).mean()
