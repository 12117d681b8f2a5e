"""From what was read to a query: what filters, what only weighs, what contradicts, and which words stay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from songkin.filters.plain import plainly
from songkin.filters.terms import And, Between, Except, Has, Is, Or, Term
from songkin.search.understanding.hedges import hedged
from songkin.search.understanding.sentence import Reading, Sentence
from songkin.text.words import tokens, vocabulary
from songkin.types import Query

if TYPE_CHECKING:
    from songkin.search.understanding.vocabulary import Vocabulary

__all__ = ["joined", "left_words"]

ENOUGH = 0.5  # share of songs that must have a field before a condition on it filters
NOTHING_LEFT = "songs"
ANY = vocabulary("anything something everything any")  # no words to look for: "anything but jazz"
EDGES = re.compile(
    r"^(?:[\s,;.:\-]|\b(?:but|and|or|with|only|please|pls|thanks)\b(?!-))+|(?:[\s,;:\-]|\b(?:but|and|or|with|please|pls|thanks|is|it's|a|an|that|which)\b)+$",
    re.IGNORECASE,
)
CONFLICT = "cannot both hold; the later one only weighs"


def joined(
    sentence: Sentence, readings: Sequence[Reading], vocabulary: Vocabulary, query: Query
) -> tuple[Query, tuple[str, ...]]:
    """Return the query that a sentence and what was read of it ask for, and what to say about it."""
    notes = [reading.note for reading in readings if reading.note]
    wanted, prefer = _conditions(sentence, [r for r in readings if r.term and not r.negated], vocabulary, query, notes)
    denied, against = _denials(sentence, [r for r in readings if r.term and r.negated], wanted, query, notes)
    terms = [*([cast(Term, query.where)] if query.where else []), *wanted, *denied]
    targets: dict[str, float] = {}
    for reading in readings:
        targets |= reading.targets
    return replace(
        query,
        text=left_words(sentence, readings, bool(query.like or any(r.like for r in readings))),
        like=_once((*query.like, *(name for r in readings for name in r.like))),
        unlike=_once((*query.unlike, *(name for r in readings for name in r.unlike))),
        where=None if not terms else terms[0] if len(terms) == 1 else And(tuple(terms)),
        prefer=tuple(dict.fromkeys((*query.prefer, *prefer, *against))),
        avoid=_once((*query.avoid, *(words for r in readings for words in r.avoid))),
        targets=targets | dict(query.targets),
    ), tuple(dict.fromkeys(notes))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _conditions(
    sentence: Sentence, readings: Sequence[Reading], vocabulary: Vocabulary, query: Query, notes: list[str]
) -> tuple[list[Term], list[Term]]:
    """Return the conditions that filter and the ones that weigh, one a field."""
    hard: dict[str, tuple[Term, str]] = {}
    soft: list[Term] = []
    for reading in readings:
        term, field = cast(Term, reading.term), cast(Term, reading.term).fields()[0]
        said = sentence.written(reading.start, reading.end) or reading.said
        if reason := _weighs(sentence, reading, field, said, vocabulary, query):
            if vocabulary.known(field):
                soft.append(term)
            if reason != "by nature":
                notes.append(reason)
            continue
        if field not in hard:
            hard[field] = (term, said)
            continue
        both = _both(hard[field][0], term)
        if both is None:
            notes.append(f"'{hard[field][1]}' and '{said}' {CONFLICT}")
            soft.append(term)
        else:
            hard[field] = (both, f"{hard[field][1]} ... {said}")
    return [term for term, _ in hard.values()], soft


def _weighs(sentence: Sentence, reading: Reading, field: str, said: str, vocabulary: Vocabulary, query: Query) -> str:
    """Say why a condition does not filter; '' where it does, "by nature" where nobody expects it to."""
    known, songs = vocabulary.known(field), vocabulary.songs
    if not known:
        return f"no song here has {_a(field)}, so '{said}' is only words"
    if reading.weighs:
        return "by nature"
    if sentence.memory:
        return f"'{said}' weighs and does not filter: it is remembered, and people misremember"
    if field in (query.where.fields() if query.where else ()):
        return f"'{said}' weighs and does not filter: a condition on {field} was given apart"
    if _hedged(sentence, reading):
        return f"'{said}' weighs and does not filter: it is not said for certain"
    if known < ENOUGH * songs:
        return f"only {known:,} of {songs:,} songs have {_a(field)}, so '{said}' weighs and does not filter"
    return ""


def _a(field: str) -> str:
    name = {"duration_s": "length", "explicit": "mark of explicit words"}.get(field, field)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _hedged(sentence: Sentence, reading: Reading) -> bool:
    clause = sentence.clause(reading.start, reading.end)
    after = sentence.whole[clause[1] + 1 :]
    following = after[: sentence.clause(clause[1] + 1, clause[1] + 1)[1] - clause[1] - 1] if after else ""
    return hedged(sentence.whole, reading.start, reading.end, clause, following)


def _both(first: Term, second: Term) -> Term | None:
    """Join two conditions on one field: ranges meet, values are alternatives; None where they exclude each other."""
    if isinstance(first, Between) and isinstance(second, Between):
        low = max((x.low for x in (first, second) if x.low is not None), default=None)
        high = min((x.high for x in (first, second) if x.high is not None), default=None)
        return None if low is not None and high is not None and low > high else Between(first.field, low, high)
    if isinstance(first, Has) and isinstance(second, Has):
        return Has(first.field, tuple(dict.fromkeys(first.values + second.values)))
    if isinstance(first, Is) and isinstance(second, Is):
        if first.field in ("explicit", "instrumental"):
            return first if first.values == second.values else None
        return Is(first.field, tuple(dict.fromkeys(first.values + second.values)))
    return None


def _denials(
    sentence: Sentence, readings: Sequence[Reading], wanted: list[Term], query: Query, notes: list[str]
) -> tuple[list[Term], list[Term]]:
    """Return what keeps songs out, and what only weighs against them; songs that do not say are kept in."""
    hard: list[Term] = []
    soft: list[Term] = []
    for reading in readings:
        term = cast(Term, reading.term)
        clash = next((other for other in wanted if _excluded(other, term)), None)
        if clash is not None:
            notes.append(f"'{plainly(clash)}' and 'not {reading.said}' {CONFLICT}")
            soft.append(Except(term))
        elif reading.weighs or sentence.memory or _hedged(sentence, reading):
            soft.append(Except(term))
        else:
            hard.append(Except(term))
    return hard, soft


def _excluded(wanted: Term, denied: Term) -> bool:
    """Say whether no song can meet `wanted` once `denied` is kept out."""
    options = denied.terms if isinstance(denied, Or) else (denied,)
    for option in options:
        if isinstance(wanted, Has | Is) and isinstance(option, Has | Is) and wanted.field == option.field:
            return set(map(str, wanted.values)) <= set(map(str, option.values))
        if isinstance(wanted, Between) and isinstance(option, Between) and wanted.field == option.field:
            low = option.low is None or (wanted.low is not None and wanted.low >= option.low)
            high = option.high is None or (wanted.high is not None and wanted.high <= option.high)
            return low and high
    return False


def left_words(sentence: Sentence, readings: Sequence[Reading], seeded: bool) -> str:
    """Return the words that stay for the channels; "songs" where nothing is left and no seed stands in."""
    taken = sorted((r.start, r.end, r.instead) for r in readings if r.takes)
    if not taken:
        return sentence.text
    parts, at = [], 0
    for start, end, instead in taken:
        parts.append(sentence.text[at:start])
        parts.append(f" {instead} " if instead else " ")
        at = max(at, end)
    parts.append(sentence.text[at:])
    text = re.sub(r"\s+", " ", "".join(parts))
    text = re.sub(r"\s+([,;.!?])", r"\1", text)
    text = re.sub(r"([,;])(?:\s*[,;])+", r"\1", text)
    text = EDGES.sub("", text).strip(" ,;")
    if not ANY.issuperset(tokens(text)):
        return text
    return "" if seeded else NOTHING_LEFT
