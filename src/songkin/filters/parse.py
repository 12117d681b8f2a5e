"""Read `--where`: `genre:jazz,blues -tag:live year:1990..1999 artist:"Simon & Garfunkel"`.

Conventions
-----------
Spaces between terms mean AND, a comma OR, a leading '-' not; `a..b` includes both ends, either may be left open;
double quotes hold spaces and commas, "" inside them is one quote. Every error names the term, the value and the cure.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Sequence

from songkin.errors import FilterError
from songkin.filters.columns import ALIASES, FIELDS, Kind, kind_of, normal
from songkin.filters.terms import And, Between, Has, Is, Not, Or, Term

__all__ = ["parse"]

QUOTED = r'"(?:[^"]|"")*"'
SPLIT_QUOTES = re.compile(QUOTED)
SPLIT_TERMS = re.compile(rf'(?:{QUOTED}|[^\s"])+')
SPLIT_VALUES = re.compile(rf'(?:{QUOTED}|[^,"])+')
TRUTHS = {"true": True, "yes": True, "false": False, "no": False}
EXAMPLES = {"year": "1990..1999", "duration_s": "..240", "loudness_db": "-12..-5", "tempo_bpm": "90..120"}
SHOWN = 24  # names listed in an error


def parse(text: str, known: Iterable[str] = ()) -> Term | None:
    """Read a condition; `known` names the features the library has. Empty text gives None.

    Raises FilterError on an unknown field, an unusable value, an open quote or a word without a field.
    """
    text = text.replace("“", '"').replace("”", '"')
    if '"' in SPLIT_TERMS.sub("", text):
        raise FilterError(f'{text.strip()}: a quote is not closed; put one " before and one after the words')
    features = {name.casefold(): name for name in known}
    terms = [_term(written, features) for written in SPLIT_TERMS.findall(text)]
    if len(terms) < 2:
        return terms[0] if terms else None
    return And(tuple(terms))


def _term(written: str, features: dict[str, str]) -> Term:
    """Read one term: [-]field:value[,value...]."""
    negated = written.startswith("-")
    name, colon, rest = written.removeprefix("-").partition(":")
    if not colon or '"' in name:
        raise FilterError(
            f"{written}: which field is meant? A term is field:value, such as genre:{written.strip(',-') or 'jazz'}; "
            'quotes hold spaces (artist:"Nina Simone"), and a comma takes no space after it'
        )
    field = _field(name, written, features)
    values = [_unquoted(part) for part in SPLIT_VALUES.findall(rest)]
    if not values or rest.startswith(",") or rest.endswith(",") or ",," in SPLIT_QUOTES.sub('""', rest):
        raise FilterError(f"{written}: {field} has an empty value; write {field}:{_example(field)}, without spaces")
    term = READERS[kind_of(field)](field, values, written)
    return Not(term) if negated else term


def _field(name: str, written: str, features: dict[str, str]) -> str:
    """Return the field a name means; an unknown one names the nearest."""
    folded = name.strip().casefold().replace("-", "_")
    folded = ALIASES.get(folded, folded)
    if folded in FIELDS:
        return folded
    for key in (folded, name.casefold()):
        if key in features:
            return features[key]
    names = [*FIELDS, *sorted(features.values())]
    near = difflib.get_close_matches(folded, [*names, *ALIASES], n=1, cutoff=0.5)
    guess = f"did you mean '{ALIASES.get(near[0], near[0])}'? " if near else ""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    raise FilterError(f"{written}: there is no field '{name}'; {guess}Fields: {', '.join(names[:SHOWN])}{more}")


def _unquoted(part: str) -> str:
    """Take the quotes off, and read a doubled quote inside them as one."""
    return SPLIT_QUOTES.sub(lambda found: found[0][1:-1].replace('""', '"'), part)


def _text(field: str, values: Sequence[str], written: str) -> Term:
    return Is(field, _filled(field, values, written))


def _list(field: str, values: Sequence[str], written: str) -> Term:
    return Has(field, _filled(field, values, written))


def _filled(field: str, values: Sequence[str], written: str) -> tuple[str, ...]:
    """Return the values, none of which may come to nothing in its normal form."""
    if not all(normal(field, wanted) for wanted in values):
        raise FilterError(f"{written}: {field} has an empty value; write {field}:{_example(field)}")
    return tuple(values)


def _boolean(field: str, values: Sequence[str], written: str) -> Term:
    wrong = next((wanted for wanted in values if wanted.casefold() not in TRUTHS), None)
    if wrong is not None:
        raise FilterError(f"{written}: {field} takes true or false, not '{wrong}'")
    return Is(field, tuple(TRUTHS[wanted.casefold()] for wanted in values))


def _numbers(field: str, values: Sequence[str], written: str) -> Term:
    """Read numbers and ranges; several are alternatives."""
    singles = tuple(_number(field, wanted, written) for wanted in values if ".." not in wanted)
    ranges = [_range(field, wanted, written) for wanted in values if ".." in wanted]
    terms = [*([Is(field, singles)] if singles else []), *ranges]
    return terms[0] if len(terms) == 1 else Or(tuple(terms))


def _range(field: str, wanted: str, written: str) -> Between:
    low, _, high = wanted.partition("..")
    start = _number(field, low, written) if low else None
    stop = _number(field, high, written) if high else None
    if start is None and stop is None:
        raise FilterError(f"{written}: the range has no end; write {field}:{_example(field)}, or leave one end open")
    if start is not None and stop is not None and start > stop:
        raise FilterError(f"{written}: the range runs backwards; write {field}:{high}..{low}")
    return Between(field, start, stop)


def _number(field: str, wanted: str, written: str) -> float:
    try:
        number = float(wanted)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise FilterError(f"{written}: {field} takes a number or a range such as {_example(field)}, not '{wanted}'")
    return number


def _example(field: str) -> str:
    """Return a value that the field takes."""
    words = {Kind.TEXT: '"some words"', Kind.LIST: "jazz,blues", Kind.BOOLEAN: "true", Kind.NUMBER: "0.5..1"}
    return EXAMPLES.get(field, words[kind_of(field)])


READERS = {Kind.TEXT: _text, Kind.LIST: _list, Kind.BOOLEAN: _boolean, Kind.NUMBER: _numbers}
