"""What a program is told when it cannot be answered: one shape for every error, and a status for every kind of it.

Conventions
-----------
`{"error": {"status": 400, "code": "query", "message": "place, value, cure in one line", "field": null}}`. What nobody
foresaw is a 500 with an id, under which the log says where it happened, never with what words.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from songkin import errors
from songkin.errors import SongkinError
from songkin.serve.http.answers import Json

__all__ = ["STATUSES", "Refusal", "error_json", "install", "refused", "status_of", "told"]

log = logging.getLogger(__name__)
LONGEST = 1000  # characters of a line; of a longer one, which repeats what was sent, the middle is left out
SHORT = 60  # characters of a wrong value that is repeated
RETRY_S = {409: 5, 503: 2, 507: 60}  # what a client is told to wait


class Kind(NamedTuple):
    """How a kind of error is told over HTTP."""

    status: int
    code: str


STATUSES: Mapping[type[SongkinError], Kind] = {  # the nearest class above counts
    errors.FilterError: Kind(400, "filter"),
    errors.QueryError: Kind(400, "query"),
    errors.ColumnError: Kind(422, "column"),
    errors.SourceError: Kind(422, "source"),
    errors.RemoteError: Kind(502, "remote"),
    errors.LockedError: Kind(409, "locked"),
    errors.FullDiskError: Kind(507, "disk"),
    errors.SchemaError: Kind(503, "schema"),
    errors.StoreError: Kind(503, "library"),
    errors.EncoderError: Kind(409, "encoder"),
    errors.TrainingError: Kind(500, "training"),
    errors.SettingsError: Kind(500, "settings"),
    errors.MissingExtra: Kind(501, "extra"),
    errors.SongkinError: Kind(500, "songkin"),
}
CODES = {401: "token", 403: "forbidden", 404: "missing", 405: "method", 406: "format", 408: "slow",
         413: "size", 414: "length", 415: "type", 421: "host", 429: "rate", 503: "busy"}  # fmt: skip


class Refusal(HTTPException):
    """A request that is not answered, with the code and the field that go with the status."""

    def __init__(
        self, status: int, message: str, *, code: str = "", field: str | None = None, headers: Any = None
    ) -> None:
        super().__init__(status, message, headers=headers)
        self.code, self.field = code or CODES.get(status, "request"), field


def status_of(error: SongkinError) -> Kind:
    """Return the status and the code of an error that songkin raised on purpose."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def error_json(status: int, code: str, message: str, field: str | None = None) -> dict[str, Any]:
    """Return the one document that every error is."""
    line = " ".join(message.split()).encode("utf-8", "replace").decode("utf-8")
    line = line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} … {line[-LONGEST // 2 :]}"
    return {"error": {"status": status, "code": code, "message": line, "field": field}}


def told(error: BaseException) -> dict[str, Any]:
    """Return the document of any error; one that nobody foresaw is logged under the id that it names."""
    if isinstance(error, SongkinError):
        kind = status_of(error)
        return error_json(kind.status, kind.code, str(error), _field_of(error))
    if isinstance(error, HTTPException):
        code = getattr(error, "code", CODES.get(error.status_code, "request"))
        return error_json(error.status_code, code, str(error.detail), getattr(error, "field", None))
    if isinstance(error, OSError) and error.errno == 28:
        return error_json(507, "disk", "the disk is full; free some space and send the same again")
    return unforeseen(error)


def unforeseen(error: BaseException) -> dict[str, Any]:
    """Log where an error came from, without the words it came with, and return the document that names its id."""
    name = secrets.token_hex(4)
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-6:]]
    log.error("error %s: %s at %s", name, type(error).__name__, " < ".join(reversed(places)))
    cure = "try again; if it stays, report the line with this id from the server's log"
    return error_json(500, "internal", f"songkin itself failed (error {name}); {cure}")


def refused(error: BaseException, headers: Mapping[str, str] | None = None) -> Json:
    """Return the answer that tells an error."""
    body = told(error)
    status = body["error"]["status"]
    own = {"retry-after": str(RETRY_S[status])} if status in RETRY_S else {}
    own |= dict(getattr(error, "headers", None) or {})
    return Json(body, status, {**own, **(headers or {}), "cache-control": "no-store"})


def install(app: FastAPI) -> None:
    """Let an application tell every error in the one shape."""

    async def tell(request: Request, error: Exception) -> Response:
        return refused(error)

    async def tell_wrong(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return refused(wrong(error))

    for kind in (SongkinError, HTTPException, Exception, OSError):
        app.add_exception_handler(kind, tell)
    app.add_exception_handler(RequestValidationError, tell_wrong)


def wrong(error: RequestValidationError) -> Refusal:
    """Say in one line what is wrong with the first value that is, and what it takes."""
    first = error.errors()[0]
    place = [str(part)[:SHORT] for part in first["loc"][1:] if not str(part).startswith("function-")]
    name = ".".join(place) or str(first["loc"][0])
    if first["type"] == "json_invalid":
        why = first.get("ctx", {}).get("error", "")
        return Refusal(400, f"the body is not whole JSON: {why} at character {first['loc'][-1]}", code="json")
    if first["type"] == "missing":
        return Refusal(422, f"'{name}' is missing; the request needs it", code="request", field=name)
    if first["type"] == "extra_forbidden":
        cure = "see /api/v1/docs for what it takes"
        return Refusal(422, f"there is nothing called '{name}' here; {cure}", code="request", field=name)
    takes = str(first["msg"]).removeprefix("Value error, ").removeprefix("Input ").removeprefix("String ")
    return Refusal(422, f"'{name}' is {_said(first.get('input'))}; it {takes}", code="request", field=name)


def _said(value: Any) -> str:
    """Return a value as an error may repeat it: short, or how long it is."""
    if isinstance(value, str | list | dict) and len(value) > SHORT:
        return f"{len(value):,} {'characters' if isinstance(value, str) else 'values'} long"
    said = ascii(value)
    return said if len(said) <= SHORT else f"{said[:SHORT]}…"


def _field_of(error: SongkinError) -> str | None:
    return "where" if isinstance(error, errors.FilterError) else None
