"""Answers page by page: what comes next is told in the `Link` header, so that no body changes its shape for it.

Conventions
-----------
`Link: </api/v1/search?q=sea&page=2>; rel="next"` (RFC 8288). Lists that are long by nature carry `next` in their body
too: the address of the following page, null on the last.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import Request

__all__ = ["link_to", "paged_json", "with_page"]


def with_page(request: Request, **own: Any) -> str:
    """Return the address that was asked, with some of its fields replaced."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in own]
    return f"{request.url.path}?{urlencode([*kept, *own.items()])}"


def link_to(request: Request, *, page: int, more: bool) -> dict[str, str]:
    """Return the header that names the page before and the one after, of those there are."""
    others = {"prev": page - 1} if page > 1 else {}
    others |= {"next": page + 1} if more else {}
    links = [f'<{with_page(request, page=number)}>; rel="{name}"' for name, number in others.items()]
    return {"link": ", ".join(links)} if links else {}


def paged_json(request: Request, name: str, rows: list[Any], *, total: int, offset: int, limit: int) -> dict[str, Any]:
    """Return a stretch of a list of `total` rows, with the address of the next one."""
    after = offset + limit
    following = with_page(request, offset=after, limit=limit) if after < total else None
    return {name: rows, "total": total, "offset": offset, "next": following}
