"""Line: the song a remembered line comes from."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from songkin.library import Library
from songkin.serve.http.answers import Json
from songkin.serve.http.asking import Asked, Asker, HeldLibrary
from songkin.serve.http.etags import answered
from songkin.serve.http.schemas import Answer, LineBody, LineParams
from songkin.serve.payloads import answer_json

__all__ = ["router"]

router = APIRouter(tags=["search"])


@router.get("/line", response_model=Answer, summary="Find the song a remembered line comes from")
def line(request: Request, params: Annotated[LineParams, Query()], held: HeldLibrary, user: Asker) -> Response:
    """Answer exactly as `songkin line --json` does: the song, the line as it is sung, and when."""
    served = held.now()
    grouped = not params.all_versions
    body = LineBody(text=params.q, where=params.where, grouped=grouped, k=params.k)
    return answered(request, served, user, lambda: _sung(served.library, body, user))


@router.post("/line", response_model=Answer, summary="Find the song a remembered line comes from")
def line_whole(body: LineBody, library: Asked, user: Asker) -> Response:
    """The same, for a line that is too long for an address."""
    return Json(_sung(library, body, user))


def _sung(library: Library, body: LineBody, user: str) -> dict[str, Any]:
    answer = library.line(body.text, where=body.where or None, k=body.k, grouped=body.grouped, user=user)
    return answer_json(answer.query, answer.hits, answer.notes)
