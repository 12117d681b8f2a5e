"""Pair ranking: how often a scorer puts a held-out query's own set above one that is not.

Conventions
-----------
A trial is a query, its set, and another set. Hard ones share words with the query: they are mined by Tf-Idf, not by an
encoder, which would meet its own mistakes there while another met none. Hard ones decide, random ones are printed
beside. A tie is half right. Shares lie in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.errors import TrainingError
from songkin.training.melscribe.mining import TFIDF, documents, mine, retriever
from songkin.training.melscribe.pairs import Pair
from songkin.training.melscribe.sampling import Drawn, joined
from songkin.types import Vectors

__all__ = ["Scorer", "Standing", "Trial", "Trials", "by_cosine", "share", "standing", "trials"]

Scorer = Callable[[Sequence[Pair]], NDArray[np.floating]]
HELD = 33  # what a generator is for


class Trial(NamedTuple):
    """A query, the set that is its own, and one that is not."""

    query: str
    right: str
    wrong: str


class Trials(NamedTuple):
    """The trials of a held-out split: mined ones and random ones."""

    hard: tuple[Trial, ...]
    random: tuple[Trial, ...]


class Standing(NamedTuple):
    """How a scorer stands on both kinds of trials, each a share in [0, 1]."""

    hard: float
    random: float


def trials(drawn: Sequence[Drawn], *, queries: int, negatives: int, seed: int) -> Trials:
    """Make trials of held-out queries, at most `queries` of them with `negatives` each; TrainingError without any."""
    rng = np.random.default_rng([seed, HELD])
    chosen = [drawn[at] for at in sorted(rng.permutation(len(drawn))[:queries])]
    sets = documents(drawn)
    mined = mine(chosen, sets, [retriever(TFIDF)], negatives, told=drawn) if sets else np.zeros((0, 0), np.int64)
    hard, other = [], []
    for one, rows in zip(chosen, mined, strict=False):
        query, right = one.query, joined(one.sets[0])
        near = [row for row in rows if row >= 0]
        hard += [Trial(query, right, joined(sets[row])) for row in near]
        drawn_by_chance = [sets[row] for row in rng.integers(len(sets), size=len(near))]
        other += [Trial(query, right, joined(wrong)) for wrong in drawn_by_chance if not one.tags.issuperset(wrong)]
    if not hard or not other:
        raise TrainingError(
            "too little is held out to compare a teacher with a bi-encoder; give [[source]] more captions"
        )
    return Trials(tuple(hard), tuple(other))


def standing(score: Scorer, given: Trials) -> Standing:
    """Judge a scorer by both kinds of trials."""
    return Standing(share(score, given.hard), share(score, given.random))


def share(score: Scorer, given: Sequence[Trial]) -> float:
    """Return the share of trials that a scorer orders rightly."""
    pairs = list(dict.fromkeys(pair for one in given for pair in ((one.query, one.right), (one.query, one.wrong))))
    value = dict(zip(pairs, np.asarray(score(pairs), np.float64), strict=True))
    margins = np.array([value[one.query, one.right] - value[one.query, one.wrong] for one in given])
    return float(((margins > 0) + 0.5 * (margins == 0)).mean())


def by_cosine(encode: Callable[[Sequence[str]], Vectors]) -> Scorer:
    """Let an encoder score pairs by the cosine of their texts."""

    def score(pairs: Sequence[Pair]) -> NDArray[np.floating]:
        texts = list(dict.fromkeys(text for pair in pairs for text in pair))
        place = {text: at for at, text in enumerate(texts)}
        vectors = encode(texts)
        left = vectors[[place[one] for one, _ in pairs]]
        right = vectors[[place[other] for _, other in pairs]]
        return np.asarray((left * right).sum(1))

    return score
