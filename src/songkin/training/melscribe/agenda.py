"""The agenda of a re-run: which recipes are trained, on which tests they are judged, and what a quick run changes.

Conventions
-----------
report.toml holds the agenda; recipes lie beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from songkin.training.tables import read_table, read_toml

__all__ = ["HELD_OUT", "Agenda", "Quick", "hurried", "read_agenda"]

HELD_OUT = "held-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    """What a quick run changes: the agenda's own `limit`, `seeds` and `tests`, and tables laid over the recipes."""

    limit: int = 200
    seeds: tuple[int, ...] = (0,)
    tests: tuple[str, ...] = (HELD_OUT,)
    teacher: dict[str, Any] = field(default_factory=dict)
    students: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """A re-run: one teacher, then the `recipes`, of which the first is compared with each of the others.

    `tests` are "held-out" (the tenth of the tracks that nothing was trained on), "mc", "mc_reco", or paths of
    LP-MusicCaps files; each is drawn with every one of `seeds`. `rivals` are untrained ("tf-idf", "shipped", a folder).
    `limit` requests a test, 0 = all; the first `shown` of each system are printed for every one of `requests`.
    """

    name: str
    teacher: str
    recipes: tuple[str, ...]
    tests: tuple[str, ...] = (HELD_OUT, "mc", "mc_reco")
    seeds: tuple[int, ...] = (0, 1, 2)
    rivals: tuple[str, ...] = ("tf-idf", "shipped")
    requests: tuple[str, ...] = ()
    limit: int = 0
    shown: int = 5
    quick: Quick = field(default_factory=Quick)

    def __post_init__(self) -> None:
        if not self.recipes or not self.tests or not self.seeds or self.limit < 0 or self.shown < 1:
            raise ValueError("recipes, tests and seeds name at least one each, limit is from 0, shown from 1")


def read_agenda(path: Path) -> Agenda:
    """Read an agenda. TrainingError names the file, the key, and the nearest known one."""
    return read_table(Agenda, read_toml(path), str(path))


def hurried(agenda: Agenda) -> Agenda:
    """Return the agenda of a quick run: what it says under [quick]."""
    return replace(agenda, limit=agenda.quick.limit, seeds=agenda.quick.seeds, tests=agenda.quick.tests)
