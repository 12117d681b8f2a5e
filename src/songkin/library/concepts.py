"""What was understood of a request, piece by piece: what each stretch of it was taken for, and what became of that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from songkin.filters import Except
from songkin.filters.terms import Term
from songkin.library.sieving import Condition, Sieved
from songkin.search.understanding import Understood
from songkin.search.understanding.sentence import Reading

__all__ = ["KINDS", "Concept", "concepts"]

KINDS = ("filter", "weighs", "words", "like", "unlike", "avoid", "wish")


class Concept(NamedTuple):
    """A stretch of a request, from `start` to `end` of its text (NFC), and what it was taken for.

    `kind` is one of `KINDS`: a condition that filters, one that only weighs, or one that the library cannot judge; a
    seed, a song to keep away from, words to avoid, a wish. `denied` = its opposite is asked for. `songs` is how many
    songs meet a condition that filters, and `without` how many meet all others; None otherwise.
    """

    kind: str
    said: str
    start: int
    end: int
    words: str
    denied: bool = False
    songs: int | None = None
    without: int | None = None


def concepts(text: str, understood: Understood, counted: Sieved) -> tuple[Concept, ...]:
    """Return what the words of a request were taken for, in the order they stand there."""
    return tuple(_concept(text, reading, understood, counted.conditions) for reading in understood.readings)


def _concept(text: str, reading: Reading, understood: Understood, conditions: Sequence[Condition]) -> Concept:
    words = text[reading.start : reading.end].strip(" ,.;")
    said, denied = reading.said or words, reading.negated or bool(reading.avoid and not reading.targets)
    met = _filters(reading, understood.query.prefer, conditions)
    counts = (met.songs, met.without) if met else (None, None)
    kind = _kind(reading, understood.query.prefer, met)
    return Concept(kind, said, reading.start, reading.end, words, denied, *counts)


def _kind(reading: Reading, prefer: Iterable[object], met: Condition | None) -> str:
    """Say what became of a reading."""
    if reading.like or reading.unlike:
        return "like" if reading.like else "unlike"
    if reading.term is not None:
        if met:
            return "filter"
        return "weighs" if _either(reading.term, prefer) else "avoid" if reading.avoid else "words"
    if reading.targets:
        return "wish"
    return "avoid" if reading.avoid else "words"


def _filters(reading: Reading, prefer: Iterable[object], conditions: Sequence[Condition]) -> Condition | None:
    """Return the hard condition that a reading became, or was joined with; None where it filters nothing."""
    if reading.term is None or reading.weighs or _either(reading.term, prefer):
        return None
    exact = [one for one in conditions if _either(reading.term, [one.term])]
    fields = reading.term.fields()
    joined = [one for one in conditions if not reading.negated and fields and one.term.fields() == fields]
    return next(iter((*exact, *joined)), None)


def _either(term: Term, among: Iterable[object]) -> bool:
    """Say whether a condition, or that it is not met, is among some."""
    return any(other in (term, Except(term)) for other in among)
