"""Answers that a client may keep: each carries a tag, and who has that already is told so instead of the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from fastapi import Request
from starlette.responses import Response

from songkin.serve.http.answers import Json
from songkin.serve.http.held import Served

__all__ = ["answered", "tag_of"]

KEPT = {"cache-control": "private, no-cache", "vary": "Authorization, Cookie, Accept"}


def tag_of(request: Request, served: Served, user: str) -> str:
    """Return the tag of an answer: it changes with the library, its decisions, who asks, and what is asked."""
    asked = repr((served.etag, user, request.url.path, request.url.query))
    return f'W/"{hashlib.blake2b(asked.encode("utf-8", "replace"), digest_size=12).hexdigest()}"'


def answered(
    request: Request, served: Served, user: str, make: Callable[[], Any], *, headers: dict[str, str] | None = None
) -> Response:
    """Return what `make` gives as JSON, with its tag; 304 without asking it where the client has that already.

    `make` may fill `headers` while it runs.
    """
    tag = tag_of(request, served, user)
    own = {**KEPT, "etag": tag}
    if _known(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=own)
    body = make()
    return Json(body, headers={**own, **(headers or {})})


def _known(said: str, tag: str) -> bool:
    """Say whether a client has an answer with this tag; the tags are compared weakly (RFC 9110, 13.1.2)."""
    tags = [one.strip().removeprefix("W/") for one in said.split(",")]
    return said.strip() == "*" or tag.removeprefix("W/") in tags
