"""What came of a run: means with how sure they are, the spread over seeds, and who beats whom by more than chance.

Conventions
-----------
All values lie in [0, 1]. A request counts by its mean over the seeds that ask it; intervals and comparisons resample
requests. Spread over seeds is the population standard deviation of the seeds' means.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import Any, NamedTuple

from songkin.evaluation.compare import Difference, Interval, compare, interval
from songkin.evaluation.tasks.rounds import Round

__all__ = ["Report", "Rivalry", "Spread", "Values"]

Values = Mapping[str, Mapping[str, float]]
DIGITS = 4


class Spread(NamedTuple):
    """Mean and population standard deviation over seeds."""

    mean: float
    std: float


class Rivalry(NamedTuple):
    """The first system against the best of the others by one measure."""

    system: str
    rival: str
    measure: str
    difference: Difference


@dataclass(frozen=True, slots=True)
class Report:
    """Values by system (in the order they ran), round, measure and request. The first system is the one on trial."""

    task: str
    rounds: tuple[Round, ...]
    systems: Mapping[str, str]
    measures: tuple[str, ...]
    values: Mapping[str, Sequence[Values]]

    @property
    def n_queries(self) -> int:
        """How many different requests were asked."""
        return len({query for drawn in self.rounds for query in drawn.requests})

    def of_kind(self, kind: str) -> Report:
        """Return the same report on the requests of one kind."""
        kinds = [drawn.kinds for drawn in self.rounds]
        values = {
            system: [
                {name: {q: v for q, v in own.items() if kinds[at].get(q) == kind} for name, own in found.items()}
                for at, found in enumerate(each)
            ]
            for system, each in self.values.items()
        }
        return Report(self.task, self.rounds, self.systems, self.measures, values)

    def by_request(self, system: str, measure: str) -> dict[str, float]:
        """Return each request's mean over the rounds that ask it."""
        found: dict[str, list[float]] = {}
        for values in self.values[system]:
            for query, value in values[measure].items():
                found.setdefault(query, []).append(value)
        return {query: fmean(values) for query, values in found.items()}

    def interval(self, system: str, measure: str) -> Interval:
        """Return the mean over requests with its 95 % bootstrap bounds."""
        return interval(list(self.by_request(system, measure).values()))

    def spread(self, system: str, measure: str) -> Spread:
        """Return the mean of the rounds' means, and their population standard deviation; no request gives NaN."""
        means = [fmean(values[measure].values()) for values in self.values[system] if values[measure]]
        return Spread(fmean(means), pstdev(means)) if means else Spread(math.nan, math.nan)

    def rivalry(self, measure: str) -> Rivalry | None:
        """Compare the first system with the best other one, request by request; None where it stands alone."""
        first, *others = self.values
        if not others:
            return None
        rival = max(others, key=lambda name: self.spread(name, measure).mean)
        own, other = self.by_request(first, measure), self.by_request(rival, measure)
        return Rivalry(first, rival, measure, compare(list(own.values()), [other[query] for query in own]))

    def kinds(self) -> list[str]:
        """Return the kinds of requests, in the order they come; none where a task has no kinds."""
        return list(dict.fromkeys(kind for drawn in self.rounds for kind in drawn.kinds.values()))

    def kind_counts(self) -> dict[str, int]:
        """Return how many requests of each kind were asked, over all rounds."""
        return dict(Counter(kind for drawn in self.rounds for q, kind in drawn.kinds.items() if q in drawn.requests))

    def as_json(self) -> dict[str, Any]:
        """Return the contract's document: means with bounds of the first system, and of every system."""
        systems = {system: self._means(system) for system in self.values}
        return {
            "task": self.task,
            "n_queries": self.n_queries,
            "n_documents": [len(drawn.documents) for drawn in self.rounds],
            "seeds": [drawn.seed for drawn in self.rounds],
            "ceiling": _rounded(fmean(drawn.ceiling for drawn in self.rounds)),
            "measures": next(iter(systems.values())),
            "systems": systems,
            "over_seeds": {s: {m: [*map(_rounded, self.spread(s, m))] for m in self.measures} for s in self.values},
            "compared": self._compared(),
            "kinds": {
                kind: {system: self.of_kind(kind)._means(system) for system in self.values} for kind in self.kinds()
            },
        }

    def _means(self, system: str) -> dict[str, list[float | None]]:
        return {name: [*map(_rounded, self.interval(system, name))] for name in self.measures}

    def _compared(self) -> dict[str, Any] | None:
        found = self.rivalry(self.measures[0])
        if found is None:
            return None
        numbers = {name: _rounded(value) for name, value in found.difference._asdict().items()}
        return {"system": found.system, "rival": found.rival, "measure": found.measure, **numbers}


def _rounded(value: float) -> float | None:
    """Round for JSON, which knows no NaN."""
    return None if math.isnan(value) else round(value, DIGITS)
