"""Conditions on songs: each can be said in words, checked on a song, and pushed down into the store as SQL.

Conventions
-----------
Truth has three values, as in SQL: a song that lacks a field makes its term unknown, and so its negation; only what is
certainly true matches. `Except` is the one term that keeps what is unknown. Text is compared in its normal form
(`term`), numbers as float64, `id` verbatim.
"""

from songkin.filters.columns import FIELDS, PREDICTED, Kind, column, columns, numbers, term
from songkin.filters.parse import parse
from songkin.filters.terms import And, Between, Except, Has, Is, Not, Or

__all__ = [
    "FIELDS",
    "PREDICTED",
    "And",
    "Between",
    "Except",
    "Has",
    "Is",
    "Kind",
    "Not",
    "Or",
    "column",
    "columns",
    "numbers",
    "parse",
    "term",
]
