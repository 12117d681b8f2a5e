"""A round: one draw of a task, complete enough to judge any system that ranks.

Conventions
-----------
Ids are strings. A document is a sequence of texts: descriptors, or lines; an empty one cannot be found by its texts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

__all__ = ["Round", "first", "whole"]


@dataclass(frozen=True, slots=True)
class Round:
    """Documents id -> texts, requests id -> text, judgements request -> document -> relevance, kinds request -> kind.

    The judgements are in the order of the requests. `seed` names the draw. Where a request has `candidates`, it is
    these documents alone that it ranks.
    """

    seed: int
    documents: Mapping[str, Sequence[str]]
    requests: Mapping[str, str]
    judgements: Mapping[str, Mapping[str, float]]
    kinds: Mapping[str, str] = field(default_factory=dict)
    candidates: Mapping[str, Collection[str]] = field(default_factory=dict)

    @property
    def ceiling(self) -> float:
        """The share of requests, in [0, 1], that want a document with a text; no requests give 0."""
        met = (any(self.documents.get(name) for name in wanted) for wanted in self.judgements.values())
        return sum(met) / max(len(self.judgements), 1)


def first(drawn: Round, limit: int | None) -> Round:
    """Keep the first `limit` requests, and all documents; None keeps all."""
    if limit is None:
        return drawn
    requests = dict(islice(drawn.requests.items(), limit))
    judgements = {query: drawn.judgements[query] for query in requests}
    return replace(drawn, requests=requests, judgements=judgements)


def whole(drawn: Round) -> Round:
    """Write each document as one text, its texts joined by ", ": a set of descriptors; an empty one is a blank text."""
    return replace(drawn, documents={name: (", ".join(texts),) for name, texts in drawn.documents.items()})
