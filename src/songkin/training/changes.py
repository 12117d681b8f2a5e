"""A recipe with tables laid over its own, as a re-run of a paper trains it.

Conventions
-----------
Tables are laid key by key. The changed recipe is written as TOML, so that what lies beside the weights is what was
trained.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from songkin.training import recipes
from songkin.training.recipes import Recipe

__all__ = ["changed", "toml"]

DRAWN = "drawn-sets"
TASKS = ("teacher", "gpl", "contrastive")
VALIDATIONS = 6  # that a run of given steps has


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
