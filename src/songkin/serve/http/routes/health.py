"""Whether the server and its library answer, and what it did so far."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from songkin import __version__
from songkin.errors import SongkinError
from songkin.serve.http.admission import UNREADABLE
from songkin.serve.http.answers import Json
from songkin.serve.http.asking import HeldLibrary
from songkin.serve.http.errors import Refusal, status_of
from songkin.serve.http.metering import Metrics
from songkin.serve.http.schemas import Health

__all__ = ["router"]

router = APIRouter(tags=["server"])
log = logging.getLogger(__name__)
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/health", response_model=Health, summary="Say whether the server and its library answer")
def health(held: HeldLibrary) -> Response:
    """200 where searches are answered, 503 where the library is not there or cannot be read; needs no token."""
    try:
        songs = held.library.store.counts().songs
    except SongkinError as error:
        log.warning("the library does not answer: %s", error)
        raise Refusal(503, UNREADABLE, code=status_of(error).code) from error  # whoever asks is not told where it lies
    return Json({"status": "ok", "songs": songs, "version": __version__})


@router.get("/metrics", response_class=PlainTextResponse, summary="Count requests, times and memory, for Prometheus")
def metrics(request: Request, held: HeldLibrary) -> Response:
    """Counters since the server began, in the text format of Prometheus."""
    counted = request.app.state.metrics
    assert isinstance(counted, Metrics)
    return PlainTextResponse(counted.text(held), media_type=PROMETHEUS)
