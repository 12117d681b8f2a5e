"""How good a ranking is, given which songs were wanted: Recall, hit, P, MRR, MAP, nDCG, each with a cutoff.

Conventions
-----------
Every measure lies in [0, 1], 1 is best. A relevance above 0 makes a song wanted; a song without judgement is not.
A song that a ranking names twice counts at its first place. A query that wants nothing gives 0, and so does a query
that a system left unanswered. Names and numbers are those of trec_eval, with its linear gain in nDCG.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from songkin.errors import QueryError
from songkin.types import Judgement

__all__ = ["MEASURES", "Measure", "by_query", "measure"]

Relevance = Mapping[str, float]
Formula = Callable[[Sequence[float], Sequence[float]], float]
NAME = re.compile(r"([A-Za-z]+)(?:@([1-9]\d*))?")


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure with its cutoff; None looks at the whole ranking."""

    name: str
    cutoff: int | None
    formula: Formula

    def __call__(self, ranked: Sequence[str], relevance: Relevance) -> float:
        """Judge one ranking of song ids, best first; `relevance` maps the wanted ids to how much (0 = not)."""
        gains = [max(relevance.get(song, 0.0), 0.0) for song in dict.fromkeys(ranked)][: self.cutoff]
        ideal = sorted((gain for gain in relevance.values() if gain > 0), reverse=True)
        if not ideal:
            return 0.0
        cut = len(ideal) + len(gains) if self.cutoff is None else self.cutoff
        return self.formula([*gains, *[0.0] * (cut - len(gains))], ideal)

    def each(self, rankings: Mapping[str, Sequence[str]], judgements: Mapping[str, Relevance]) -> dict[str, float]:
        """Judge every query that has judgements, in their order; one without a ranking gets 0."""
        return {query: self(rankings.get(query, ()), relevance) for query, relevance in judgements.items()}

    def mean(self, rankings: Mapping[str, Sequence[str]], judgements: Mapping[str, Relevance]) -> float:
        """Return the mean over all queries that have judgements, NaN without any."""
        values = self.each(rankings, judgements).values()
        return math.fsum(values) / len(values) if values else math.nan


def measure(name: str) -> Measure:
    """Return the measure called 'nDCG@10', 'Recall@10', 'hit@1', 'MRR@10', 'MAP@100', 'P@5'; case does not count.

    Raises QueryError on another name.
    """
    found = NAME.fullmatch(name.strip())
    known = next((own for own in MEASURES if found and own.casefold() == found[1].casefold()), None)
    if found is None or known is None:
        raise QueryError(f"'{name}' is no measure; take one of {', '.join(MEASURES)}, with a cutoff such as nDCG@10")
    cutoff = int(found[2]) if found[2] else None
    return Measure(f"{known}@{cutoff}" if cutoff else known, cutoff, MEASURES[known])


def by_query(judgements: Iterable[Judgement]) -> dict[str, dict[str, float]]:
    """Group judgements: query -> song -> relevance, in the order they come; the last word on a pair counts."""
    grouped: dict[str, dict[str, float]] = {}
    for judgement in judgements:
        grouped.setdefault(judgement.query, {})[judgement.song] = judgement.relevance
    return grouped


# The formulas take the gains down to the cutoff, padded with 0, and the gains above 0 in their ideal order.


def _recall(gains: Sequence[float], ideal: Sequence[float]) -> float:
    """Return the share of the wanted songs that were found."""
    return sum(gain > 0 for gain in gains) / len(ideal)


def _hit(gains: Sequence[float], ideal: Sequence[float]) -> float:
    """Return 1 if any wanted song was found."""
    return float(any(gain > 0 for gain in gains))


def _precision(gains: Sequence[float], ideal: Sequence[float]) -> float:
    """Return the share of the places down to the cutoff that hold a wanted song."""
    return sum(gain > 0 for gain in gains) / len(gains)


def _reciprocal_rank(gains: Sequence[float], ideal: Sequence[float]) -> float:
    """Return 1 / rank of the first wanted song, 0 if there is none."""
    return next((1 / rank for rank, gain in enumerate(gains, 1) if gain > 0), 0.0)


def _average_precision(gains: Sequence[float], ideal: Sequence[float]) -> float:
    """Return the precision at each wanted song's rank, summed and divided by the number of wanted songs."""
    ranks = (rank for rank, gain in enumerate(gains, 1) if gain > 0)
    return sum(found / rank for found, rank in enumerate(ranks, 1)) / len(ideal)


def _ndcg(gains: Sequence[float], ideal: Sequence[float]) -> float:
    """Return the discounted gain over that of the ideal ranking. Järvelin and Kekäläinen, TOIS 2002."""
    return _discounted(gains) / _discounted(ideal[: len(gains)])


def _discounted(gains: Iterable[float]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


MEASURES: Mapping[str, Formula] = {
    "Recall": _recall,
    "hit": _hit,
    "P": _precision,
    "MRR": _reciprocal_rank,
    "MAP": _average_precision,
    "nDCG": _ndcg,
}
