"""How much each channel counts for a request, as learned for an encoder on training data.

Conventions
-----------
A fusion maps kinds of request to channels' weights. A kind is the part of songs asked about ("all", "description",
"lyrics"), or "recalled" for a request that recalls a song. What a request weighs itself comes first, what a fusion does
not name is that of `songkin.search.fuse.WEIGHTS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from songkin.search.recalling import recalled
from songkin.types import Encoder, Query

__all__ = ["KINDS", "RECALLED", "Fusion", "fusion_of", "kind_of", "weighed"]

Fusion = Mapping[str, Mapping[str, float]]

RECALLED = "recalled"
KINDS = ("all", "description", "lyrics", RECALLED)


def fusion_of(encoder: Encoder | None) -> Fusion:
    """Return the fusion saved with an encoder; empty for one that brings none, and without an encoder."""
    told: Fusion = getattr(encoder, "fusion", {})
    return told


def kind_of(query: Query) -> str:
    """Return the kind of a request."""
    return RECALLED if recalled(query) else query.part


def weighed(query: Query, fusion: Fusion) -> Query:
    """Return the query with the weights its kind has learned; its own weights, and seeds' fusion, stay as they are."""
    if not fusion or query.like or not (learned := fusion.get(kind_of(query), {})):
        return query
    return replace(query, weights={**learned, **query.weights})
