"""Let systems answer the requests of a task, and judge what they answer.

Conventions
-----------
A system is handed a round and gives back what ranks: requests and a depth in, ids best first out. It need not be ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from songkin.evaluation.measures import Measure, measure
from songkin.evaluation.report import Report, Values
from songkin.evaluation.tasks.rounds import Round

__all__ = ["SHOWN", "Rank", "System", "passes", "run", "top"]

AT_ONCE = 256
SHOWN = 10  # hits a user is shown: measures down to there are taken from rankings of that length


class Rank(Protocol):
    """Ranks documents for requests."""

    def __call__(self, requests: Sequence[str], k: int, /) -> Sequence[Sequence[str]]:
        """Return for each request at most k document ids, best first."""
        ...


class System(NamedTuple):
    """A system under test: its name, what it is in a few words, and how it gets to know a round's documents."""

    name: str
    says: str
    fit: Callable[[Round], Rank]


def run(
    task: str,
    rounds: Sequence[Round],
    systems: Sequence[System],
    measures: Sequence[str],
    *,
    tell: Callable[[str, int], None] | None = None,
) -> Report:
    """Judge each system on each round by each measure.

    Rankings are asked for at the depth a measure looks at, 10 at least, for an engine may answer otherwise when more
    is asked for. `tell` is called with a system's name and how many more requests it has answered.
    """
    judges = [measure(name) for name in measures]
    values: dict[str, list[Values]] = {}
    for drawn in rounds:
        for system in systems:
            rank = system.fit(drawn)
            values.setdefault(system.name, []).append(_judged(rank, drawn, judges, system.name, tell))
    return Report(task, tuple(rounds), {system.name: system.says for system in systems}, tuple(measures), values)


def _judged(
    rank: Rank,
    drawn: Round,
    judges: Sequence[Measure],
    name: str,
    tell: Callable[[str, int], None] | None,
) -> Values:
    """Return measure -> request -> value of one system on one round."""
    depths = {judge.name: _depth(judge, drawn) for judge in judges}
    found: dict[str, dict[str, float]] = {}
    for depth in sorted(set(depths.values())):
        rankings = _ranked(rank, drawn.requests, depth, (lambda n: tell(name, n)) if tell else None)
        rankings |= {
            query: [document for document in rankings[query] if document in own]
            for query, own in drawn.candidates.items()
            if query in rankings
        }
        for judge in judges:
            if depths[judge.name] == depth:
                found[judge.name] = judge.each(rankings, drawn.judgements)
    return found


def _ranked(
    rank: Rank, requests: Mapping[str, str], depth: int, tell: Callable[[int], None] | None
) -> dict[str, Sequence[str]]:
    """Ask in chunks, so that progress can be told."""
    ids, texts = list(requests), list(requests.values())
    found: dict[str, Sequence[str]] = {}
    for start in range(0, len(ids), AT_ONCE):
        chunk = texts[start : start + AT_ONCE]
        found |= zip(ids[start : start + AT_ONCE], rank(chunk, depth), strict=True)
        if tell:
            tell(len(chunk))
    return found


def passes(measures: Sequence[str], drawn: Round) -> int:
    """Return how often each request of a round is asked: once a depth."""
    return len({_depth(measure(name), drawn) for name in measures})


def _depth(judge: Measure, drawn: Round) -> int:
    """Return how long a ranking a measure looks at; without a cutoff, or among candidates, all documents."""
    return max((None if drawn.candidates else judge.cutoff) or len(drawn.documents), SHOWN)


def top(drawn: Round, systems: Sequence[System], request: str, *, k: int = 5) -> dict[str, list[str]]:
    """Return the first k documents of each system for any request, by the system's name."""
    return {system.name: list(system.fit(drawn)([request], k)[0]) for system in systems}
