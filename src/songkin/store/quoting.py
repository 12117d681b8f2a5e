"""Values written into an SQL condition."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["one_of", "quoted"]


def quoted(text: str) -> str:
    """Write a string for SQL; one that no file can hold (half an emoji) becomes one that is no song's id."""
    return "'" + text.encode("utf-8", "replace").decode("utf-8").replace("'", "''") + "'"


def one_of(column: str, values: Iterable[str] | Iterable[int]) -> str:
    """Write the condition that a column holds one of some values, of which there is one at least."""
    return f"{column} IN ({', '.join(quoted(value) if isinstance(value, str) else str(value) for value in values)})"
