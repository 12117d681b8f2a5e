"""The library as a view of the page: what it holds and lacks, and what users decided, each to be taken back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from songkin.errors import QueryError, SongkinError
from songkin.library import Library
from songkin.serve.http.asking import OWNER, asker, held_of
from songkin.serve.page.library_views import lacks, parts, vectors
from songkin.serve.page.map_songs import title_of
from songkin.serve.page.problems import PageRoute
from songkin.serve.page.rendering import render

__all__ = ["router"]

LEAST_SHARE = 0.001  # a language that fewer songs have is counted with the rest
router = APIRouter(include_in_schema=False, route_class=PageRoute)
Text = Annotated[str, Form()]


@router.get("/library")
def shown(request: Request) -> Response:
    """Show what the library holds, what it lacks, and what was decided."""
    return _shown(request)


def _shown(request: Request, *, status: int = 200, problem: str = "") -> Response:
    library, user = held_of(request).library, asker(request)
    about = library.info()
    return render(
        request, "library.html", status=status, problem=problem, about=about, title=title_of(library), user=user,
        lacks=lacks(about), languages=parts(about["languages"], about["songs"]), vectors=vectors(about),
        genres=parts(about["genres"], about["songs"]), left=library.left(user=user),
        exclusions=library.exclusions(user=user), opinions=library.opinions.all(user=user)[::-1],
        tokens=_tokens(request, library),
    )  # fmt: skip


def _tokens(request: Request, library: Library) -> list[Any]:
    """Return the tokens to list: all of them, or to who came with a token those in the same name."""
    owner = request.scope.get(OWNER)
    return [token for token in library.tokens.all() if owner is None or token.user == owner.user]


@router.post("/library/exclude")
def excluded(request: Request, where: Text = "") -> Response:
    """Never show songs that meet a condition to the user who asks."""
    try:
        if not where.strip():
            raise QueryError("the condition is empty; write what you never want to see, as season:christmas")
        held_of(request).library.exclude(where, user=asker(request))
    except SongkinError as error:
        return _shown(request, status=400, problem=str(error))
    return RedirectResponse("/library#exclusions", status_code=303)


@router.post("/library/undo")
def undone(request: Request, exclusion: Text = "", opinion: Text = "", opinions: Text = "") -> Response:
    """Take back an exclusion by its text, an opinion by its song's id, or (`opinions` = all) every opinion."""
    library, user = held_of(request).library, asker(request)
    try:
        if exclusion:
            library.include(exclusion, user=user)
        elif opinions == "all":
            library.opinions.clear(user=user)
        elif opinion:
            library.opinions.take_back(opinion, user=user)
        else:
            raise QueryError("nothing was named to take back; reload the page and try again")
    except SongkinError as error:
        return _shown(request, status=400, problem=str(error))
    return RedirectResponse(f"/library#{'exclusions' if exclusion else 'opinions'}", status_code=303)
