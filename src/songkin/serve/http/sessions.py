"""Sessions of browsers that signed in with a token: a random name in a cookie, and the token here, in memory alone.

A session ends when it is signed out, after `LASTS_S`, when its token is revoked, and when the server ends.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from typing import NamedTuple

__all__ = ["COOKIE", "LASTS_S", "Sessions"]

COOKIE = "songkin_session"
LASTS_S = 30 * 24 * 3600
MOST = 1000  # sessions at once; the oldest ends first


class Session(NamedTuple):
    """A session's token, and when it began, in seconds of the monotonic clock."""

    token: str
    began: float


class Sessions:
    """The sessions of one server."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def begin(self, token: str) -> str:
        """Begin a session, and return the name that goes into the cookie."""
        name = secrets.token_urlsafe(32)
        self._sessions[name] = Session(token, time.monotonic())
        while len(self._sessions) > MOST:
            self._sessions.popitem(last=False)
        return name

    def token(self, name: str) -> str | None:
        """Return the token of a session; None where there is none, or it is over."""
        found = self._sessions.get(name)
        if found is None or time.monotonic() - found.began > LASTS_S:
            self._sessions.pop(name, None)
            return None
        return found.token

    def end(self, name: str) -> None:
        """End a session; one that is not there is no error."""
        self._sessions.pop(name, None)
