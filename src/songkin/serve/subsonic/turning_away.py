"""What a player is told whose request the server's guard does not let through: too many, too long, by a wrong name.

The answer is the protocol's own envelope, as of everything under /rest, but with the HTTP status that says what it is:
proxies and players hold back at a 429, which nobody would see in a 200.
"""

from __future__ import annotations

import json
import re

from starlette.responses import Response

from songkin.serve.http.errors import refused
from songkin.serve.subsonic import envelope

__all__ = ["turned_away"]

WANTS_JSON = re.compile(rb"(?:^|&)f=json(?:&|$)")
LONGEST = 16 << 10  # bytes of an address that are looked at
KEPT = ("retry-after", "cache-control")


def turned_away(error: BaseException, query: bytes) -> Response:
    """Return the answer that tells an error to a player; `query` is its address behind '?', as it was sent."""
    general = refused(error)
    message = json.loads(bytes(general.body))["error"]["message"]
    form = "json" if WANTS_JSON.search(query[:LONGEST]) else "xml"
    answer = envelope.refused(envelope.Refusal(0, message), form=form)
    answer.status_code = general.status_code
    answer.headers.update({name: value for name, value in general.headers.items() if name in KEPT})
    return answer
