"""Encoders side by side on many tasks: each alone, by cosine, and Tf-Idf and BM25 as the word counts to beat.

Conventions
-----------
A task with kinds has a column for each, "captions unsaid", beside its own of all requests. Values lie in [0, 1]. The
first system is the one on trial; every other one is compared with it, request by request.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from songkin.evaluation.compare import Difference, compare
from songkin.evaluation.report import Report
from songkin.evaluation.run import System, run
from songkin.evaluation.systems import Bm25, TfIdf, cosine, rank_documents
from songkin.evaluation.tasks import Round, Task
from songkin.types import Encoder

__all__ = ["CERTAIN", "Comparison", "compare_encoders", "texts_a_second"]

CERTAIN = 0.01  # the chance of luck below which two systems are said to differ
MEASURED = 3  # measures of a task, the first ones
WORDS = 30
BURST = 32  # texts encoded at once while the speed is taken
VOICE = "a slow warm song about rain and the river at night with guitar piano soft drums for an old sad road home"

Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The report of every task, and the columns: task, and task and kind, each with the report it is read from."""

    reports: Mapping[str, Report]

    @property
    def columns(self) -> dict[str, Report]:
        """Each column's report, tasks first and their kinds behind them."""
        found: dict[str, Report] = {}
        for name, report in self.reports.items():
            found[name] = report
            found |= {f"{name} {kind}": report.of_kind(kind) for kind in report.kinds()}
        return found

    def as_json(self) -> dict[str, Any]:
        """Return the contract's document: means with bounds by system, column and measure."""
        columns = self.columns
        systems = {
            own: {name: _means(report, own) for name, report in columns.items()}
            for own in dict.fromkeys(own for report in columns.values() for own in report.systems)
        }
        return {
            "task": "encoders",
            "n_queries": sum(report.n_queries for report in self.reports.values()),
            "measures": next(iter(systems.values()), {}),
            "systems": systems,
            "compared": {name: _compared(report) for name, report in columns.items()},
            "tasks": {name: _ran(report) for name, report in columns.items()},
            "kinds": {name: [f"{name} {kind}" for kind in report.kinds()] for name, report in self.reports.items()},
        }


def compare_encoders(
    tasks: Mapping[Task, Sequence[Round]], encoders: Mapping[str, Encoder], *, tell: Tell | None = None
) -> Comparison:
    """Judge encoders by their names, and both word counts, on the rounds of each task.

    `tell` is called with how many more texts and requests have been worked through.
    """

    def alone(encoder: Encoder) -> System:
        return System("", "cosine alone", lambda drawn: cosine(drawn.documents, encoder, tell=tell))

    systems = [
        *(alone(encoder)._replace(name=name) for name, encoder in encoders.items()),
        System("tf-idf", "words, cosine", lambda drawn: rank_documents(drawn.documents, TfIdf)),
        System("bm25", "words", lambda drawn: rank_documents(drawn.documents, Bm25)),
    ]
    return Comparison(
        {
            task.name: run(
                task.name, rounds, systems, task.measures[:MEASURED], tell=(lambda _, n: tell(n)) if tell else None
            )
            for task, rounds in tasks.items()
        }
    )


def texts_a_second(encoder: Encoder, *, burst_s: float = 1.0, seed: int = 0) -> float:
    """Return how many texts of 30 words it reads a second, taken in one short burst after a warm-up: rough."""
    chance = Random(seed)

    words = VOICE.split()

    def batch() -> list[str]:
        return [" ".join(chance.choices(words, k=WORDS)) for _ in range(BURST)]

    encoder.encode_songs(batch())
    start, read = time.perf_counter(), 0
    while (passed := time.perf_counter() - start) < burst_s or not read:
        encoder.encode_songs(batch())
        read += BURST
    return read / passed


def _compared(report: Report) -> dict[str, dict[str, float | str]]:
    """Compare every other system with the first one by the first measure."""
    (first, *others), measure = report.systems, report.measures[0]
    own = report.by_request(first, measure)
    return {name: {"rival": first, "measure": measure} | _told(report, own, name, measure) for name in others}


def _told(report: Report, own: Mapping[str, float], name: str, measure: str) -> dict[str, float]:
    other = report.by_request(name, measure)
    found: Difference = compare([other[query] for query in own], list(own.values()))
    return {key: round(value, 4) for key, value in found._asdict().items()}


def _means(report: Report, system: str) -> dict[str, list[float]]:
    """Return each measure's mean with its bounds."""
    return {name: [round(value, 4) for value in report.interval(system, name)] for name in report.measures}


def _ran(report: Report) -> dict[str, Any]:
    """Say what was really run: different requests, the documents of the largest round, seeds, the first measure."""
    return {
        "n_queries": len(report.by_request(next(iter(report.systems)), report.measures[0])),
        "n_documents": max(len(drawn.documents) for drawn in report.rounds),
        "seeds": sorted({drawn.seed for drawn in report.rounds}),
        "measure": report.measures[0],
    }
