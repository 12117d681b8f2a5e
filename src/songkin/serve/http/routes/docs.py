"""Docs: every endpoint on one page of plain HTML, made of the same OpenAPI that programs read."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

__all__ = ["listing", "router"]

router = APIRouter()
HEADERS = {"content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"}


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """Show the endpoints; nothing is loaded from elsewhere, and no script runs."""
    return HTMLResponse(listing(request.app.openapi()), headers=HEADERS)


def listing(api: dict[str, Any]) -> str:
    """Return the page of an OpenAPI document."""
    title = f"{api['info']['title']} {api['info']['version']}"
    rows = "\n".join(_endpoint(path, method, told) for path, method, told in _endpoints(api))
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_safe(title)}: the API</title>
<link rel="stylesheet" href="/assets/page.css">
<body><main>
<h1>{_safe(title)}: the API</h1>
<p>{_safe(api["info"]["description"])} Programs read <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.
Every error is {{"error": {{"status", "code", "message", "field"}}}}.</p>
{rows}
</main></body></html>
"""


def _endpoints(api: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in api["paths"].items():
        for method, told in methods.items():
            yield path, method, told


def _endpoint(path: str, method: str, told: dict[str, Any]) -> str:
    """Return one endpoint: what it does, and what it takes from the address."""
    fields = "".join(_field(one) for one in told.get("parameters", []))
    table = f"<table><tr><th>field<th>in<th>what it says</tr>{fields}</table>" if fields else ""
    about = "".join(f"<p>{_safe(part)}</p>" for part in told.get("description", "").split("\n\n"))
    name = f"{method.upper()} {path}"
    head = f"<h2><code>{_safe(name)}</code></h2><p><b>{_safe(told.get('summary', ''))}</b></p>"
    return f"<section>{head}{about}{table}</section>"


def _field(one: dict[str, Any]) -> str:
    need = ", needed" if one.get("required") else ""
    about = one.get("description", "")
    return f"<tr><td><code>{_safe(one['name'])}</code><td>{_safe(one['in'] + need)}<td>{_safe(about)}</tr>"


def _safe(text: str) -> str:
    return html.escape(str(text))
