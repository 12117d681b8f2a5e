"""The agenda of a re-run: which recipes are trained, on which tests they are judged, and what a quick run changes.

Conventions
-----------
report.toml holds the agenda; recipes lie beside it. Changes are tables laid over a recipe's own, key by key; the
changed recipe is written as TOML, so that what lies beside the weights is what was trained.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from songkin.errors import TrainingError
from songkin.training import recipes
from songkin.training.recipes import Recipe
from songkin.training.tables import read_table

__all__ = ["HELD_OUT", "Agenda", "Quick", "changed", "hurried", "read_agenda", "toml"]

HELD_OUT = "held-out"
DRAWN = "drawn-sets"
TASKS = ("teacher", "gpl", "contrastive")
VALIDATIONS = 6  # that a run of given steps has


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
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TrainingError(f"{path}: cannot be read as TOML: {' '.join(str(error).split())}") from error
    return read_table(Agenda, tables, str(path))


def hurried(agenda: Agenda) -> Agenda:
    """Return the agenda of a quick run: what it says under [quick]."""
    return replace(agenda, limit=agenda.quick.limit, seeds=agenda.quick.seeds, tests=agenda.quick.tests)


def changed(path: Path, changes: Mapping[str, Any], *, steps: int | None = None) -> Recipe:
    """Read a recipe with tables laid over its own; "drawn-sets" is laid over its sources of that kind.

    A table of another task is left out. `steps` takes the place of the recipe's, and validation comes six times.
    """
    tables = tomllib.loads(recipes.read(path).text)
    foreign = [name for name in TASKS if name != tables["task"]]
    tables = _laid(tables, {key: value for key, value in changes.items() if key not in (DRAWN, *foreign)})
    if steps:
        tables = _laid(tables, {"schedule": {"steps": steps}, "validation": {"every": max(1, steps // VALIDATIONS)}})
    for source in tables.get("source", []):
        if source.get("kind") == DRAWN:
            source.update(changes.get(DRAWN, {}))
    return recipes.parse(toml(tables), path)


def toml(tables: Mapping[str, Any]) -> str:
    """Write tables as TOML: plain keys first, then [tables], then [[lists of tables]]."""
    plain = [f"{key} = {_value(value)}" for key, value in tables.items() if not _is_table(value)]
    for key, value in tables.items():
        if isinstance(value, Mapping):
            plain += ["", f"[{key}]", *(f"{name} = {_value(own)}" for name, own in value.items())]
        elif _is_table(value):
            for one in value:
                plain += ["", f"[[{key}]]", *(f"{name} = {_value(own)}" for name, own in one.items())]
    return "\n".join(plain) + "\n"


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and isinstance(value[0], Mapping))


def _value(value: Any) -> str:
    """Write a value: texts, numbers, truths and lists are the same in JSON, tables stand in braces."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_value(own)}" for key, own in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def _laid(tables: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay tables over others, key by key."""
    found = dict(tables)
    for key, value in over.items():
        own = found.get(key)
        found[key] = _laid(own, value) if isinstance(own, Mapping) and isinstance(value, Mapping) else value
    return found
