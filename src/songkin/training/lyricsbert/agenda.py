"""The agenda of the re-run: which recipes, learning rates and seeds are trained, and what a quick run changes.

Conventions
-----------
report.toml holds the agenda; a recipe for each architecture lies beside it. A cell is one recipe at one rate and seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from songkin.errors import TrainingError
from songkin.training.changes import changed
from songkin.training.recipes import Recipe
from songkin.training.tables import read_table, read_toml

__all__ = ["Agenda", "Cell", "Quick", "cells", "hurried", "read_agenda", "recipe_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    """What a quick run changes: the agenda's own `rates`, `seeds`, `draws`, and tables laid over every recipe."""

    rates: tuple[float, ...]
    seeds: tuple[int, ...] = (0,)
    draws: int = 100
    recipes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """A re-run: every one of `recipes` is trained at every one of `rates` with every one of `seeds`.

    Its vectors are measured on `draws` of the test side, drawn by `draw_seed`. The attention to `verse` is drawn at the
    rate `shown`, one of `rates`, of the first seed.
    """

    name: str
    recipes: tuple[str, ...]
    rates: tuple[float, ...]
    verse: str
    shown: float
    seeds: tuple[int, ...] = (0, 1, 2)
    draws: int = 500
    draw_seed: int = 0
    quick: Quick | None = None

    def __post_init__(self) -> None:
        if not self.recipes or not self.rates or not self.seeds or self.draws < 1:
            raise ValueError("recipes, rates and seeds name at least one each, draws is a number from 1")
        if min(self.rates) <= 0 or len(set(self.rates)) < len(self.rates) or self.shown not in self.rates:
            raise ValueError("rates are different numbers above 0, and shown is one of them")


class Cell(NamedTuple):
    """One training: a recipe's file, a learning rate, a seed."""

    recipe: str
    rate: float
    seed: int

    @property
    def architecture(self) -> str:
        """What the recipe's file is called."""
        return Path(self.recipe).stem

    @property
    def name(self) -> str:
        """What its folder is called."""
        return f"{self.architecture}-{self.rate:g}-{self.seed}"


def read_agenda(path: Path) -> Agenda:
    """Read an agenda. TrainingError names the file, the key, and the nearest known one."""
    return read_table(Agenda, read_toml(path), str(path))


def hurried(agenda: Agenda) -> Agenda:
    """Return the agenda of a quick run; TrainingError where it says none."""
    own = agenda.quick
    if own is None:
        raise TrainingError(f"{agenda.name} says no [quick]; add it to the agenda, or leave --quick out")
    shown = agenda.shown if agenda.shown in own.rates else own.rates[len(own.rates) // 2]
    return replace(agenda, rates=own.rates, seeds=own.seeds, draws=own.draws, shown=shown)


def cells(agenda: Agenda) -> list[Cell]:
    """Return all cells, a seed at a time, so that a run that is stopped has whole curves."""
    return [Cell(name, rate, seed) for seed in agenda.seeds for rate in agenda.rates for name in agenda.recipes]


def recipe_of(cell: Cell, place: Path, changes: Mapping[str, Any]) -> Recipe:
    """Read a cell's recipe beside the agenda `place`, with its rate and seed and with tables laid over it.

    It is validated once, after the last step: then all cells are measured after the same number of steps.
    """
    tables = {key: dict(value) for key, value in changes.items()}
    tables["optimiser"] = {**tables.get("optimiser", {}), "rate": cell.rate}
    read = changed(place.parent / cell.recipe, tables)
    last = {"validation": {"every": read.schedule.steps}}
    found = changed(place.parent / cell.recipe, {**tables, **last})
    return replace(found, seed=cell.seed)
