"""What a request over HTTP wants of a library: its fields as `Library` takes them, however they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from songkin.errors import QueryError
from songkin.library import Library
from songkin.serve.http.schemas import SearchBody, SearchParams, SimilarBody, SimilarParams
from songkin.serve.payloads import named_numbers, names_in, targets_of
from songkin.types import Query

__all__ = ["Wanted", "search_body", "searched", "similar_body", "similar_fields"]


class Wanted(NamedTuple):
    """A request with the fields of `Query` that go with it, and what is to be said of its seeds."""

    request: Query | str
    more: dict[str, Any]
    notes: tuple[str, ...]


def search_body(params: SearchParams) -> SearchBody:
    """Return the flags of an address as a whole query."""
    return SearchBody.model_construct(**_flags(params), text=params.q, like=params.like, page=params.page,
                                      verbatim=params.verbatim)  # fmt: skip


def similar_body(params: SimilarParams) -> SimilarBody:
    """Return the flags of an address as a whole query."""
    return SimilarBody.model_construct(**_flags(params), songs=params.song)


def _flags(params: SearchParams | SimilarParams) -> dict[str, Any]:
    """Return the flags that both kinds of query have, read as the command line reads them."""
    same = ("where", "k", "more", "less", "unlike", "variety", "per_artist", "part", "strategy")
    own = {name: getattr(params, name) for name in same}
    named = {"weights": named_numbers(params.weights), "channels": list(names_in(params.channels))}
    return {**own, **named, "grouped": not params.all_versions}


def searched(library: Library, body: SearchBody, user: str) -> Wanted:
    """Return what a search wants, exactly as `songkin search` would ask for it."""
    liked, unliked = ([library.song(name) for name in names] for names in (body.like, body.unlike))
    own = _fields(library, body, user)
    own |= {"like": tuple(seed.song.id for seed in liked), "unlike": tuple(seed.song.id for seed in unliked)}
    notes = tuple(seed.note for seed in (*liked, *unliked) if seed.note)
    if body.verbatim:
        return Wanted(Query(text=body.text, **own), {}, notes)
    return Wanted(body.text, own, notes)


def similar_fields(library: Library, body: SimilarBody, user: str) -> dict[str, Any]:
    """Return what is wanted of songs like others, as `Library.similar` takes it."""
    own = _fields(library, body, user)
    return {**own, "unlike": tuple(body.unlike), "lyrics": body.lyrics, "features": body.features}


def _fields(library: Library, body: SearchBody | SimilarBody, user: str) -> dict[str, Any]:
    """Return the fields that both kinds of query have."""
    return {
        "k": body.k,
        "variety": body.variety,
        "per_artist": body.per_artist,
        "part": body.part,
        "grouped": body.grouped,
        "strategy": body.strategy,
        "weights": _weights(body.weights),
        "channels": tuple(body.channels),
        "where": library.where(body.where),
        "targets": targets_of(tuple(dict.fromkeys(body.more)), tuple(dict.fromkeys(body.less))),
        "user": user,
    }


def _weights(weights: Mapping[str, float]) -> dict[str, float]:
    below: Sequence[str] = [name for name, weight in weights.items() if weight < 0]
    if below:
        raise QueryError(f"the weight of '{below[0]}' is {weights[below[0]]:g}; weights start at 0")
    return dict(weights)
