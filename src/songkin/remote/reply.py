"""What a player's server answered: the envelope of the Subsonic protocol, opened with suspicion.

Conventions
-----------
Whether a request was met says the body, not the HTTP status. Values come as they like: `listed` and `named` give
what can be used of them, and nothing for the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from songkin.errors import RemoteError
from songkin.remote.wire import Fetched

__all__ = ["CODES", "Refused", "listed", "named", "opened", "text"]

LONGEST = 200  # characters of a server's own words that are shown
CURES = {
    10: "a parameter is missing; is this a Subsonic server of 1.13 or newer?",
    20: "it wants another version of the protocol; update songkin",
    30: "it is too old for songkin, which speaks 1.16.1; update the server",
    40: "wrong user or password; SONGKIN_SUBSONIC_PASSWORD may hold another one",
    41: "it takes no password tokens; make an API key there and set SONGKIN_SUBSONIC_KEY",
    42: "it does not sign in this way; make an API key there and set SONGKIN_SUBSONIC_KEY",
    43: "it was given two ways to sign in; unset SONGKIN_SUBSONIC_KEY or SONGKIN_SUBSONIC_PASSWORD",
    44: "the API key is not valid; make a new one there and set SONGKIN_SUBSONIC_KEY",
    50: "the user may not do this; let the server's administrator allow it",
    60: "its trial period is over",
    70: "it has no such thing",
}
CODES = frozenset(CURES)
STATUSES = {
    401: "it asks for a login of its own before Subsonic's; does a proxy guard it?",
    403: "it forbids this; does a proxy guard it?",
    404: "there is nothing at this address; does the path belong to it (subsonic://host/path)?",
    501: "it cannot do this",
}


class Refused(RemoteError):
    """The server understood a request and did not meet it; `code` is the protocol's, 0 = a reason of its own."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def opened(fetched: Fetched, host: str, method: str) -> Mapping[str, Any]:
    """Return what stands in an answer's envelope; Refused where it says no, RemoteError where it is no answer."""
    told = f"{host}: {method}"
    try:
        document = json.loads(fetched.body)
    except (ValueError, RecursionError):
        raise _strange(fetched, told) from None
    inside = document.get("subsonic-response") if isinstance(document, dict) else None
    if not isinstance(inside, dict):
        raise _strange(fetched, told)
    if inside.get("status") == "ok":
        return inside
    error = named(inside.get("error"))
    code = error.get("code")
    number = int(code) if isinstance(code, int) or (isinstance(code, str) and code.isdecimal() and len(code) < 4) else 0
    said = _shown(error.get("message"))
    words = (
        f"{CURES[number]}{f' ({said})' if said else ''}"
        if number in CURES
        else said or "it failed, and does not say why"
    )
    raise Refused(number, f"{told}: {words}")


def _strange(fetched: Fetched, told: str) -> RemoteError:
    """Say what came in place of an answer."""
    if fetched.status in STATUSES:
        return Refused(0, f"{told}: {STATUSES[fetched.status]}")
    if fetched.status >= 400:
        return RemoteError(f"{told}: it fails (HTTP {fetched.status}); look into the server's own log")
    start = fetched.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return RemoteError(f"{told}: a web page came, not an answer; does the address lead to the server itself?")
    if start.startswith((b"<?xml", b"<subsonic-response")):
        return RemoteError(f"{told}: XML came where JSON was asked for; the server is too old")
    return RemoteError(f"{told}: what came is no answer of a Subsonic server; is the address right?")


def _shown(words: Any) -> str:
    """Return a server's own words on one line, without what steers a terminal."""
    return "".join(sign for sign in " ".join(text(words).split()) if sign.isprintable())[:LONGEST]


def text(value: Any) -> str:
    """Return text, a whole number as text, and '' for anything else."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")  # half an emoji rests in no store
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30 else ""


def named(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """Return a JSON array; one thing alone, which some servers send unwrapped, as an array of it."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
