"""What came of labelling: how often systems are right, how well their chances hold, and who beats the best baseline.

Conventions
-----------
Measures lie in [0, 1]; of accuracy and macro-F1 more is better, of ECE, Brier and error less. Bounds and chances of
luck are taken over artists, not songs. `n` is how many songs a measure stands on; under 1,000 it is marked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.evaluation.calibration import reliability
from songkin.evaluation.labelling import Labeller, Labels
from songkin.evaluation.tallies import Tally, averaged, calibration, compare_by, interval_by, macro_f1, mean
from songkin.evaluation.tasks.labels import HIGH, MEASURES

__all__ = ["SMALL", "LabelReport", "compared", "rounded"]

SMALL = 1000
DIGITS = 4
TARGETS = {"genre": "genre", **{f"p_{name}_high": name for name in HIGH}, "p_happy": "mood", "explicit": "explicit"}
CLASSES = {**{f"p_{name}_high": ("low", "high") for name in HIGH}, "p_happy": ("sad", "happy")}

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LabelReport:
    """The measures of each system, in the order they ran; the first is the one on trial."""

    labels: Labels

    @cached_property
    def tallies(self) -> dict[str, dict[str, Tally]]:
        """Each system's measures, those that its columns allow and that a song stands behind."""
        found = {system.name: _measures(self.labels, system.name) for system in self.labels.systems}
        return {
            name: {measure: tally for measure, tally in own.items() if not math.isnan(tally.value)}
            for name, own in found.items()
        }

    def n(self) -> dict[str, dict[str, int]]:
        """Return how many songs of each class are judged, by label."""
        truth = self.labels.truth
        genres = {name: int((truth.genre == code).sum()) for code, name in enumerate(truth.genres)}
        return {"genre": genres} | {
            TARGETS[column]: {
                said: int((values == code).sum())
                for code, said in enumerate(CLASSES.get(column, ("not explicit", "explicit")))
            }
            for column, values in truth.chance.items()
        }

    def reliability(self) -> dict[str, dict[str, list[dict[str, float | None]]]]:
        """Return each system's bins, by label: of the genre it chose, and of every other chance."""
        found: dict[str, dict[str, list[dict[str, float | None]]]] = {}
        for system in self.labels.systems:
            chances = _chances(self.labels, system.name)
            found[system.name] = {
                name: [{key: rounded(value) for key, value in one._asdict().items()} for one in reliability(*given)]
                for name, given in chances.items()
            }
        return found

    def as_json(self) -> dict[str, Any]:
        """Return the contract's document: means with bounds of the first system, and of every system."""
        artists, counts = self.labels.truth.artists, self.n()
        systems = {
            name: {measure: [*map(rounded, interval_by(tally, artists))] for measure, tally in own.items()}
            for name, own in self.tallies.items()
        }
        totals = {name: sum(own.values()) for name, own in counts.items()}
        return {
            "task": "labels",
            "n_queries": len(artists),
            "measures": next(iter(systems.values()), {}),
            "systems": systems,
            "compared": compared(self.labels.systems, self.tallies, MEASURES, artists),
            "reliability": self.reliability(),
            "answered": {system.name: self._answered(system.name) for system in self.labels.systems},
            "n": totals,
            "small": [name for name, total in totals.items() if total < SMALL],
            "classes": counts,
            "artists": len(np.unique(artists)),
            "folds": self.labels.folds,
            "known": self.labels.known,
        }

    def _answered(self, system: str) -> dict[str, float | None]:
        """Return the share of songs that a system did not abstain on, by label."""
        truth, said = self.labels.truth, self.labels.said[system]
        found = {}
        if _genre_columns(self.labels, system):
            found["genre"] = mean(np.where(truth.genre >= 0, _genre(self.labels, system)[0] != -1, np.nan))
        for column, values in truth.chance.items():
            if column in said:
                found[TARGETS[column]] = mean(np.where(np.isnan(values), np.nan, ~np.isnan(said[column])))
        return {name: rounded(tally.value) for name, tally in found.items() if not math.isnan(tally.value)}


def _best_baseline(systems: Sequence[Labeller], tallies: Mapping[str, Mapping[str, Tally]], measure: str) -> str | None:
    """Return the baseline with the most of a measure; None where none has it."""
    own = {one.name: tallies[one.name][measure].value for one in systems if one.rival and measure in tallies[one.name]}
    return max(own, key=own.__getitem__) if own else None


def compared(
    systems: Sequence[Labeller],
    tallies: Mapping[str, Mapping[str, Tally]],
    measures: Sequence[str],
    artists: NDArray[np.int64],
) -> dict[str, dict[str, dict[str, Any]]]:
    """Compare every system that has a measure with the best baseline by it."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for measure in measures:
        rival = _best_baseline(systems, tallies, measure)
        for name, own in tallies.items():
            if rival is None or name == rival or measure not in own:
                continue
            told = compare_by(own[measure], tallies[rival][measure], artists)
            numbers = {key: rounded(value) for key, value in told._asdict().items()}
            found.setdefault(measure, {})[name] = {"rival": rival, **numbers}
    return found


def _measures(labels: Labels, system: str) -> dict[str, Tally]:
    """Return all measures of a system: those of MEASURES, then errors of estimates, calibration, Brier."""
    truth, said = labels.truth, labels.said[system]
    found: dict[str, Tally] = {}
    if _genre_columns(labels, system):
        codes = np.where(truth.genre >= 0, _genre(labels, system)[0], -1)
        found["genre accuracy"] = mean(np.where(truth.genre >= 0, codes == truth.genre, np.nan))
        found["genre macro-F1"] = macro_f1(codes, truth.genre, len(truth.genres))
    for column, name in TARGETS.items():
        if column in truth.chance and column in said:
            true = truth.chance[column]
            decided = np.where(np.isnan(true) | np.isnan(said[column]), -1, said[column] >= 0.5).astype(np.int64)
            if column == "explicit":
                found["explicit macro-F1"] = macro_f1(decided, np.where(np.isnan(true), -1, true), 2)
            else:
                found[f"{name} accuracy"] = mean(np.where(np.isnan(true), np.nan, decided == true))
    for name in HIGH:
        if name in said:
            found[f"{name} error"] = mean(abs(said[name] - truth.estimate[name]))
        if f"{name}_low" in said and f"{name}_high" in said:
            found[f"{name} in interval"] = mean(_within(said, name, truth.estimate[name]))
    for name, (chances, truths) in _chances(labels, system).items():
        found[f"{name} ECE"] = calibration(chances, truths)
    by_class = _genre_by_class(labels, system)
    if by_class:
        found["genre ECE by class"] = averaged(by_class)
    for name, (chances, truths) in _chances(labels, system).items():
        found[f"{name} Brier"] = mean((chances - truths) ** 2)
    return found


def _chances(labels: Labels, system: str) -> dict[str, tuple[Floats, Floats]]:
    """Return chances and truths (n,) by label: that the genre chosen is right, and every other chance as it stands."""
    truth, said = labels.truth, labels.said[system]
    found: dict[str, tuple[Floats, Floats]] = {}
    if _genre_columns(labels, system):
        codes, chances = _genre(labels, system)
        found["genre"] = chances, np.where(truth.genre >= 0, codes == truth.genre, np.nan)
    for column, name in TARGETS.items():
        if column in truth.chance and column in said and not _decided(said[column]):
            found[name] = said[column], truth.chance[column]
    return found


def _genre(labels: Labels, system: str) -> tuple[NDArray[np.int64], Floats]:
    """Return the code of the genre that a system holds most likely, and its chance, (n,) each.

    -1 = it abstains, and its chance is NaN; -2 = a genre that is not judged.
    """
    truth, columns = labels.truth, _genre_columns(labels, system)
    codes = np.array([truth.genres.index(name) if name in truth.genres else -2 for name in columns])
    chances = np.column_stack([labels.said[system][f"p_{name}"] for name in columns])  # (n, genres)
    if system in labels.named:
        chosen = np.array([columns.index(name) if name in columns else -1 for name in labels.named[system]])
        own = np.where(chosen >= 0, chances[np.arange(len(chosen)), chosen], np.nan)
        return np.where(chosen >= 0, codes[chosen], -1), own
    silent = np.isnan(chances).all(1)
    best = np.where(np.isnan(chances), -1.0, chances).argmax(1)
    return (
        np.where(silent, -1, codes[best]),
        np.where(silent, np.nan, np.take_along_axis(chances, best[:, None], 1)[:, 0]),
    )


def _genre_columns(labels: Labels, system: str) -> list[str]:
    """Return the genres that a system gives a chance."""
    names = [column.removeprefix("p_") for column in labels.said[system] if column.startswith("p_")]
    return [name for name in names if f"p_{name}" not in TARGETS]


def _genre_by_class(labels: Labels, system: str) -> list[Tally]:
    truth, said = labels.truth, labels.said[system]
    return [
        calibration(said[f"p_{name}"], np.where(truth.genre >= 0, truth.genre == code, np.nan))
        for code, name in enumerate(truth.genres)
        if f"p_{name}" in said
    ]


def _within(said: Mapping[str, Floats], name: str, values: Floats) -> Floats:
    """Return 1 where a value lies in the interval that was said, 0 where not, NaN where either is not known (n,)."""
    low, high = said[f"{name}_low"], said[f"{name}_high"]
    return np.where(np.isnan(low + high + values), np.nan, (low <= values) & (values <= high))


def _decided(chances: Floats) -> bool:
    """Say whether a column holds nothing but true and false."""
    return bool(np.isin(chances[~np.isnan(chances)], (0.0, 1.0)).all())


def rounded(value: float) -> float | None:
    """Round for JSON, which knows no NaN."""
    return None if math.isnan(value) else round(value, DIGITS)
