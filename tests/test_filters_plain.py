"""Conditions are said briefly where a person reads them."""

from __future__ import annotations

import pytest

from songkin.filters import parse
from songkin.filters.plain import each_of, plainly
from songkin.filters.terms import And, Between, Except, Has, Is, Or, Term

CASES: tuple[tuple[Term, str], ...] = (
    (Has("genre", ("jazz",)), "genre is jazz"),
    (Has("genre", ("a", "b", "c", "d")), "genre is a, b, c or d"),
    (Has("genre", ("a", "b", "c", "d", "e")), "genre is a, b, c or 2 more"),
    (Between("year", 1999, 1999), "year is 1999"),
    (Between("year", 1980, 1989), "year from 1980 to 1989"),
    (Between("duration_s", None, 240), "length up to 4:00"),
    (Between("duration_s", 90, 150), "length from 1:30 to 2:30"),
    (Between("valence"), "valence is known"),
    (Between("plays", 10_000, None), "plays from 10000"),
    (Is("explicit", (False,)), "not explicit"),
    (Is("instrumental", (True,)), "instrumental"),
    (Is("year", (1968.0,)), "year is 1968"),
    (Except(Has("tag", ("drums",))), "not tag is drums"),
    (Or((Has("genre", ("jazz",)), Has("tag", ("jazz",)))), "(genre is jazz or tag is jazz)"),
    (And(()), "any song"),
    (Or(()), "no song"),
)


@pytest.mark.parametrize(("term", "said"), CASES, ids=[said for _, said in CASES])
def test_a_condition_is_said_briefly(term: Term, said: str) -> None:
    assert plainly(term) == said


def test_what_is_asked_for_together_comes_apart() -> None:
    both = And((And((Has("genre", ("jazz",)), Between("year", 1990, None))), Is("explicit", (False,))))
    assert [plainly(term) for term in each_of(both)] == ["genre is jazz", "year from 1990", "not explicit"]


def test_a_condition_of_one_term_is_one() -> None:
    assert len(each_of(parse("year:1990..1999"))) == 1
