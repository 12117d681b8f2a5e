"""Adds: songs come in, how far it is is streamed, and searches go on meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from songkin.errors import SourceError
from songkin.library import Added, Library, Reading
from songkin.serve.http.asking import HeldLibrary
from songkin.serve.http.errors import Refusal, refused
from songkin.serve.http.held import Held
from songkin.serve.http.posted import KINDS, Arrived, kind_of, songs_of, told_of_the_request
from songkin.serve.http.schemas import Asking
from songkin.serve.http.working import NDJSON, SSE, Event, events, written

__all__ = ["router"]

router = APIRouter(tags=["library"])
SHOWN = 100  # losses that are named
BODY = {"requestBody": {"required": True, "content": {kind: {"schema": {"type": "string"}} for kind in KINDS}}}
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events as they come: progress, then done or error.",
        "content": {kind: {"schema": {"type": "string"}} for kind in (NDJSON, SSE)},
    }
}


class AddsParams(Asking):
    """How songs are added."""

    encode: bool = Field(True, description="false leaves the vectors to a later add; words and lines work at once.")
    fast: bool = Field(False, description="Let the encoder's fast student read lyrics.")


@router.post("/adds", responses=STREAM, openapi_extra=BODY, response_class=StreamingResponse, summary="Add songs")
async def add(request: Request, params: Annotated[AddsParams, Query()], held: HeldLibrary) -> Response:
    """Add posted songs, JSON Lines, a JSON array or CSV, as `songkin add` does, and stream how far it is.

    Songs are committed in chunks; what was committed stays, whatever happens after. "done" comes when the songs can be
    found. With `Accept: text/event-stream` the events are server-sent ones.
    """
    if params.fast and not params.encode:
        raise Refusal(422, "'fast' is a way to encode; leave out 'encode=false'", code="request", field="fast")
    kind = SSE if SSE in request.headers.get("accept", "") else NDJSON
    arrived = await Arrived.of(request, kind_of(request))
    told = events(lambda tell: _added(held, arrived, params, tell))
    first = await anext(told)
    if first["event"] == "error":
        return refused(Told(first["error"]))
    return StreamingResponse(_stream(first, told, kind), media_type=kind, headers={"cache-control": "no-store"})


class Told(Refusal):
    """An error that was told by an event."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["status"], error["message"], code=error["code"], field=error["field"])


async def _stream(first: Event, told: AsyncIterator[Event], kind: str) -> AsyncIterator[bytes]:
    yield written(first, kind)
    if first["event"] == "progress":
        async for event in told:
            yield written(event, kind)


def _added(held: Held, arrived: Arrived, params: AddsParams, tell: Callable[[Event], None]) -> Event:
    """Add the songs of a file, and return what was done once they can be found."""
    with arrived.folder, told_of_the_request(arrived.path):
        held.now()  # a library that is gone, as of a disk taken away, is not begun anew in its place
        reading = Reading.of([arrived.path])
        expected = reading.expected()

        def show(done: Added) -> None:
            own = {"waiting": done.waiting, "filled": done.filled} if done.waiting else {}
            tell({"read": done.read, "added": done.added, "changed": done.changed, "expected": expected, **own})

        done = Library.add(songs_of(reading), held.place, encode=params.encode, fast=params.fast, progress=show)
    lost, kept = [*reading.lost, *done.lost], [*reading.kept, *done.kept]
    if not done.read:
        raise SourceError(f"no song arrived; {lost[0] if lost else 'there is no record in the request'}")
    held.renew()
    return {**done.as_json(), "lost": len(lost), "losses": lost[:SHOWN], "kept": kept[:SHOWN]}
