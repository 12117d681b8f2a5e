"""The three models side by side on the same songs, with topics and audio each for itself and both together.

Conventions
-----------
Each row is judged on songs of artists that it never saw. Its time, in seconds, is that of all it needs: encoding,
tuning and topics where it has them, and the search for a rate.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.training.irvine.bench import Bench, Stage
from songkin.training.irvine.head import Course, Fitted, chosen
from songkin.training.irvine.measures import Scores, scores

__all__ = ["Row", "inner", "judged", "optimised", "three_models"]

ALL = ("tuned", "topics", "audio")


class Row(NamedTuple):
    """One model's figures: its name, its scores on test, its time in seconds, the rate that was taken."""

    model: str
    scores: Scores
    time_s: float
    rate: float


def three_models(given: Bench, stage: Stage) -> list[Row]:
    """Judge the frozen model, the fine-tuned one, and tBERT bare, with topics, with audio, and with both.

    Audio alone stands beside where it is known: the small dense net, trained by Adam. A bench that was not tuned has no
    rows that need it.
    """
    rows = [_headed("frozen", given, stage.course, ("frozen",))]
    if "tuned" in given.parts:
        rows.append(_own_output(given, stage))
        rows += [
            _headed(" + ".join(("tBERT", *more)), given, stage.course, ("tuned", *more))
            for more in ((), ("topics",), ("audio",), ("topics", "audio"))
            if all(name in given.parts for name in more)
        ]
    if "audio" in given.parts:
        rows.append(_headed("audio alone", given, stage.course._replace(optimiser="adam"), ("audio",)))
    return rows


def optimised(given: Bench, course: Course, names: Sequence[str]) -> dict[str, Fitted]:
    """Train the whole tBERT head by each optimiser, at the rate of its grid that labels the songs to choose by best."""
    return {name: _chosen(given, course._replace(optimiser=name), _whole(given)) for name in names}


def judged(given: Bench, best: Fitted) -> Scores:
    """Judge a head of the whole tBERT on test."""
    return _scores(given, best.head.predict(given.beside(_whole(given))[given.sides.test]))


def inner(given: Bench, course: Course) -> NDArray[np.float32]:
    """Return the hidden layer of the whole tBERT's head for all songs (n, hidden), which songs are clustered by."""
    return _chosen(given, course, _whole(given)).head.inner(given.beside(_whole(given)))


def _whole(given: Bench) -> tuple[str, ...]:
    return tuple(name for name in ALL if name in given.parts)


def _headed(name: str, given: Bench, course: Course, parts: tuple[str, ...]) -> Row:
    began = time.perf_counter()
    best = _chosen(given, course, parts)
    predicted = best.head.predict(given.beside(parts)[given.sides.test])
    took = sum(given.times[part] for part in parts) + time.perf_counter() - began
    return Row(name, _scores(given, predicted), took, best.course.rate)


def _own_output(given: Bench, stage: Stage) -> Row:
    return Row(
        "fine-tuned, own output", _scores(given, given.own[given.sides.test]), given.times["tuned"], stage.slowly.rate
    )


def _scores(given: Bench, predicted: NDArray[np.int64]) -> Scores:
    return scores(given.moods[given.sides.test], predicted, commonest=given.commonest)


def _chosen(given: Bench, course: Course, parts: tuple[str, ...]) -> Fitted:
    return chosen(*given.split(parts), len(given.labelled.classes), course)
