"""TOML tables into frozen dataclasses: every key is known, of its type, and named with its place where it is not.

Conventions
-----------
A dataclass is a table, its fields are the keys, their defaults what holds where a key is absent; a field without a
default must be given. Lists become tuples. A place reads 'recipe.toml: [loss]'.
"""

from __future__ import annotations

import difflib
import math
import tomllib
import types
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from songkin.errors import TrainingError

__all__ = ["known", "read_table", "read_toml"]

T = TypeVar("T")
SAID = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    tuple: "a list",
    dict: "a table",
}


def read_toml(path: Path) -> dict[str, Any]:
    """Read the tables of a TOML file; TrainingError names it where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TrainingError(f"{path}: cannot be read as TOML: {' '.join(str(error).split())}") from error


def read_table(kind: type[T], table: Mapping[str, Any], place: str) -> T:
    """Make a dataclass of a table. TrainingError names the place, the key, and the nearest known one."""
    if not isinstance(table, Mapping):
        raise TrainingError(f"{place} is {table!r}; it is a table of {', '.join(own.name for own in _fields(kind))}")
    known(table, [own.name for own in _fields(kind)], place)
    cached: Any = kind
    hints = _hints(cached)
    given = {
        own.name: _value(hints[own.name], table[own.name], place, own.name)
        for own in _fields(kind)
        if own.name in table
    }
    for own in _fields(kind):
        if own.name not in given and own.default is MISSING and own.default_factory is MISSING:
            raise TrainingError(f"{place} says no '{own.name}'; add it: {_said(hints[own.name])}")
    try:
        return kind(**given)
    except ValueError as error:
        raise TrainingError(f"{place} {error}") from error


def known(table: Mapping[str, Any], names: Sequence[str], place: str) -> None:
    """Make sure that a table has only keys of these names; TrainingError names the nearest."""
    for key in table:
        if key not in names:
            near = difflib.get_close_matches(key, names, 1, 0.5)
            cure = f"did you mean '{near[0]}'? " if near else ""
            raise TrainingError(f"{place} has no key '{key}'; {cure}Keys: {', '.join(names) or 'none'}")


def _fields(kind: Any) -> tuple[Field[Any], ...]:
    return tuple(own for own in fields(kind) if own.init)


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(hint: Any, value: Any, place: str, key: str) -> Any:
    """Bring a value into its field's type; a whole number may stand for a number, nothing else for another."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        hint = next(own for own in get_args(hint) if own is not type(None))
        return _value(hint, value, place, key)
    if hint is Any:
        return value
    if isinstance(hint, type) and is_dataclass(hint):
        return read_table(hint, value, f"{place}.{key}" if "[" not in place else f"{place[:-1]}.{key}]")
    if origin is tuple and isinstance(value, list):
        return tuple(_value(get_args(hint)[0], one, place, f"{key}[{at}]") for at, one in enumerate(value))
    if origin is dict and isinstance(value, dict):
        return {name: _value(get_args(hint)[1], one, place, f"{key}.{name}") for name, one in value.items()}
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(value, place, key)
    plain = hint if isinstance(hint, type) else origin
    if plain is None or not isinstance(value, plain) or (isinstance(value, bool) and plain is not bool):
        raise TrainingError(f"{place} {key} is {value!r}; it takes {_said(hint)}")
    return value


def _finite(value: float, place: str, key: str) -> float:
    """Return a number; TrainingError for nan, inf, and whole numbers beyond what a number can be."""
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise TrainingError(f"{place} {key} is {number}; it takes a finite number")
    return number


def _said(hint: Any) -> str:
    origin = get_origin(hint)
    if origin is tuple:
        return f"a list of {_said(get_args(hint)[0])} each"
    if origin in (Union, types.UnionType):
        return _said(get_args(hint)[0])
    return SAID.get(origin or hint, "a table")
