"""Lists and mappings that were written into one cell: JSON, Python literals, printed numpy arrays, 'a; b'.

Python literals are scanned, not evaluated: "['a' 'b']" as numpy prints it holds two strings, and a scan cannot fail.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["pairs", "pieces"]

LIMIT = 200_000
BRACKETS = {"[": "]", "(": ")", "{": "}"}
STRING = r"""(?:"(?:[^"\\]|\\.)*+(?:"|\Z)|'(?:[^'\\]|\\.)*+(?:'|\Z))"""
QUOTED = re.compile(STRING, re.DOTALL)
KEYED = re.compile(rf"(?<!\\)({STRING})\s*:\s*({STRING}|[^\s,{{}}\[\]]+)", re.DOTALL)
WEIGHED = re.compile(rf"[\[(]\s*({STRING})\s*,\s*([-+.\deE]+)\s*[\])]", re.DOTALL)
ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
LETTERS = {"n": "\n", "t": "\t", "r": "\r"}
SIGNS = re.compile(r"[;|]")
COMMAS = re.compile(r"[;|,]")
ONE_NAME = re.compile(r",\s+(?:&|and\b)")


def pieces(value: Any, *, commas: bool = True) -> list[Any]:
    """Return the members of a list or of a literal of one, flat; a mapping gives its texts, a plain string its parts.

    Parts lie between ';' and '|', with `commas` also between ','; "Folk, World, & Country" is one all the same.
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, str):
        opened = literal(value)
        if opened is not None:
            return pieces(opened)
        parts = (COMMAS if commas and not ONE_NAME.search(value) else SIGNS).split(value)
        return [part.strip() for part in parts]
    if isinstance(value, Mapping):
        return _members(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [piece for member in value for piece in (_members(member) if _nested(member) else [member])]
    return [value]


def pairs(value: Any) -> list[tuple[Any, Any]] | None:
    """Return (name, number) pairs of a mapping, a list of pairs or a literal of one; None for anything else."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, str):
        opened = literal(value)
        return None if opened is None else pairs(opened)
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, list | tuple) and value and all(_pair(member) for member in value):
        return [(member[0], member[1]) for member in value]
    return None


def literal(spelt: str) -> Any:
    """Read a string that is a list, tuple or mapping in brackets; None for any other string, and for one too long."""
    spelt = spelt.strip()
    if not 2 <= len(spelt) <= LIMIT or BRACKETS.get(spelt[0]) != spelt[-1]:
        return None
    try:
        return json.loads(spelt)
    except (ValueError, RecursionError):
        return _scanned(spelt)


def _scanned(spelt: str) -> Any:
    if spelt[0] == "{" and (keyed := KEYED.findall(spelt)):
        return {_unquoted(key): _unquoted(member) for key, member in keyed}
    if weighed := WEIGHED.findall(spelt[1:-1]):
        return [(_unquoted(name), weight) for name, weight in weighed]
    if quoted := QUOTED.findall(spelt[1:-1]):
        return [_unquoted(member) for member in quoted]
    return [member.strip() for member in spelt[1:-1].split(",")]


def _unquoted(spelt: str) -> str:
    if spelt[0] not in "'\"":
        return spelt
    inner = spelt[1:-1] if len(spelt) > 1 and spelt[-1] == spelt[0] else spelt[1:]
    return ESCAPE.sub(_letter, inner) if "\\" in inner else inner


def _letter(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else LETTERS.get(found[3], found[3])


def _nested(member: Any) -> bool:
    return isinstance(member, Mapping | list | tuple)


def _members(member: Any) -> list[Any]:
    """Return the texts of a nested member: its 'name', its texts, else (word counts) its keys."""
    if not isinstance(member, Mapping):
        return [inner for inner in member if isinstance(inner, str)]
    if isinstance(member.get("name"), str):
        return [member["name"]]
    texts = [inner for inner in member.values() if isinstance(inner, str)]
    return texts or list(member)


def _pair(member: Any) -> bool:
    if not (isinstance(member, list | tuple) and len(member) == 2 and isinstance(member[0], str)):
        return False
    if isinstance(member[1], str):
        return bool(re.fullmatch(r"[-+]?\d+(?:\.\d+)?", member[1][:40]))
    return isinstance(member[1], int | float) and not isinstance(member[1], bool)
