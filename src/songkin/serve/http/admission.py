"""Whose token a request comes with: in its Authorization header, or in the session the page signed in with.

Who sends no token asks as nobody in particular, where the server allows that; a token that is none is always refused,
so that a typing mistake or a revoked one shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from songkin.errors import StoreError
from songkin.serve.http.asking import OWNER
from songkin.serve.http.errors import Refusal
from songkin.serve.http.sessions import COOKIE, Sessions

if TYPE_CHECKING:
    from songkin.library.tokens import Owner
    from songkin.serve.http.held import Held

__all__ = ["UNREADABLE", "admit", "owner_of"]

CURE = "make one with: songkin token create NAME"
UNREADABLE = "the library is not there, or cannot be read; the server's log says why, and songkin doctor looks into it"
CHALLENGE = {"www-authenticate": 'Bearer realm="songkin"'}


async def admit(scope: Scope, headers: Headers, *, required: bool) -> None:
    """Leave whose token a request came with in its scope; Refusal where it has none and needs one, or a wrong one."""
    state = scope["app"].state
    bearer, session = _bearer(headers), _session(headers, state.sessions)
    token = bearer or session
    if token:
        owner = await run_in_threadpool(owner_of, state.held, token)
        if owner is not None:
            scope[OWNER] = owner
            return
        if bearer:
            raise Refusal(401, f"this token is none of the library's, or was revoked; {CURE}", headers=CHALLENGE)
    if required:
        raise _unknown(scope, headers)


def owner_of(held: Held, token: str) -> Owner | None:
    """Return in whose name a token asks; None where it is none. Refusal where the library cannot be read now."""
    try:
        return held.library.tokens.owner(token)
    except StoreError as error:  # told to who is not known yet: not where the library lies
        raise Refusal(503, UNREADABLE, code="library") from error


def _bearer(headers: Headers) -> str:
    said = headers.get("authorization", "")
    kind, _, token = said.partition(" ")
    if said and (kind.lower() != "bearer" or not token.strip()):
        raise Refusal(401, "the Authorization header holds no token; send: Bearer TOKEN", headers=CHALLENGE)
    return token.strip()


def _session(headers: Headers, sessions: Sessions) -> str:
    name = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    return sessions.token(name) or ""


def _unknown(scope: Scope, headers: Headers) -> Refusal:
    """Return what tells a program to send a token, and sends a browser to where it can sign in."""
    if scope["method"] == "GET" and "text/html" in headers.get("accept", "") and not scope["path"].startswith("/api/"):
        asked = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
        return Refusal(303, "sign in first", code="token", headers={"location": f"/signin?to={quote(asked, safe='')}"})
    return Refusal(401, f"this server answers only who sends a token (Bearer TOKEN); {CURE}", headers=CHALLENGE)
