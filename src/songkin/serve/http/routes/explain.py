"""Explain: how one song stands to a request, and word by word where they meet."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from songkin.errors import QueryError
from songkin.library import Library
from songkin.serve.heat import Layer, heat_json
from songkin.serve.http.asking import Asker, HeldLibrary
from songkin.serve.http.etags import answered
from songkin.serve.http.schemas import Answer, Asking, Name, Text, Told
from songkin.serve.payloads import answer_json

__all__ = ["router"]

router = APIRouter(tags=["explain"])
ATTENTION = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?")


class ExplainParams(Asking):
    """A song and the request to hold it against."""

    song: Name = Field(..., description="An id, a title, or 'artist - title'.")
    against: Text = Field(..., description="The request.", examples=["songs about leaving home"])


class HeatParams(ExplainParams):
    """Likewise, and which attention to show instead of what words add."""

    attention: Text = Field("", description="mean, a layer (2), or a head of one (2.5).")


class Standing(Answer):
    """The song as a hit, with its rank, null where it is not among the first, of how many songs."""

    rank: int | None
    of: int


class Heat(Told):
    """Parts of the song, the nearest first, and what each word adds to the cosine with the request."""

    query: dict[str, Any]
    song: dict[str, Any]
    parts: list[dict[str, Any]]
    notes: list[str]


@router.get("/explain", response_model=Standing, summary="Say how a song stands to a request")
def explain(request: Request, params: Annotated[ExplainParams, Query()], held: HeldLibrary, user: Asker) -> Response:
    """Answer exactly as `songkin explain SONG --against REQUEST --json` does."""
    served = held.now()
    return answered(request, served, user, lambda: _standing(served.library, params, user))


def _standing(library: Library, params: ExplainParams, user: str) -> dict[str, Any]:
    found = library.explain(params.song, params.against, user=user)
    own = answer_json(found.query, found.hits, found.notes, first=found.rank or 0)
    return {**own, "rank": found.rank, "of": found.of}


@router.get("/explain/heat", response_model=Heat, summary="Show word by word where a song meets a request")
def heat(request: Request, params: Annotated[HeatParams, Query()], held: HeldLibrary, user: Asker) -> Response:
    """Answer exactly as `songkin explain SONG --against REQUEST --heat --json` does."""
    served, layer = held.now(), _layer(params.attention)
    return answered(request, served, user, lambda: _heat(served.library, params, layer, user))


def _heat(library: Library, params: HeatParams, layer: Layer, user: str) -> dict[str, Any]:
    found = library.heat(params.song, params.against, by_attention=bool(params.attention), user=user)
    return heat_json(found, layer)


def _layer(attention: str) -> Layer:
    """Read which attention is meant: "mean", "2" or "2.5"; QueryError otherwise."""
    if attention in ("", "mean"):
        return Layer()
    found = ATTENTION.fullmatch(attention)
    if found is None:
        raise QueryError(f"attention takes mean, a layer (2) or a head of one (2.5), not '{attention[:40]}'")
    return Layer(int(found[1]), int(found[2]) if found[2] else None)
