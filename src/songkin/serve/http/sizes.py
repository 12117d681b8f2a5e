"""How long a request may be: the part behind '?', and its body, however it is sent."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from songkin.serve.http.errors import Refusal

__all__ = ["bounded", "check_length"]

SLOWEST = 1_000  # bytes a second that a body comes on by, once twice the longest pause was waited for it


def check_length(scope: Scope, headers: Headers, *, query: int, body: int) -> None:
    """Raise Refusal for an address that is too long, or a body that says it is, or is packed; lengths in bytes."""
    if len(scope["query_string"]) > query or len(scope.get("raw_path") or b"") > query:
        longer = f"the address is longer than {query:,} bytes"
        raise Refusal(414, f"{longer}; ask for less, or send a search as POST /api/v1/search")
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Refusal(415, "the body is compressed; send it as it is", field="content-encoding")
    said = headers.get("content-length", "0")
    if not said.isdecimal() or len(said) > 18:
        raise Refusal(400, "Content-Length is no whole number; send the body's length in bytes", field="content-length")
    if int(said) > body:
        raise _too_large(body)


def bounded(receive: Receive, largest: int, pause_s: float) -> Receive:
    """Return what receives a body of at most `largest` bytes, no part of which is waited for longer than `pause_s`.

    A chunked body is counted as it comes. One that comes on, but in drops, is given up as well.
    """
    got, waited, whole = 0, 0.0, False
    now = asyncio.get_running_loop().time

    async def part() -> Message:
        nonlocal got, waited, whole
        if whole:  # then it tells when the client goes
            return await receive()
        began = now()
        try:
            message = await asyncio.wait_for(receive(), pause_s)
        except TimeoutError:
            raise Refusal(408, f"the body did not come on for {pause_s:g} seconds; send it again") from None
        got += len(message.get("body", b""))
        waited += now() - began
        whole = not message.get("more_body", False)
        if got > largest:
            raise _too_large(largest)
        if not whole and waited > 2 * pause_s + got / SLOWEST:
            raise Refusal(408, f"the body comes on more slowly than {SLOWEST:,} bytes a second; send it again")
        return message

    return part


def _too_large(largest: int) -> Refusal:
    return Refusal(413, f"the request's body is larger than {largest:,} bytes; send less, or in several requests")
