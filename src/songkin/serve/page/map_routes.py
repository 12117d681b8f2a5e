"""The map as a view of the page: `/map`, the songs it shows, and the button that has it laid out.

Conventions
-----------
What may take long is done beside the requests, one at a time: who asks for the songs meanwhile is told to ask again.
"""

from __future__ import annotations

import gzip
import time

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from songkin.library import Library
from songkin.serve.counting import songs_counted
from songkin.serve.http.asking import asker, held_of
from songkin.serve.http.errors import error_json
from songkin.serve.map_page import SCRIPTS
from songkin.serve.page.map_laying import laying_of
from songkin.serve.page.map_songs import Written, map_songs_of, title_of
from songkin.serve.page.problems import PageRoute
from songkin.serve.page.rendering import render

__all__ = ["router"]

AT_ONCE = 10  # songs up to which a map needs no layout, and comes at once
AGAIN_S = 2  # seconds after which a browser looks again
QUICK_S = 1.5  # for a layout that is quick
PATIENCE_S = 8.0  # for songs that are being made

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/map")
def shown(request: Request) -> HTMLResponse:
    """Show the map; where none is kept, say what is to be done, or how far it is."""
    library, laying = held_of(request).library, laying_of(request)
    standing, songs = library.map_standing(), library.store.counts().songs
    if standing.kept or songs <= AT_ONCE:
        title = title_of(library)
        return render(request, "map_served.html", title=title, count=songs_counted(songs), scripts=SCRIPTS)
    again = AGAIN_S if laying.running else 0
    return render(request, "map_wanted.html", laying=laying, lacks=standing.lacks, songs=songs, again=again)


@router.get("/map/songs.json")
def songs(request: Request) -> Response:
    """Answer with the songs of the map, or with nothing new to a browser that has them; 202 while they are made."""
    library = held_of(request).library
    if not library.map_standing().kept and library.store.counts().songs > AT_ONCE:
        return _told(409, "map", "the map is not laid out yet; open /map and have it laid out, or run songkin map")
    written = _written(request, library)
    if isinstance(written, Response):
        return written
    headers = {"etag": written.tag, "cache-control": "private, no-cache", "vary": "accept-encoding, cookie"}
    if request.headers.get("if-none-match") == written.tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(written.packed, media_type="application/json", headers=headers)
    return Response(gzip.decompress(written.packed), media_type="application/json", headers=headers)


def _written(request: Request, library: Library) -> Written | Response:
    """Return the songs, or the answer that says why there are none yet."""
    made, laying, user = map_songs_of(request), laying_of(request), asker(request)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if written := made.known(library, user):
            return written
        laying.start(lambda: made.make(library, user))
        if laying.wait(until - time.monotonic()) and laying.failed:
            return _told(409, "map", laying.failed)
    said = {"seconds": laying.seconds}
    return JSONResponse(said, 202, {"retry-after": str(AGAIN_S), "cache-control": "no-store"})


def _told(status: int, code: str, message: str) -> Response:
    return JSONResponse(error_json(status, code, message), status, {"cache-control": "no-store"})


@router.post("/map/make")
def made(request: Request) -> RedirectResponse:
    """Have the map laid out beside the other requests, and show how far it is."""
    library, laying = held_of(request).library, laying_of(request)
    laying.start(lambda: library.map(fresh=library.map_standing().kept))
    laying.wait(QUICK_S)
    return RedirectResponse("/map", status_code=303)
