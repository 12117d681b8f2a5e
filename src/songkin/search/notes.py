"""What an answer owes the asker besides the hits: what could not be judged, what was not met, what was not found."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from songkin.filters import column
from songkin.search.condition import starts
from songkin.store import Store
from songkin.types import Hit, Query, Ranking

__all__ = ["notes", "unjudged"]

NEGATION = re.compile(r"\b(?:without|not|no|never|except)\s+(?:too\s+|about\s+|an?\s+|the\s+)*[^\W\d_]+", re.IGNORECASE)


def notes(store: Store, query: Query, ranking: Ranking, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Return the notes on an answer, in the order a person would want them."""
    said = [*unjudged(store, query), *_few(store, query, hits), *_unmet(store, query, hits)]
    return (*said, *_by_meaning_alone(query, ranking), *_read_as_words(query))


def unjudged(store: Store, query: Query) -> list[str]:
    """Count the songs that lack a field the query filters by or wishes for."""
    total = store.counts().songs
    fields = dict.fromkeys((*(query.where.fields() if query.where else ()), *query.targets))
    lacking = {name: store.lacking(column(name)) for name in fields}
    return [f"{count:,} of {total:,} songs have no {name}" for name, count in lacking.items() if count]


def _few(store: Store, query: Query, hits: Sequence[Hit]) -> list[str]:
    """Say how many songs meet the condition, where they do not fill the answer."""
    if len(hits) >= query.k or not query.where:
        return []
    total, met = store.counts().songs, store.count(query.where.sql())
    return [f"{met:,} of {total:,} songs meet the condition: {query.where.words()}"]


def _unmet(store: Store, query: Query, hits: Sequence[Hit]) -> list[str]:
    """Count the hits that do not go the wished way."""
    said = []
    for (name, wish), start in zip(query.targets.items(), starts(store, query, list(query.targets)), strict=True):
        if np.isnan(start):
            continue
        known = [hit.song.features[name] for hit in hits if name in hit.song.features]
        met = sum((value - start) * wish > 0 for value in known)
        if met < len(hits):
            direction, than = ("more" if wish > 0 else "less"), "the seed" if query.like else "the library's median"
            said.append(f"{met} of {len(hits)} hits have {direction} {name} than {than} ({start:.3g})")
    return said


def _by_meaning_alone(query: Query, ranking: Ranking) -> list[str]:
    """Say so when no word of the request stands in any song, for then scores only compare hits with each other."""
    asked = query.text.strip() and (not query.channels or "words" in query.channels)
    if not asked or not len(ranking) or set(ranking.parts) != {"meaning"}:
        return []
    which = "no song that meets the condition" if query.where else "no song"
    return [f"{which} holds a word of this request; these are the nearest in meaning, which may be far"]


def _read_as_words(query: Query) -> list[str]:
    """Say so where a request denies something: its words are looked for all the same."""
    denied = NEGATION.search(query.text)
    if not denied:
        return []
    cure = 'to keep songs out: --where "-tag:...", --unlike or --less'
    return [f"'{denied[0]}' was read as words, not as a condition; {cure}"]
