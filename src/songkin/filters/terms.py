"""The terms a condition is built from. Their SQL and their `truth` agree on every song, missing fields included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from songkin.filters.columns import Kind, column, kind_of, normal, value
from songkin.types import Song

__all__ = ["And", "Between", "Except", "Has", "Is", "Not", "Or", "Term"]

Scalar = str | float | bool
EXACT_INTEGERS = 2.0**53  # below it a float64 that is whole prints as an integer literal


class Term:
    """A condition with three truth values: True, False, or None where the song does not say."""

    __slots__ = ()

    def truth(self, song: Song) -> bool | None:
        """Return whether the condition holds for the song, None where a field it needs is missing."""
        raise NotImplementedError

    def matches(self, song: Song) -> bool:
        """Say whether the song certainly meets the condition."""
        return self.truth(song) is True

    def sql(self) -> str:
        """Return the condition over the store's filter columns, as DataFusion reads it."""
        raise NotImplementedError

    def words(self) -> str:
        """Return the condition as a person would say it."""
        raise NotImplementedError

    def fields(self) -> tuple[str, ...]:
        """Return the fields the condition looks at, each once."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Is(Term):
    """The field's one value is one of `values` (at least one)."""

    field: str
    values: tuple[Scalar, ...]

    def __post_init__(self) -> None:
        assert self.values, f"{self.field} is nothing at all"

    def truth(self, song: Song) -> bool | None:
        found = value(song, self.field)
        return None if found is None else found in [_comparable(self.field, wanted) for wanted in self.values]

    def sql(self) -> str:
        literals = [_literal(_comparable(self.field, wanted)) for wanted in self.values]
        if len(literals) == 1:
            return f"{column(self.field)} = {literals[0]}"
        return f"{column(self.field)} IN ({', '.join(literals)})"

    def words(self) -> str:
        return f"{self.field} is {_either(self.values)}"

    def fields(self) -> tuple[str, ...]:
        return (self.field,)


@dataclass(frozen=True, slots=True)
class Between(Term):
    """The number lies between `low` and `high`, both included; None leaves that end open."""

    field: str
    low: float | None = None
    high: float | None = None

    def truth(self, song: Song) -> bool | None:
        found = value(song, self.field)
        if found is None:
            return None
        assert isinstance(found, float), self.field
        return (self.low is None or found >= self.low) and (self.high is None or found <= self.high)

    def sql(self) -> str:
        bounds = [("=", self.low)] if self.low == self.high else [(">=", self.low), ("<=", self.high)]
        sides = [f"{column(self.field)} {sign} {_literal(bound)}" for sign, bound in bounds if bound is not None]
        return f"({' AND '.join(sides)})" if sides else f"({column(self.field)} = {column(self.field)})"

    def words(self) -> str:
        if self.low is None and self.high is None:
            return f"{self.field} is known"
        low = "" if self.low is None else f" from {_said(self.low)}"
        high = "" if self.high is None else f" {'up to' if self.low is None else 'to'} {_said(self.high)}"
        return f"{self.field}{low}{high}"

    def fields(self) -> tuple[str, ...]:
        return (self.field,)


@dataclass(frozen=True, slots=True)
class Has(Term):
    """The list field holds one of `values` (at least one), or several."""

    field: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        assert self.values, f"{self.field} is nothing at all"

    def truth(self, song: Song) -> bool | None:
        found = value(song, self.field)
        if found is None:
            return None
        assert isinstance(found, tuple), self.field
        return not set(found).isdisjoint(normal(self.field, wanted) for wanted in self.values)

    def sql(self) -> str:
        literals = ", ".join(_literal(normal(self.field, wanted)) for wanted in self.values)
        return f"array_has_any({column(self.field)}, [{literals}])"

    def words(self) -> str:
        return f"{self.field} is {_either(self.values)}"

    def fields(self) -> tuple[str, ...]:
        return (self.field,)


@dataclass(frozen=True, slots=True)
class And(Term):
    """All terms hold; no terms hold for every song."""

    terms: tuple[Term, ...]

    def truth(self, song: Song) -> bool | None:
        truths = [term.truth(song) for term in self.terms]
        return False if False in truths else None if None in truths else True

    def sql(self) -> str:
        return f"({' AND '.join(term.sql() for term in self.terms)})" if self.terms else "true"

    def words(self) -> str:
        return " and ".join(_grouped(term, Or) for term in self.terms) or "any song"

    def fields(self) -> tuple[str, ...]:
        return _once(self.terms)


@dataclass(frozen=True, slots=True)
class Or(Term):
    """At least one term holds; no terms hold for no song."""

    terms: tuple[Term, ...]

    def truth(self, song: Song) -> bool | None:
        truths = [term.truth(song) for term in self.terms]
        return True if True in truths else None if None in truths else False

    def sql(self) -> str:
        return f"({' OR '.join(term.sql() for term in self.terms)})" if self.terms else "false"

    def words(self) -> str:
        return " or ".join(_grouped(term, And) for term in self.terms) or "no song"

    def fields(self) -> tuple[str, ...]:
        return _once(self.terms)


@dataclass(frozen=True, slots=True)
class Not(Term):
    """The term is certainly false: a song that lacks its field fails too."""

    term: Term

    def truth(self, song: Song) -> bool | None:
        inner = self.term.truth(song)
        return None if inner is None else not inner

    def sql(self) -> str:
        return f"(NOT {self.term.sql()})"

    def words(self) -> str:
        return f"not {_grouped(self.term, And, Or)}"

    def fields(self) -> tuple[str, ...]:
        return self.term.fields()


@dataclass(frozen=True, slots=True)
class Except(Term):
    """The term is not known to hold: a song that lacks its field stays, unlike with `Not`.

    It looks at no field as far as an asker is concerned: no song is passed over for lacking one.
    """

    term: Term

    def truth(self, song: Song) -> bool:
        return self.term.truth(song) is not True

    def sql(self) -> str:
        return f"(({self.term.sql()}) IS NOT TRUE)"

    def words(self) -> str:
        return f"except {_grouped(self.term, And, Or)}"

    def fields(self) -> tuple[str, ...]:
        return ()


def _comparable(field: str, wanted: Scalar) -> Scalar:
    """Bring a wanted value into the form its column holds."""
    kind = kind_of(field)
    assert kind is not Kind.LIST, f"{field} is a list; use Has"
    if kind is Kind.TEXT:
        return normal(field, str(wanted))
    return bool(wanted) if kind is Kind.BOOLEAN else float(wanted) + 0.0


def _literal(wanted: Scalar) -> str:
    """Write a value as a SQL literal."""
    if isinstance(wanted, str):
        whole = wanted.encode("utf-8", "replace").decode("utf-8")  # half an emoji is in no song
        return "'" + whole.replace("'", "''") + "'"
    if isinstance(wanted, bool):
        return "true" if wanted else "false"
    exact = float(wanted) + 0.0
    return str(int(exact)) if exact.is_integer() and abs(exact) < EXACT_INTEGERS else repr(exact)


def _said(wanted: Scalar) -> str:
    return wanted if isinstance(wanted, str) else _literal(wanted)


def _either(values: Sequence[Scalar]) -> str:
    return " or ".join(_said(wanted) for wanted in values)


def _grouped(term: Term, *looser: type[Term]) -> str:
    return f"({term.words()})" if isinstance(term, looser) else term.words()


def _once(terms: Iterable[Term]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(field for term in terms for field in term.fields()))
