"""The page's own files: styles, scripts and pictures, served under `/assets/{name}` and named with their digest.

Conventions
-----------
A link made by `address` carries the file's digest (`?v=`), so that a browser may keep the file for a year and still
sees a new one at once. A file asked for without it, or with another, is asked for again each time (`ETag`).
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

__all__ = ["Asset", "address", "asset", "router"]

KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}
FOR_A_YEAR = "public, max-age=31536000, immutable"

router = APIRouter()


class Asset(NamedTuple):
    """A file of the page: its bytes, the same compressed, its type and its digest."""

    body: bytes
    packed: bytes
    kind: str
    digest: str


@cache
def _names() -> frozenset[str]:
    """Return the names that may be served: files that lie in `web/` itself and have a kind."""
    folder = files("songkin.serve") / "web"
    return frozenset(place.name for place in folder.iterdir() if place.name.rpartition(".")[2] in KINDS)


@cache
def asset(name: str) -> Asset | None:
    """Return a file of the page by its name; None where there is none."""
    if name not in _names():
        return None
    body = (files("songkin.serve") / "web" / name).read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:16]
    return Asset(body, gzip.compress(body, mtime=0), KINDS[name.rpartition(".")[2]], digest)


def address(name: str) -> str:
    """Return the link to a file of the page."""
    found = asset(name)
    assert found is not None, f"the page has no file {name}"
    return f"/assets/{name}?v={found.digest}"


@router.get("/assets/{name}", include_in_schema=False)
def served(request: Request, name: str) -> Response:
    """Answer with a file of the page, compressed where the browser takes it."""
    found = asset(name)
    if found is None:
        raise HTTPException(404, f"the page has no file '{name[:80]}'")
    tag = f'"{found.digest}"'
    kept = FOR_A_YEAR if request.query_params.get("v") == found.digest else "no-cache"
    headers = {"etag": tag, "cache-control": kept, "vary": "accept-encoding", "x-content-type-options": "nosniff"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, media_type=found.kind, headers={**headers, "content-encoding": "gzip"})
    return Response(found.body, media_type=found.kind, headers=headers)
