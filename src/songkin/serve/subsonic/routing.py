"""The one route of the Subsonic protocol: which method is meant, who asks, and what goes wrong.

Conventions
-----------
A method may be asked with ".view" behind its name, by GET or with a form. What a client did wrong, and what the library
cannot do, is told in the envelope; the server lives on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from songkin.errors import QueryError, SongkinError
from songkin.serve.http.asking import held_of
from songkin.serve.http.origins import OURS
from songkin.serve.subsonic import browsing, finding, media, opining, playlists, system
from songkin.serve.subsonic.asked import Asked, Params
from songkin.serve.subsonic.envelope import Refusal, answered, refused
from songkin.serve.subsonic.signing import check_client, signed_by

__all__ = ["METHODS", "router"]

log = logging.getLogger(__name__)

Method = Callable[[Asked], Mapping[str, Any] | Response]
METHODS: Mapping[str, Method] = {
    name: method
    for room in (system, browsing, finding, playlists, opining, media)
    for name, method in room.METHODS.items()
}
OPEN = "getOpenSubsonicExtensions"  # answered before anybody signs in
FORM = "application/x-www-form-urlencoded"
FORMS = ("json", "xml")
MOST_PARAMS = 20_000
MOST_BYTES = 1 << 20


def router() -> APIRouter:
    """Return the routes that players ask, to be mounted at /rest."""
    routes = APIRouter(include_in_schema=False)
    routes.add_api_route("/{method}", _answer, methods=["GET", "POST", "HEAD"])
    return routes


async def _answer(request: Request, method: str) -> Response:
    form = "xml"
    try:
        params = await _params(request)
        form = _form(params)
        return await run_in_threadpool(_met, request, method.removesuffix(".view"), params, form)
    except Refusal as refusal:
        return refused(refusal, form=form)


def _met(request: Request, method: str, params: Params, form: str) -> Response:
    """Answer one request; Refusal where it is not met."""
    if method == OPEN:
        return answered(system.extensions(), form=form)
    check_client(params)
    try:
        asked = _asked(request, params)
        if method not in METHODS:
            raise Refusal(0, f"songkin does not answer '{method[:60]}'; getOpenSubsonicExtensions says what it adds")
        found = METHODS[method](asked)
    except QueryError as error:
        raise Refusal(70, str(error)) from error
    except SongkinError as error:
        log.info("a player's %s was not met: %s", method, type(error).__name__)
        raise Refusal(0, str(error)) from error
    return found if isinstance(found, Response) else answered(found, form=form)


def _asked(request: Request, params: Params) -> Asked:
    """Return the request of somebody we know; another site's page cannot ask in their place."""
    if request.headers.get("sec-fetch-site", "none") not in OURS:  # a GET writes here too
        raise Refusal(50, "another site's page asks; a player asks by itself")
    held = held_of(request)
    library = held.library
    user, name = signed_by(params, library, required=request.app.state.guard.require_token)
    return Asked(library, user or held.user, name, params)


async def _params(request: Request) -> Params:
    """Return the parameters of an address and of a form, each with all its values; Refusal where they are none."""
    query = request.scope["query_string"].decode("latin-1")
    read = _read(query)
    if request.method != "POST" or request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return read
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise Refusal(0, f"the form is longer than {MOST_BYTES >> 20} MB; name fewer songs at once")
    for name, values in _read(body.decode("latin-1")).items():
        read.setdefault(name, []).extend(values)
    return read


def _read(text: str) -> dict[str, list[str]]:
    try:
        return parse_qs(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_PARAMS)
    except ValueError:
        raise Refusal(0, f"there are more than {MOST_PARAMS:,} parameters; name fewer songs at once") from None


def _form(params: Params) -> str:
    """Return the form an answer is wanted in; Refusal for one we do not write."""
    wanted = next(iter(params.get("f", ())), "") or "xml"
    if wanted not in FORMS:
        cure = "it lets any page read the answer" if wanted == "jsonp" else "there are json and xml"
        raise Refusal(0, f"answers in '{wanted[:20]}' are not given: {cure}; ask for f=json")
    return wanted
