"""Let systems say how near songs are to each other, and judge them by rankings and by a rank correlation of pairs.

Conventions
-----------
Closeness is (m, n): a row a song that is asked for, a column each song, more is nearer, -inf = not named. Songs by the
artist that is asked for are struck out before anything is judged. Bounds and chances of luck are taken over artists.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.evaluation.compare import Interval
from songkin.evaluation.correlation import without
from songkin.evaluation.measures import Measure, measure
from songkin.evaluation.tallies import compare_by, drawn_groups, interval_by, mean
from songkin.evaluation.tasks.similar import Question, SungSong

__all__ = ["Closeness", "LikenessReport", "PairCorrelation", "Resembling", "judge_likeness"]

Floats = NDArray[np.float64]
Closeness = Callable[[NDArray[np.int64]], Floats]
AT_ONCE = 128  # songs asked for between two tellings
SAMPLES = 1000
DIGITS = 4


class Resembling(NamedTuple):
    """A system under test: its name, what it looks at, and how it gets to know the songs."""

    name: str
    says: str
    fit: Callable[[Sequence[SungSong]], Closeness]


@dataclass(frozen=True, slots=True)
class LikenessReport:
    """Values by system and measure, (asked,), and correlations with their bounds, in the order the systems ran."""

    task: str
    question: Question
    systems: Mapping[str, str]
    measures: tuple[str, ...]
    values: Mapping[str, Mapping[str, Floats]]
    correlations: Mapping[str, Mapping[str, Interval]]

    def as_json(self) -> dict[str, Any]:
        """Return the contract's document: means with bounds of the first system, and of every system."""
        asked = self.question.artists[self.question.asked]
        systems = {name: self._means(name, asked) for name in self.systems}
        return {
            "task": self.task,
            "n_queries": len(asked),
            "n_documents": len(self.question.songs),
            "artists": len(np.unique(self.question.artists)),
            "measures": next(iter(systems.values()), {}),
            "systems": systems,
            "compared": self._compared(asked),
        }

    def _means(self, name: str, asked: NDArray[np.int64]) -> dict[str, list[float | None]]:
        found = dict(self.correlations[name])
        found |= {own: interval_by(mean(values), asked) for own, values in self.values[name].items()}
        return {own: [*map(_rounded, found[own])] for own in self.measures}

    def _compared(self, asked: NDArray[np.int64]) -> dict[str, Any]:
        """Compare every system with the best one but itself, by the first measure that is one number a song."""
        own = next(name for name in self.measures if name in self.values[next(iter(self.values))])
        found = {}
        for name in self.systems:
            others = [other for other in self.systems if other != name]
            if not others:
                continue
            rival = max(others, key=lambda other: float(self.values[other][own].mean()))
            told = compare_by(mean(self.values[name][own]), mean(self.values[rival][own]), asked)
            found[name] = {"rival": rival, "measure": own, **{k: _rounded(v) for k, v in told._asdict().items()}}
        return found


def judge_likeness(
    task: str,
    question: Question,
    systems: Sequence[Resembling],
    measures: Sequence[str],
    *,
    tell: Callable[[int], None] | None = None,
) -> LikenessReport:
    """Judge each system by nDCG and P of its rankings, and by Spearman or partial Spearman over pairs of songs.

    `tell` is called with how many more songs a system was asked for.
    """
    judges = [measure(name) for name in measures if "Spearman" not in name]
    controls = {"partial Spearman": question.controls, "Spearman": ()}
    pairs = {
        name: PairCorrelation(question.relevance, controls[name], question.artists)
        for name in measures
        if name in controls
    }
    values: dict[str, dict[str, Floats]] = {}
    correlations: dict[str, dict[str, Interval]] = {}
    for system in systems:
        near = system.fit(question.songs)
        rows = np.arange(len(question.songs)) if pairs else question.asked
        closeness = np.where(np.isnan(question.relevance[rows]), -np.inf, _asked(near, rows, tell))
        correlations[system.name] = {name: pair(closeness) for name, pair in pairs.items()}
        ranked = closeness[question.asked] if pairs else closeness
        values[system.name] = {judge.name: _ranked(judge, ranked, question) for judge in judges}
    says = {system.name: system.says for system in systems}
    return LikenessReport(task, question, says, tuple(measures), values, correlations)


class PairCorrelation:
    """Spearman correlations with a relevance over the pairs that have one, both ways round; NaN = no pair.

    Each control (n,) is taken out twice, of the one song and of the other. Bounds are a bootstrap's over groups of
    songs (n,), in which a pair counts as often as both its songs are drawn; ranks, and what is taken out of them, stay
    those of all pairs.
    """

    def __init__(self, relevance: Floats, controls: Sequence[Floats], groups: NDArray[np.int64]) -> None:
        self._pairs = np.nonzero(~np.isnan(relevance))
        sides = [control[side] for control in controls for side in self._pairs]
        self._rest = without(sides, len(self._pairs[0]))
        self._right = self._rest(relevance[self._pairs])
        self._cells = [groups[side] for side in self._pairs]
        self._groups = int(groups.max(initial=-1)) + 1

    def __call__(self, closeness: Floats, *, seed: int = 0) -> Interval:
        """Return the correlation of closeness (n, n); without pairs, or where one side never changes, all are NaN."""
        left, right = self._rest(closeness[self._pairs]), self._right
        if not (left.any() and right.any()):
            return Interval(math.nan, math.nan, math.nan)
        whole = float((left * right).sum() / np.sqrt((left**2).sum() * (right**2).sum()))
        draws = drawn_groups(self._groups, SAMPLES, seed)
        xy, xx, yy = (((draws @ self._by_group(of)) * draws).sum(1) for of in (left * right, left**2, right**2))
        drawn = np.divide(xy, np.sqrt(xx * yy), out=np.full(len(xy), np.nan), where=(xx * yy) > 0)
        low, high = np.nanquantile(drawn, [0.025, 0.975])
        return Interval(whole, float(low), float(high))

    def _by_group(self, products: Floats) -> Floats:
        """Add up pairs of songs to pairs of groups, (groups, groups)."""
        size = self._groups
        sums = np.bincount(self._cells[0] * size + self._cells[1], products, minlength=size * size)
        return np.asarray(sums, np.float64).reshape(size, size)


def _asked(near: Closeness, rows: NDArray[np.int64], tell: Callable[[int], None] | None) -> Floats:
    """Ask in chunks, so that progress can be told; (m, n)."""
    found = []
    for start in range(0, len(rows), AT_ONCE):
        chunk = rows[start : start + AT_ONCE]
        found.append(near(chunk))
        if tell:
            tell(len(chunk))
    return np.concatenate(found)


def _ranked(judge: Measure, closeness: Floats, question: Question) -> Floats:
    """Return a measure of each song asked for, (m,); a cutoff is needed, and a song that is not named gains nothing."""
    cut = judge.cutoff or closeness.shape[1]
    gains = np.nan_to_num(question.relevance[question.asked])  # (m, n)
    best = np.argsort(-closeness, axis=1, kind="stable")[:, :cut]
    named = np.isfinite(np.take_along_axis(closeness, best, 1))
    own = np.where(named, np.take_along_axis(gains, best, 1), 0.0)
    own = np.pad(own, ((0, 0), (0, cut - own.shape[1])))
    ideal = -np.sort(-gains, axis=1)
    return np.array([judge.formula(row.tolist(), top[top > 0].tolist()) for row, top in zip(own, ideal, strict=True)])


def _rounded(value: float) -> float | None:
    """Round for JSON, which knows no NaN."""
    return None if math.isnan(value) else round(value, DIGITS)
