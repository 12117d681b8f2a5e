"""Search: a request in plain words, with conditions, seeds and wishes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from songkin.serve.http.answers import Json
from songkin.serve.http.asking import Asker, HeldLibrary
from songkin.serve.http.etags import answered
from songkin.serve.http.held import Served
from songkin.serve.http.pages import link_to
from songkin.serve.http.schemas import Answer, SearchBody, SearchParams
from songkin.serve.http.wanted import search_body, searched
from songkin.serve.payloads import answer_json

__all__ = ["router"]

router = APIRouter(tags=["search"])


@router.get("/search", response_model=Answer, summary="Find songs for a request in plain words")
def search(request: Request, params: Annotated[SearchParams, Query()], held: HeldLibrary, user: Asker) -> Response:
    """Answer exactly as `songkin search --json` does; the `Link` header names the page before and the one after."""
    served, headers = held.now(), dict[str, str]()
    body = search_body(params)
    return answered(request, served, user, lambda: _found(request, served, body, user, headers), headers=headers)


@router.post("/search", response_model=Answer, summary="Find songs for a whole query")
def search_whole(request: Request, body: SearchBody, held: HeldLibrary, user: Asker) -> Response:
    """Answer a query that is too long for an address, or easier to write as JSON."""
    return Json(_found(request, held.now(), body, user, {}))


def _found(request: Request, served: Served, body: SearchBody, user: str, headers: dict[str, str]) -> object:
    """Return a page of an answer, and fill in the header that names its neighbours."""
    wanted = searched(served.library, body, user)
    page = served.library.search_page(wanted.request, page=body.page, **wanted.more)
    headers |= link_to(request, page=body.page, more=page.more)
    answer = page.answer
    return answer_json(answer.query, answer.hits, (*wanted.notes, *answer.notes), first=page.first)
