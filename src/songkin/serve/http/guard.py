"""What stands between the network and every route: who may ask, from where, how much, how often and how long.

A request that is refused never reaches a route, and each refusal says its cure.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from songkin.serve.http.admission import admit
from songkin.serve.http.errors import Refusal, refused
from songkin.serve.http.headers import guarded_headers
from songkin.serve.http.hosts import LOCAL_NAMES, check_host
from songkin.serve.http.origins import check_origin
from songkin.serve.http.rates import Rates
from songkin.serve.http.sizes import bounded, check_length

__all__ = ["Guard", "Guarded"]

UNCOUNTED = ("/assets/", "/api/v1/health")  # costs next to nothing
OPEN = (*UNCOUNTED, "/signin")  # needs no token
OWN = ("/rest/",)  # proves who asks in the protocol's own way
UNHURRIED = ("/api/v1/adds",)  # says how far it is, instead of being quick


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What a server allows.

    `hosts` are the names it may be called by, besides addresses in digits; `require_token` admits nobody without one.
    `body` and `adds` are the largest request and the largest upload of songs in bytes, `query` the longest part of an
    address behind '?'. A client may ask `rate` times a second (None = as often as it likes) after `burst` at once. An
    answer begins within `answer_s`, and a request's body keeps coming, never pausing for `pause_s`.
    """

    hosts: frozenset[str] = LOCAL_NAMES
    require_token: bool = False
    body: int = 1 << 20
    adds: int = 256 << 20
    query: int = 16 << 10
    rate: float | None = 25.0
    burst: int = 200
    answer_s: float = 60.0
    pause_s: float = 30.0


@dataclass(slots=True)
class Guarded:
    """An application behind a guard."""

    app: ASGIApp
    guard: Guard
    _rates: Rates = field(init=False)
    _late: set[asyncio.Task[None]] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self._rates = Rates(self.guard.rate, self.guard.burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = False

        async def told(message: Message) -> None:
            nonlocal began
            began = True
            await send(guarded_headers(message))

        try:
            await self._admitted(scope)
            await self._in_time(scope, bounded(receive, self._largest(scope), self.guard.pause_s), told)
        except HTTPException as refusal:
            if not began:
                await _turned_away(refusal, scope)(scope, receive, told)
        except Exception as error:
            if not began:
                await _turned_away(error, scope)(scope, receive, told)
            else:
                refused(error)  # for the log: the client has half an answer, and its connection ends
                raise Broken from None

    async def _admitted(self, scope: Scope) -> None:
        """Refuse what may not ask; see whose token a request came with."""
        headers, path = Headers(scope=scope), scope["path"]
        check_host(headers, self.guard.hosts)
        check_length(scope, headers, query=self.guard.query, body=self._largest(scope))
        check_origin(scope, headers)
        if not path.startswith(UNCOUNTED):
            self._rates.take(scope)
        if not path.startswith((*OPEN, *OWN)):
            await admit(scope, headers, required=self.guard.require_token)

    def _largest(self, scope: Scope) -> int:
        return self.guard.adds if scope["path"].startswith(UNHURRIED) else self.guard.body

    async def _in_time(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer; where it does not begin to in time, say so, and let it end for itself.

        A thread cannot be called off: what it found is thrown away, or kept by the library for the next who asks.
        """
        began = given_up = False

        async def sent(message: Message) -> None:
            nonlocal began
            if not given_up:
                began = True
                await send(message)

        work = asyncio.ensure_future(self._whole(scope, receive, sent))
        patience = None if scope["path"].startswith(UNHURRIED) else self.guard.answer_s
        try:
            await asyncio.wait({work}, timeout=patience)
        except asyncio.CancelledError:
            work.cancel()
            raise
        if work.done() or began:
            await work
            return
        given_up = True
        self._late.add(work)
        work.add_done_callback(self._ended)
        cure = "ask for less, or ask again later: it goes on with what takes long"
        raise Refusal(503, f"no answer within {patience:g} seconds; {cure}", code="time")

    async def _whole(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    def _ended(self, work: asyncio.Task[Any]) -> None:
        self._late.discard(work)
        if not work.cancelled() and (error := work.exception()):
            refused(error)  # for the log


def _turned_away(error: Exception, scope: Scope) -> Response:
    """Return the answer that tells why a request is not let through: to players in the envelope they read."""
    if not scope["path"].startswith(OWN):
        return refused(error)
    from songkin.serve.subsonic.turning_away import turned_away

    return turned_away(error, scope["query_string"])


class Broken(Exception):
    """An answer broke off; the connection is closed, so that half of one is not taken for a whole."""
