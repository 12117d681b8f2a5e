"""What an answer owes the asker besides the hits: what could not be judged, what was not met, what was not found."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np

from songkin.filters import PREDICTED, column
from songkin.filters.plain import each_of, plainly
from songkin.search.condition import STAGE_PARTS, starts
from songkin.search.features import of_seeds
from songkin.search.sound import Sound, silence
from songkin.search.spelling import spelling
from songkin.store import Store
from songkin.types import Hit, Query, Ranking

__all__ = ["fields_of", "lowered", "notes", "unjudged"]


def notes(store: Store, query: Query, ranking: Ranking, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Return the notes on an answer, in the order a person would want them."""
    said = [*unjudged(store, query), *_few(store, query, hits), *_unmet(store, query, hits)]
    said += _preferred(store, query, ranking)
    said += silence(store, query, spoke=Sound.name in ranking.parts)
    return (*said, *_by_meaning_alone(query, ranking), *_by_sound_alone(query, ranking))


def unjudged(store: Store, query: Query) -> list[str]:
    """Count the songs that lack a field the query filters by or wishes for."""
    total = store.counts().songs
    fields = dict.fromkeys((*fields_of(query), *query.targets))
    lacking = {name: store.lacking(column(name)) for name in fields}
    filtered = fields_of(query)
    return [
        f"{count:,} of {total:,} songs have no {name}{_predicted(store, name, filtered=name in filtered)}"
        for name, count in lacking.items()
        if count
    ]


def _predicted(store: Store, name: str, *, filtered: bool) -> str:
    """Say how many of the songs that lack a feature have it predicted from their words, and what that is good for."""
    predicted = f"{PREDICTED}{name}"
    if predicted not in store.features():
        return ""
    count = store.count(f"{column(name)} IS NULL AND {column(predicted)} IS NOT NULL")
    good = f"{predicted}:... filters by that" if filtered else "that stands in for it"
    return f"; for {count:,} it is predicted from their words, and {good}" if count else ""


def fields_of(query: Query) -> list[str]:
    """Return the fields that a query's conditions look at, hard ones first."""
    conditions = (*([query.where] if query.where else []), *query.prefer)
    return [name for where in conditions for name in where.fields()]


def _few(store: Store, query: Query, hits: Sequence[Hit]) -> list[str]:
    """Say how many songs meet the conditions, and each alone, where they do not fill the answer."""
    if len(hits) >= query.k or not query.where:
        return []
    total, met = store.counts().songs, store.count(query.where.sql())
    said = plainly(query.where, spelling(store))
    parts = each_of(query.where)
    if len(parts) > 1:
        said = "; ".join(f"{plainly(part, spelling(store))} ({store.count(part.sql()):,})" for part in parts)
    return [f"{met:,} of {total:,} songs meet the condition{'s' if len(parts) > 1 else ''}: {said}"]


def _unmet(store: Store, query: Query, hits: Sequence[Hit]) -> list[str]:
    """Count the hits that do not go the wished way."""
    said = []
    held = {name for seed in of_seeds(store, query) for name in seed} if query.targets else set()
    for (name, wish), start in zip(query.targets.items(), starts(store, query, list(query.targets)), strict=True):
        if np.isnan(start):
            continue
        known = [hit.song.measures[name] for hit in hits if name in hit.song.measures]
        met = sum((value - start) * wish > 0 for value in known)
        if met < len(hits):
            direction, than = ("more" if wish > 0 else "less"), _start_of(query, name, held)
            said.append(f"{met} of {len(hits)} hits have {direction} {name} than {than} ({start:.3g})")
    return said


def _start_of(query: Query, name: str, held: Set[str]) -> str:
    """Say what more or less of a feature is measured from; `held` are the features that seeds have."""
    if name not in held:
        return "the library's median"
    return "the seed" if query.like else "the given song"


def _preferred(store: Store, query: Query, ranking: Ranking) -> list[str]:
    """Count the hits that meet each soft condition."""
    shown = len(ranking)
    met = [int((store.truths(ranking.keys, where) == 1).sum()) for where in query.prefer] if shown else []
    return [
        f"{count} of {shown} hits: {plainly(where, spelling(store))} (it weighs, it does not filter)"
        for count, where in zip(met, query.prefer, strict=False)
    ]


def lowered(ranking: Ranking, query: Query) -> list[str]:
    """Count the songs that were lowered for what they hold, in the whole ranking and among its first `query.k`."""
    held = ranking.parts.get("avoid", np.zeros(0, np.float32)) < 0
    if not held.any():
        return []
    avoided, shown = " or ".join(f"'{said}'" for said in query.avoid), held[: query.k]
    still = f"{int(shown.sum())} of {len(shown)} hits still hold it" if shown.any() else "none is among the hits"
    return [f"{int(held.sum()):,} of {len(held):,} songs found hold {avoided} and were lowered; {still}"]


def _by_sound_alone(query: Query, ranking: Ranking) -> list[str]:
    """Say so when a seed has no words to compare, and nobody asked for its sound alone."""
    spoke = set(ranking.parts) - {*STAGE_PARTS}
    if not query.like or query.channels or query.weights or Sound.name not in spoke or spoke - {"sound", "features"}:
        return []
    by = "sound and features" if "features" in spoke else "sound"
    return [f"compared by {by} alone: no words of the seed, sung or said of it, are met in other songs"]


def _by_meaning_alone(query: Query, ranking: Ranking) -> list[str]:
    """Say so when no word of the request stands in any song, for then scores only compare hits with each other."""
    asked = query.text.strip() and (not query.channels or "words" in query.channels)
    if not asked or not len(ranking) or set(ranking.parts) - {*STAGE_PARTS} != {"meaning"}:
        return []
    which = "no song that meets the condition" if query.where else "no song"
    return [f"{which} holds a word of this request; these are the nearest in meaning, which may be far"]
