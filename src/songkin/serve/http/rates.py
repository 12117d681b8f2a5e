"""How often a client may ask: each has a bucket that fills at a steady rate, and a request takes one from it."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from typing import NamedTuple

from starlette.types import Scope

from songkin.serve.http.errors import Refusal

__all__ = ["Rates", "client_of"]

KNOWN = 10_000  # clients remembered; those that were quiet longest are forgotten


class Bucket(NamedTuple):
    """How many requests a client may make at a moment, in seconds of the monotonic clock."""

    left: float
    at: float


class Rates:
    """The buckets of all clients; `rate` requests a second (None = no limit), `burst` at once."""

    def __init__(self, rate: float | None, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, scope: Scope, *, now: float | None = None) -> None:
        """Count a request; Refusal, with the seconds to wait, where its client made too many."""
        if self._rate is None:
            return
        now, client = time.monotonic() if now is None else now, client_of(scope)
        known = self._buckets.pop(client, Bucket(self._burst, now))
        left = min(self._burst, known.left + (now - known.at) * self._rate)
        self._buckets[client] = Bucket(left - 1 if left >= 1 else left, now)
        if len(self._buckets) > KNOWN:
            self._buckets.popitem(last=False)
        if left < 1:
            wait = math.ceil((1 - left) / self._rate)
            said = f"more than {self._rate:g} requests a second; ask again in {wait} s, or start songkin serve with"
            raise Refusal(429, f"{said} --no-rate-limit", headers={"retry-after": str(wait)})


def client_of(scope: Scope) -> str:
    """Return what tells clients apart: the address, of IPv6 the network that one household has."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network(f"{host}/64", strict=False)) if address.version == 6 else host
