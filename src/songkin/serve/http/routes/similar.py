"""Similar: songs like others of the library, or like one that is described by its words and features."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from songkin.library import Library
from songkin.serve.http.answers import Json
from songkin.serve.http.asking import Asked, Asker, HeldLibrary
from songkin.serve.http.etags import answered
from songkin.serve.http.schemas import Answer, SimilarBody, SimilarParams
from songkin.serve.http.wanted import similar_body, similar_fields
from songkin.serve.payloads import answer_json

__all__ = ["router"]

router = APIRouter(tags=["search"])


@router.get("/similar", response_model=Answer, summary="Find songs like others")
def similar(request: Request, params: Annotated[SimilarParams, Query()], held: HeldLibrary, user: Asker) -> Response:
    """Answer exactly as `songkin similar --json` does."""
    served, body = held.now(), similar_body(params)
    return answered(request, served, user, lambda: _found(served.library, body, user))


@router.post("/similar", response_model=Answer, summary="Find songs like one the library lacks")
def similar_whole(body: SimilarBody, library: Asked, user: Asker) -> Response:
    """Find songs like some of the library, or like one that is described by its lyrics and features."""
    return Json(_found(library, body, user))


def _found(library: Library, body: SimilarBody, user: str) -> dict[str, Any]:
    answer = library.similar(*body.songs, **similar_fields(library, body, user))
    return answer_json(answer.query, answer.hits, answer.notes)
