"""Errors as pages: what cannot be answered is said on a page of its own, with the status a program would get."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response

from songkin.errors import SongkinError
from songkin.serve.http.errors import refused, told, wrong
from songkin.serve.page.rendering import render

__all__ = ["PageRoute", "nowhere"]

DATA = "/map/songs.json"
TITLES = {
    400: "That cannot be asked",
    404: "There is no such page",
    409: "Not now",
    416: "There is no such stretch",
    422: "That cannot be asked",
    503: "The library cannot be read",
}


class PageRoute(APIRoute):
    """A route whose errors are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler that answers, or says why it cannot."""
        answer = super().get_route_handler()

        async def told_as_page(request: Request) -> Response:
            try:
                return await answer(request)
            except RequestValidationError as error:
                return _page(request, wrong(error))
            except (SongkinError, HTTPException) as error:
                if request.url.path == DATA:
                    raise  # a script asks
                return _page(request, error)

        return told_as_page


async def nowhere(request: Request, error: Exception) -> Response:
    """Answer where nothing is: a page for who reads pages, the one error shape for programs."""
    assert isinstance(error, HTTPException)
    program = request.url.path.startswith(("/api/", "/rest/"))
    reads = "text/html" in request.headers.get("accept", "") and not program
    if error.detail == HTTPStatus.NOT_FOUND.phrase:
        cure = "the bar above leads to all there is" if reads else "/api/v1/docs lists what programs may ask"
        error = HTTPException(404, f"nothing is at this address; {cure}")
    return _page(request, error) if reads else refused(error)


def _page(request: Request, error: Exception) -> Response:
    said = told(error)["error"]
    title = TITLES.get(said["status"]) or HTTPStatus(said["status"]).phrase
    answer = render(request, "problem.html", status=said["status"], title=title, problem=said["message"])
    answer.headers.update(getattr(error, "headers", None) or {})
    return answer
