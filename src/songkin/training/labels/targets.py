"""Targets: what is predicted of a song, as the numbers a head learns.

Conventions
-----------
Three kinds: "classes" (a genre, yes or no), "median" (below, or at or above the median of the training side) and
"regression" (a number in [0, 1]). Everything that is learnt of a target, its classes, its median, its range, comes from
the training side. A song that lacks a value is left out of that target, and counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.errors import TrainingError
from songkin.training.data.labelled import FEATURES, LabelledSong, Parts

__all__ = ["KINDS", "NAMES", "Side", "Target", "target"]

KINDS = ("classes", "median", "regression")
NUMBERS = ("year", "popularity", *FEATURES)
NAMES = ("genre", "explicit", *NUMBERS)
CLASSED = ("genre", "explicit", "mode")  # names that are classes unless a recipe says otherwise
RATIOS = ("valence", "energy", "danceability", "acousticness", "instrumentalness", "liveness", "speechiness")
FEWEST = 3  # songs a side needs


class Side(NamedTuple):
    """One side of one target: the songs' rows on that side, and what is true of them: class numbers or numbers."""

    rows: NDArray[np.int64]
    truth: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One target: its kind, the `classes` in order, what divides or bounds a number, and its three sides.

    `unknown` are classes of the validation and test sides that training never saw: their songs count as errors.
    """

    name: str
    kind: str
    classes: tuple[str, ...]
    unknown: tuple[str, ...]
    median: float | None
    low: float
    high: float
    train: Side
    valid: Side
    test: Side
    left_out: int

    @property
    def outputs(self) -> int:
        """How many numbers its head gives."""
        return len(self.classes) or 1

    def as_json(self) -> dict[str, object]:
        """Return what is needed to use its head."""
        found: dict[str, object] = {"kind": self.kind}
        found |= {"classes": list(self.classes)} if self.classes else {"low": self.low, "high": self.high}
        found |= {} if self.median is None else {"median": self.median}
        found |= {"unknown": list(self.unknown)} if self.unknown else {}
        return found | {"left_out": self.left_out}


def target(name: str, kind: str, parts: Parts) -> Target:
    """Read a target off the three sides of a split. TrainingError where it cannot be learnt, with the cure.

    An empty kind is the usual one: classes of genre, explicit and mode, halves of any other.
    """
    if name not in NAMES:
        raise TrainingError(f"there is no target '{name}'; targets are {', '.join(NAMES)}")
    own = kind or ("classes" if name in CLASSED else "median")
    if own not in KINDS or (own == "classes") != (name in CLASSED):
        fits = "classes" if name in CLASSED else "median or regression"
        raise TrainingError(f"target {name} is of the kind '{own}'; it is predicted as {fits}")
    return _classes(name, parts) if own == "classes" else _number(name, own, parts)


def _classes(name: str, parts: Parts) -> Target:
    told = [{row: own for row, song in enumerate(side) if (own := _class(song, name)) is not None} for side in parts]
    known = sorted(set(told[0].values()))
    unknown = sorted({own for side in told[1:] for own in side.values()} - set(known))
    number = {own: at for at, own in enumerate([*known, *unknown])}
    sides = [_side({row: float(number[own]) for row, own in side.items()}) for side in told]
    if len(known) < 2:
        one = f"one class, '{known[0]}'," if known else "no class"
        raise TrainingError(
            f"target {name} has {one} on the training side of {len(sides[0].rows)} songs; two are needed to learn it: "
            "take more songs, or leave it out of [labels] targets"
        )
    return _checked(name, "classes", sides, parts, classes=tuple(known), unknown=tuple(unknown))


def _number(name: str, kind: str, parts: Parts) -> Target:
    told = [{row: song.value(name) for row, song in enumerate(side)} for side in parts]
    given = [{row: own for row, own in side.items() if own is not None} for side in told]
    values = list(given[0].values())
    if len(set(values)) < 2:
        all_one = f"is {values[0]:g} for all" if values else "is known of none"
        raise TrainingError(
            f"target {name} {all_one} of {len(parts.train)} training songs; nothing can be learnt of it: "
            "take more songs, or leave it out of [labels] targets"
        )
    if kind == "regression":
        low, high = (0.0, 1.0) if name in RATIOS else (min(values), max(values))
        sides = [_side({row: (own - low) / (high - low) for row, own in side.items()}) for side in given]
        return _checked(name, kind, sides, parts, low=low, high=high)
    median = float(np.median(values))
    sides = [_side({row: float(own >= median) for row, own in side.items()}) for side in given]
    if sides[0].truth.min() == sides[0].truth.max():
        raise TrainingError(
            f"target {name}: no training song lies below the median, {median:g}; half of the songs share one value: "
            "leave it out of [labels] targets"
        )
    return _checked(name, kind, sides, parts, classes=("low", "high"), median=median)


def _checked(
    name: str,
    kind: str,
    sides: Sequence[Side],
    parts: Parts,
    *,
    classes: tuple[str, ...] = (),
    unknown: tuple[str, ...] = (),
    median: float | None = None,
    low: float = 0.0,
    high: float = 1.0,
) -> Target:
    for side, what in zip(sides, ("training", "validation", "test"), strict=True):
        if len(side.rows) < FEWEST:
            raise TrainingError(
                f"target {name} is known of {len(side.rows)} songs on the {what} side; {FEWEST} are needed at least: "
                "take more songs, or leave it out of [labels] targets"
            )
    left_out = sum(map(len, parts)) - sum(len(side.rows) for side in sides)
    train, valid, test = sides
    return Target(
        name=name,
        kind=kind,
        classes=classes,
        unknown=unknown,
        median=median,
        low=low,
        high=high,
        train=train,
        valid=valid,
        test=test,
        left_out=left_out,
    )


def _class(song: LabelledSong, name: str) -> str | None:
    if name == "genre":
        return song.genre
    own = song.value(name)
    words: Mapping[str, tuple[str, str]] = {"explicit": ("clean", "explicit"), "mode": ("minor", "major")}
    return None if own is None else words[name][own >= 0.5]


def _side(known: Mapping[int, float]) -> Side:
    return Side(np.array(list(known), np.int64), np.array(list(known.values()), np.float32))
