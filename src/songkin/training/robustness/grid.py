"""Every system under every damage at every strength, measured once and kept.

Conventions
-----------
A cell is one system, damage, strength and side, a line of JSON in a file that only grows; a line that was torn off is
measured again. Sides: "asked" damages the songs asked for and leaves the others whole, "both" damages all. Strength 0
is one cell of each system, damage "" and side "": nothing is damaged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from songkin.evaluation.likeness import Resembling, judge_likeness
from songkin.evaluation.tasks.similar import Question, SungSong
from songkin.training.pairs.damage import DAMAGES
from songkin.training.robustness.lines import KeptLines, digest
from songkin.training.robustness.systems import Near, System

__all__ = ["MEASURES", "SIDES", "STRENGTHS", "Cell", "Point", "damaged", "measure_grid", "measured", "points"]

MEASURES = ("partial Spearman", "nDCG@10")
SIDES = ("asked", "both")
STRENGTHS = (0.1, 0.2, 0.4, 0.6)


class Point(NamedTuple):
    """Where a system is measured; strength 0 has no damage and no side."""

    damage: str
    strength: float
    side: str


class Cell(NamedTuple):
    """What a system measured at a point: by measure the value and its 95 % bounds."""

    system: str
    point: Point
    values: Mapping[str, Sequence[float | None]]


def points(strengths: Sequence[float] = STRENGTHS, damages: Sequence[str] = tuple(DAMAGES)) -> list[Point]:
    """Return where a system is measured: undamaged first."""
    found = [Point(damage, own, side) for damage in damages for own in strengths if own for side in SIDES]
    return [Point("", 0.0, ""), *found]


def measured(near: Near, question: Question, point: Point, *, seed: int = 0) -> dict[str, list[float | None]]:
    """Measure a fitted system at one point."""
    whole = [song.lyrics for song in question.songs]
    asked = [damaged(text, point, seed) for text in whole]
    closeness = near(asked, asked if point.side == "both" else whole)
    told = Resembling("it", "", lambda songs: lambda rows: closeness[rows])
    means: dict[str, list[float | None]] = judge_likeness("robustness", question, [told], MEASURES).as_json()[
        "measures"
    ]
    return means


@lru_cache(maxsize=20_000)  # every system is asked about the same texts
def damaged(text: str, point: Point, seed: int = 0) -> str:
    """Damage a text as a point says; undamaged it is the same text."""
    return DAMAGES[point.damage](text, point.strength, seed=seed) if point.damage else text


def measure_grid(
    question: Question,
    known: Sequence[SungSong],
    systems: Sequence[System],
    place: Path,
    *,
    at: Sequence[Point],
    seed: int = 0,
    tell: Callable[[str, Point], None] = lambda name, point: None,
) -> list[Cell]:
    """Measure systems, fitted to `known` songs, at the points; what `place` has of the same songs is not measured anew.

    `tell` hears of each cell before it is measured.
    """
    songs = _songs_digest(question.songs, known)
    had = KeptLines(place)
    found = []
    for system in systems:
        near: Near | None = None
        for point in at:
            key = digest([songs, system.name, system.mark, *point, seed])
            if key not in had:
                tell(system.name, point)
                near = near or system.fit(known)
                had[key] = measured(near, question, point, seed=seed)
            found.append(Cell(system.name, point, had[key]))
    return found


def _songs_digest(judged: Sequence[SungSong], known: Sequence[SungSong]) -> str:
    return digest([[[song.id, song.lyrics] for song in songs] for songs in (judged, known)])
