"""Signing in: a token, made with `songkin token create`, becomes a session of this browser; signing out ends it.

The cookie holds a random name of the session and no more, is sent to this server alone, and no script reads it.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from songkin.serve.http.admission import owner_of
from songkin.serve.http.asking import held_of
from songkin.serve.http.sessions import COOKIE, LASTS_S
from songkin.serve.page.links import local
from songkin.serve.page.problems import PageRoute
from songkin.serve.page.rendering import render

__all__ = ["router"]

router = APIRouter(route_class=PageRoute)


@router.get("/signin")
def form(request: Request) -> Response:
    """Ask for a token; `to` is where the reader wanted to go."""
    return render(request, "signin.html", to=local(request.query_params.get("to", "/")), wrong=False)


@router.post("/signin")
def sign_in(request: Request, token: Annotated[str, Form()] = "", to: Annotated[str, Form()] = "/") -> Response:
    """Begin a session for who knows a token, and go on; 401 and the form again for anybody else."""
    if not token.strip() or owner_of(held_of(request), token.strip()) is None:
        return render(request, "signin.html", status=401, to=local(to), wrong=True)
    name = request.app.state.sessions.begin(token.strip())
    answer = RedirectResponse(local(to), status_code=303)
    answer.set_cookie(
        COOKIE, name, max_age=LASTS_S, httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )
    return answer


@router.post("/signout")
def sign_out(request: Request) -> Response:
    """End this browser's session."""
    request.app.state.sessions.end(request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/", status_code=303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer
