"""The music file of one of the library's songs, for the page to play."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import FileResponse

from songkin.errors import QueryError
from songkin.serve.http.asking import library_of
from songkin.serve.music_file import sent
from songkin.serve.page.problems import PageRoute

__all__ = ["router"]

router = APIRouter(route_class=PageRoute)


@router.api_route("/audio/", methods=["GET", "HEAD"])
@router.api_route("/audio/{name:path}", methods=["GET", "HEAD"])
def audio(request: Request, name: str = "") -> FileResponse:
    """Answer with a song's music file: 200, 206 for a range, 416 for one beyond its end, 404 where there is none."""
    try:
        place = library_of(request).players.audio(name or request.query_params.get("id", ""))
    except QueryError as error:
        raise HTTPException(404, str(error)) from error
    return sent(place, ranges=request.headers.get("range"))
