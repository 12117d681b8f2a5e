"""How many songs the conditions of a request leave: each alone, all together, and all but one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from songkin.filters import And
from songkin.filters.plain import each_of, plainly
from songkin.filters.terms import Term
from songkin.library.excluding import Excluding
from songkin.search.spelling import spelling
from songkin.store import Store
from songkin.types import Query

__all__ = ["Condition", "Sieved", "sieved"]


class Condition(NamedTuple):
    """One hard condition: in brief words, how many songs meet it alone, and how many meet all the others."""

    words: str
    term: Term
    songs: int
    without: int


class Sieved(NamedTuple):
    """How many songs there are, how many exclusions leave, how many the conditions leave, and each condition."""

    songs: int
    shown: int
    left: int
    conditions: tuple[Condition, ...] = ()


def sieved(store: Store, excluding: Excluding, query: Query) -> Sieved:
    """Count what each hard condition of a query leaves of the songs its user may see."""
    terms = each_of(query.where) if query.where else ()
    written = spelling(store) if terms else {}
    conditions = tuple(
        Condition(
            plainly(term, written),
            term,
            _count(store, excluding, query, (term,)),
            _count(store, excluding, query, tuple(other for other in terms if other is not term)),
        )
        for term in terms
    )
    everything = _count(store, excluding, query, ())
    left = _count(store, excluding, query, terms) if terms else everything
    return Sieved(store.counts().songs, everything, left, conditions)


def _count(store: Store, excluding: Excluding, query: Query, terms: Sequence[Term]) -> int:
    """Return how many songs that the user may see meet all of some terms."""
    where = And(tuple(terms)) if len(terms) > 1 else terms[0] if terms else None
    kept = excluding.kept(replace(query, where=where)).where
    return store.count(kept.sql() if kept else None)
