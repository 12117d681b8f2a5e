"""What a listener says of a song: likes it, skips it, never again; each can be taken back where it was said."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from songkin.library import Library
from songkin.serve.http.asking import asker, library_of
from songkin.serve.page.links import local
from songkin.serve.page.problems import PageRoute
from songkin.serve.page.rendering import is_part, render

__all__ = ["router", "verdicts"]

NOTHING = "none"  # the verdict that takes one back

router = APIRouter(route_class=PageRoute)


def verdicts(library: Library, user: str) -> dict[str, str]:
    """Return what a user said of songs, by id."""
    return {told.song: told.verdict for told in library.opinions.all(user=user)}


@router.post("/feedback")
def feedback(
    request: Request,
    song: Annotated[str, Form()],
    verdict: Annotated[str, Form()],
    back: Annotated[str, Form()] = "/",
    at: Annotated[str, Form()] = "",
) -> Response:
    """Keep what is said of a song, or take it back, and return to where it was said.

    `at` is the place among the hits whose buttons are drawn again.
    """
    library, user = library_of(request), asker(request)
    if verdict == NOTHING:
        library.opinions.take_back(song, user=user)
    else:
        library.opinions.tell(song, verdict, user=user)
    if not is_part(request):
        return RedirectResponse(local(back), status_code=303)
    return _redrawn(request, library, song, "" if verdict == NOTHING else verdict, local(back), at)


def _redrawn(request: Request, library: Library, name: str, verdict: str, back: str, at: str) -> HTMLResponse:
    song = library.views.song(name)
    return render(request, "told.html", song=song, verdict=verdict, back=back, at=at if at.isdecimal() else "0")


@router.post("/exclusions/take-back")
def take_back(
    request: Request, exclusion: Annotated[str, Form()], back: Annotated[str, Form()] = "/"
) -> RedirectResponse:
    """Show what an exclusion hid again, and return to where it was seen."""
    library, user = library_of(request), asker(request)
    named = library.exclusion(exclusion, user=user)
    library.include(named.where, user=named.user)
    return RedirectResponse(local(back), status_code=303)
