"""Retrieval by keywords on judged seeds: the weight of its scores is searched on some, variants judged on others.

Conventions
-----------
Seeds are songs; those the weight is searched on and those that are judged have no artist in common. Precision is at
ten, over seeds that have at least one relevant song.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from songkin.search import KeywordNeighbours
from songkin.search.keywords import CANDIDATES
from songkin.training.irvine.judged import Candidates, Judge, blend, by_weight, interval, mean, precision
from songkin.types import Query

__all__ = ["Ways", "candidates", "measured"]

log = logging.getLogger(__name__)
DEEP = 200  # songs of which those that count are taken


@dataclass(frozen=True, slots=True)
class Ways:
    """What is compared: retrieval by TF-IDF keywords alone, with the encoder's too, within clusters of them; the name
    of each other way, which ranks ids for a seed; `ids` names the songs of keys."""

    ids: Callable[[Any], Sequence[str | None]]
    telling: KeywordNeighbours
    both: KeywordNeighbours
    clustered: Mapping[int, KeywordNeighbours]
    others: Mapping[str, Callable[[str], Sequence[str]]]


def candidates(way: KeywordNeighbours, ids: Callable[[Any], Sequence[str | None]], seed: str) -> Candidates:
    """Return what a way finds for a seed, with both scores."""
    found = way(Query(like=(seed,), k=CANDIDATES))
    names = [name or "" for name in ids(found.keys)]
    return Candidates(names, found.parts["tf-idf"], np.maximum(found.parts["cosine"], 0.0))


def measured(ways: Ways, judge: Judge, searched: Sequence[str], judged: Sequence[str]) -> dict[str, Any]:
    """Search the weight on some seeds and judge every variant on others: numbers that can be written as JSON."""
    searched, judged = ([seed for seed in seeds if judge.share(seed) > 0] for seeds in (searched, judged))
    log.info("retrieval: %d seeds to search the weight, %d to judge", len(searched), len(judged))
    found = by_weight(judge, {seed: candidates(ways.both, ways.ids, seed) for seed in searched})
    weight = found.peak.at
    held = {seed: candidates(ways.both, ways.ids, seed) for seed in judged}
    bars = {"any ten songs": [judge.share(seed) for seed in judged]}
    bars |= {name: [precision(judge, seed, rank(seed)) for seed in judged] for name, rank in ways.others.items()}
    for name, own in (("TF-IDF alone", 0.0), ("vectors alone, of the candidates", 1.0), ("both scores", weight)):
        bars[name] = [precision(judge, seed, blend(one, own)) for seed, one in held.items()]
    more = {"both scores, keywords by TF-IDF only": ways.telling}
    more |= {f"both scores, nearest of {k} clusters": way for k, way in ways.clustered.items()}
    for name, way in more.items():
        bars[name] = [precision(judge, seed, blend(candidates(way, ways.ids, seed), weight)) for seed in judged]
    return {
        "weight": weight,
        "path": [list(point) for point in found.peak.path],
        "grid": [list(point) for point in found.grid],
        "held_grid": [[own, mean(judge, held, partial(blend, weight=own))] for own, _ in found.grid],
        "searched": len(searched),
        "judged": len(judged),
        "candidates": float(np.mean([len(one.ids) for one in held.values()] or [0])),
        "precision": {name: [float(np.mean(own or [0.0])), *interval(own)] for name, own in bars.items()},
        "against_plain": {name: _difference(own, bars) for name, own in bars.items()},
    }


PLAIN = "cosine among all (plain model)"


def _difference(own: Sequence[float], bars: Mapping[str, Sequence[float]]) -> list[float]:
    """Return the mean difference to the plain model with its 95 % interval, seed by seed."""
    apart = (np.asarray(own) - np.asarray(bars[PLAIN])).tolist() if PLAIN in bars else []
    return [float(np.mean(apart or [0.0])), *interval(apart)]
