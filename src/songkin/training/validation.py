"""Retrieval on what was held out: does each anchor find its own positive among all others?

Conventions
-----------
Ranks count from 1. A positive's rank is one more than the number of other texts of the pool with a higher cosine, the
anchor's further true texts (`also`) left out. Measures lie in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.errors import TrainingError
from songkin.evaluation.spaces import Spread, spread
from songkin.training.data import TRAIN, VALID, Example, Ground, Mixed
from songkin.training.data.augment import PLAIN
from songkin.training.recipes import Validation
from songkin.types import Vectors

__all__ = ["Retrieval", "Verdict", "ranks"]

Encode = Callable[[Sequence[str]], Vectors]
DRAWN = 3  # what a generator is for; training has 1 and 2
DEEP = 10
SEEN = 2000  # texts the spread of the space is taken from


class Verdict(NamedTuple):
    """How good a network is: the number that decides, all measures by name, and how its space is spread."""

    score: float
    measures: Mapping[str, float]
    spread: Spread | None = None


class Pool(NamedTuple):
    """One source's held-out anchors, the texts they search, the row of each one's positive, rows that do not count."""

    name: str
    weight: float
    anchors: tuple[str, ...]
    texts: tuple[str, ...]
    right: NDArray[np.int64]
    free: tuple[tuple[int, ...], ...]


class Retrieval:
    """The validation of a recipe, drawn once: the same for every step and every resume."""

    def __init__(self, sources: Sequence[Mixed], ground: Ground, settings: Validation, *, seed: int) -> None:
        plain = ground._replace(augment=PLAIN)
        pools = [_pool(mixed, plain, settings, [seed, DRAWN, at]) for at, mixed in enumerate(sources) if mixed.validate]
        self.pools = [pool for pool in pools if pool.anchors]
        self.decides = settings.decides
        if not self.pools:
            raise TrainingError("nothing is held out to validate on; give a [[source]] a validate weight above 0")

    def __call__(self, encode: Encode, *, asked: Encode | None = None) -> Verdict:
        """Judge an encoder; `asked` reads the anchors, None = as it reads the others."""
        measures: dict[str, float] = {}
        seen: list[Vectors] = []
        for pool in self.pools:
            texts = encode(pool.texts)
            found = ranks((asked or encode)(pool.anchors), texts, pool.right, pool.free)
            measures[f"{pool.name} hit@{DEEP}"] = float((found <= DEEP).mean())
            measures[f"{pool.name} mrr"] = float((1 / found).mean())
            seen.append(texts)
        weights = np.array([pool.weight for pool in self.pools])
        for measure in (f"hit@{DEEP}", "mrr"):
            own = np.array([measures[f"{pool.name} {measure}"] for pool in self.pools])
            measures[measure] = float((own * weights).sum() / weights.sum())
        both = (measures[f"hit@{DEEP}"] + measures["mrr"]) / 2
        everything = np.concatenate(seen)
        some = everything[np.linspace(0, len(everything) - 1, min(SEEN, len(everything))).astype(int)]
        return Verdict(both if self.decides == "both" else measures[self.decides], measures, spread(some))


def ranks(
    anchors: Vectors, texts: Vectors, right: NDArray[np.int64], free: Sequence[Sequence[int]] = ()
) -> NDArray[np.int64]:
    """Return the rank (n,) of each anchor's own text; `free` lists rows that are neither right nor wrong."""
    scores = anchors @ texts.T  # (n, m)
    own = scores[np.arange(len(anchors)), right]
    for row, columns in enumerate(free):
        scores[row, list(columns)] = -np.inf
    higher = (scores > own[:, None]).sum(1)
    return np.asarray(1 + higher, np.int64)


def _pool(mixed: Mixed, ground: Ground, settings: Validation, seed: Sequence[int]) -> Pool:
    """Draw a source's held-out pairs, and texts that were trained on as distractors."""
    rng = np.random.default_rng(seed)
    held = mixed.source.examples(ground, VALID, rng)
    held = [held[at] for at in sorted(rng.permutation(len(held))[: settings.most])]
    texts = list(dict.fromkeys(example.positive for example in held))
    others = list(dict.fromkeys(example.positive for example in mixed.source.examples(ground, TRAIN, rng)))
    others = [text for text in others if text not in set(texts)]
    texts += [others[at] for at in sorted(rng.permutation(len(others))[: settings.distractors])]
    places = {text: at for at, text in enumerate(texts)}
    right = np.array([places[example.positive] for example in held], np.int64)
    free = tuple(_free(example, places) for example in held)
    return Pool(mixed.name, mixed.validate, tuple(example.anchor for example in held), tuple(texts), right, free)


def _free(example: Example, places: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(places[text] for text in example.also if text in places and text != example.positive)
