"""Conditions as a person reads them in a note: "genre is hiphop, rap, trap or 29 more", "length up to 4:00".

`Term.words` says a condition in full; this says it briefly, for a library may know forty genres by one name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from songkin.filters.terms import And, Between, Except, Has, Is, Not, Or, Term

__all__ = ["each_of", "plainly"]

AS_COMPARED: Mapping[str, str] = MappingProxyType({})
SHOWN = 3  # values of a list; of a longer one the rest is counted


def plainly(term: object, written: Mapping[str, str] = AS_COMPARED) -> str:
    """Return a condition briefly; one that is none of `songkin.filters` in its own words.

    `written` says how a value is spelt, by its normal form.
    """
    if isinstance(term, Between):
        return _range(term)
    if isinstance(term, Has | Is):
        return _one_of(
            term.field, [written.get(value, value) if isinstance(value, str) else value for value in term.values]
        )
    if isinstance(term, And):
        return " and ".join(plainly(part, written) for part in term.terms) or "any song"
    if isinstance(term, Or):
        parts = [plainly(part, written) for part in term.terms]
        return f"({' or '.join(parts)})" if len(parts) > 1 else (parts or ["no song"])[0]
    if isinstance(term, Not | Except):
        return f"not {plainly(term.term, written)}"
    return str(term.words()) if hasattr(term, "words") else str(term)


def each_of(term: object) -> tuple[Term, ...]:
    """Return the conditions that must all hold: those that an `And` joins, however deep, else the one."""
    if isinstance(term, And):
        return tuple(part for one in term.terms for part in each_of(one))
    return (term,) if isinstance(term, Term) else ()


def _one_of(field: str, values: Sequence[str | float | bool]) -> str:
    if len(values) == 1 and isinstance(values[0], bool):
        return field if values[0] else f"not {field}"
    said = [f"{value:g}" if isinstance(value, float) else str(value) for value in values]
    if len(said) > SHOWN + 1:
        said = [*said[:SHOWN], f"{len(said) - SHOWN} more"]
    return f"{field} is {', '.join(said[:-1])}{' or ' if len(said) > 1 else ''}{said[-1]}"


def _range(term: Between) -> str:
    if term.low is None and term.high is None:
        return f"{term.field} is known"
    name = "length" if term.field == "duration_s" else term.field
    low, high = (None if end is None else _written(term.field, end) for end in (term.low, term.high))
    if low == high:
        return f"{name} is {low}"
    if low is None:
        return f"{name} up to {high}"
    return f"{name} from {low}" if high is None else f"{name} from {low} to {high}"


def _written(field: str, end: float) -> str:
    if field == "duration_s":
        return f"{int(end) // 60}:{int(end) % 60:02d}"
    return f"{end:g}" if abs(end) < 10_000 else str(int(end))
