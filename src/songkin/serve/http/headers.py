"""Headers of every answer: what a browser may do with it."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import Message

__all__ = ["ALWAYS", "guarded_headers"]

ALWAYS: Mapping[str, str] = {  # unless an answer says otherwise, as the page's views do of their scripts
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def guarded_headers(message: Message) -> Message:
    """Return a message with the headers every answer has; those that it has already stay."""
    if message["type"] == "http.response.start":
        headers = MutableHeaders(scope=message)
        for name, value in ALWAYS.items():
            headers.setdefault(name, value)
    return message
