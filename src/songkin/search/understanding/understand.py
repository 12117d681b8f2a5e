"""A sentence -> Query: each concept reads what it knows, and what was read is not read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

from songkin.search.understanding.artists import read_artists
from songkin.search.understanding.genres import read_genres
from songkin.search.understanding.joining import joined
from songkin.search.understanding.languages import read_languages
from songkin.search.understanding.lengths import read_lengths, read_tempo
from songkin.search.understanding.negation import read_negations
from songkin.search.understanding.periods import read_periods
from songkin.search.understanding.seeds import read_seeds
from songkin.search.understanding.sentence import READ_AT_MOST, Reading, Sentence
from songkin.search.understanding.titles import is_title
from songkin.search.understanding.vocabulary import Vocabulary
from songkin.search.understanding.voices import read_explicit, read_seasons, read_voices
from songkin.search.understanding.wishes import read_wishes
from songkin.types import Query

__all__ = ["Understood", "understand"]

Reader = Callable[[Sentence, Vocabulary], Iterable[Reading]]


class Understood(NamedTuple):
    """The query a sentence asks for, what to say about it, and what each stretch of it was taken for."""

    query: Query
    notes: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()

    @property
    def said(self) -> str:
        """What was understood beyond words, in one line; '' where nothing was."""
        parts = [f"not: {r.said}" if r.negated or (r.avoid and not r.targets) else r.said for r in self.readings]
        return " · ".join(dict.fromkeys(part for part in parts if part))


def understand(
    text: str, vocabulary: Vocabulary, *, query: Query | None = None, today: int | None = None
) -> Understood:
    """Read a request in plain words; what `query` says already holds, and the text joins it.

    `today` is the year that "this year" and "the last five years" count from; the library's newest year when None.
    Text that is a title of the library, and text without conditions, stays as it is.
    """
    query = replace(query or Query(), text=text)
    sentence = Sentence.of(text, seeded=bool(query.like))
    readings: list[Reading] = []

    def periods(sentence: Sentence, vocabulary: Vocabulary) -> Iterable[Reading]:
        return read_periods(sentence, vocabulary, today)

    rest = sentence
    readers: tuple[Reader, ...] = (
        read_seeds, periods, read_lengths, read_tempo, read_seasons, read_artists, read_languages, read_explicit,
        read_voices, read_wishes, read_genres, read_negations,
    )  # fmt: skip
    for reader in readers:
        found = _apart(reader(rest, vocabulary))
        readings += found
        rest = rest.without(found)
    if not readings or is_title(text, vocabulary):
        return Understood(query)
    readings.sort(key=lambda reading: reading.start)
    told, notes = joined(sentence, readings, vocabulary, query)
    if len(text) > READ_AT_MOST:
        notes += (f"conditions were looked for in the first {READ_AT_MOST:,} characters; the rest is words",)
    return Understood(told, notes, tuple(readings))


def _apart(readings: Iterable[Reading]) -> list[Reading]:
    """Keep readings that do not overlap, the first of two."""
    kept: list[Reading] = []
    for reading in sorted(readings, key=lambda reading: (reading.start, -reading.end)):
        if not kept or reading.start >= kept[-1].end:
            kept.append(reading)
    return kept
