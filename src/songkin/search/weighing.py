"""How much each channel counts for a request, as learned for an encoder on training data.

Conventions
-----------
A fusion maps kinds of request to channels' weights. A kind is the part of songs asked about ("all", "description",
"lyrics"), or "recalled" for a request that recalls a song; where nothing is sung, "all" is "description". What a
request weighs itself comes first, what a fusion does not name is that of `BESIDE`, then of
`songkin.search.fuse.WEIGHTS`. A request that weighs both `lyrics` and `sound` splits its score between them: what it
does not name is silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from songkin.search.fuse import LYRICS, READING, WEIGHTS
from songkin.search.recalling import recalled
from songkin.store import Store
from songkin.types import Encoder, Query

__all__ = ["KINDS", "RECALLED", "Fusion", "fusion_of", "is_description", "kind_of", "weighed"]

Fusion = Mapping[str, Mapping[str, float]]

RECALLED = "recalled"
SOUND = "sound"
DESCRIPTION = "description"
KINDS = ("all", DESCRIPTION, "lyrics", RECALLED)
BESIDE: Fusion = {DESCRIPTION: {"meaning": 0.6, "words": 1.0}}  # where both tell how well a song fits, not who is best


def fusion_of(encoder: Encoder | None) -> Fusion:
    """Return the fusion saved with an encoder; empty for one that brings none, and without an encoder."""
    told: Fusion = getattr(encoder, "fusion", {})
    return told


def kind_of(query: Query, *, sung: bool = True) -> str:
    """Return the kind of a request; `sung` says whether the library holds lyrics."""
    if recalled(query) and sung:
        return RECALLED
    return DESCRIPTION if query.part == "all" and not sung else query.part


def is_description(query: Query, store: Store) -> bool:
    """Say whether a request is held against descriptions alone, and brings no song to compare them with."""
    return not query.like and not query.lyrics and kind_of(query, sung=store.counts().passages > 0) == DESCRIPTION


def weighed(query: Query, fusion: Fusion, *, sung: bool = True) -> Query:
    """Return the query with the weights its kind has learned; its own weights, seeds' fusion and strategies stay."""
    kind = kind_of(query, sung=sung)
    learned = {**BESIDE.get(kind, {}), **fusion.get(kind, {})}
    rest = _rest(query.weights)
    if query.like or query.strategy or not learned:
        return replace(query, weights={**rest, **query.weights}) if rest else query
    return replace(query, weights={**learned, **rest, **query.weights})


def _rest(weights: Mapping[str, float]) -> dict[str, float]:
    """Return the channels that a split between words and sound leaves out, at 0."""
    if LYRICS not in weights or SOUND not in weights:
        return {}
    return {name: 0.0 for name in WEIGHTS if name not in (*READING, *weights)}
