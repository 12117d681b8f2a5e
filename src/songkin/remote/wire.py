"""Ask one server over HTTP: nothing but the host that was named, with time limits, size limits, and patience.

Conventions
-----------
A request is tried again where nothing came back or the server says that it is busy, with pauses that double; one that
changes something only where it surely never arrived. A redirect is followed on the same host alone, and never from
HTTPS to HTTP. Proxies and .netrc of the environment are not used: a password goes to the server and to nobody else.
Addresses that are shown or logged carry no parameters, for those hold the password's digest.
"""

from __future__ import annotations

import logging
import random
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2

from songkin.errors import RemoteError

__all__ = ["Fetched", "Limits", "Wire"]

logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would log every address whole, with what signs it
log = logging.getLogger(__name__)

Params = Mapping[str, str | Sequence[str]]
REDIRECTS = (301, 302, 303, 307, 308)
TOO_OFTEN = 429
PATIENCE = 20  # times a server may say when to ask again, before that counts as no answer
BUSY = (TOO_OFTEN, 500, 502, 503, 504)
NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
LONGEST_WAIT_S = 30.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Limits(NamedTuple):
    """How long and how much: seconds for a connection, between two pieces, and in all; bytes; tries; first pause."""

    connect_s: float = 10.0
    read_s: float = 60.0
    whole_s: float = 180.0
    largest: int = 16 << 20
    tries: int = 4
    pause_s: float = 0.5
    redirects: int = 3


class Fetched(NamedTuple):
    """What a server answered: the status, the type it says it is, and the bytes."""

    status: int
    kind: str
    body: bytes


class Wire:
    """A connection to one server, which threads may share."""

    def __init__(
        self, base: str, *, agent: str, limits: Limits | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._base, self._limits, self._sleep = base.rstrip("/"), limits or Limits(), sleep
        self.host = urlsplit(base).netloc
        limit = self._limits
        timeout = httpx2.Timeout(limit.read_s, connect=limit.connect_s)
        context = ssl.create_default_context()  # the machine's own certificates, a home's among them
        headers = {"User-Agent": agent, "Accept": "application/json"}
        self._client = httpx2.Client(timeout=timeout, verify=context, trust_env=False, headers=headers)

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    def fetch(self, path: str, params: Params, *, post: bool = False, changes: bool = False) -> Fetched:
        """Ask for a path below the base; RemoteError where no answer comes, or one too long or from elsewhere.

        `post` sends the parameters in the body; `changes` says that asking twice would do it twice.
        """
        left, patience = self._limits.tries - 1, PATIENCE
        while True:
            try:
                fetched, wait_s = self._once(path, params, post=post)
                if fetched.status == TOO_OFTEN and patience and wait_s is not None and wait_s <= LONGEST_WAIT_S:
                    patience -= 1
                    self._sleep(wait_s * random.uniform(1.0, 1.25))
                    continue
                if fetched.status not in BUSY or changes or not left or (wait_s or 0.0) > LONGEST_WAIT_S:
                    return fetched
            except httpx2.RequestError as error:
                if not left or (changes and not isinstance(error, NEVER_SENT)):
                    raise RemoteError(
                        f"{self.host}: {_told(error)}; is the server running, and the address right?"
                    ) from None
                wait_s = None
            pause_s = self._limits.pause_s * 2 ** (self._limits.tries - 1 - left) * random.uniform(0.75, 1.25)
            log.info("%s: no answer yet to %s, %d tries left", self.host, path, left)
            self._sleep(min(wait_s if wait_s is not None else pause_s, LONGEST_WAIT_S))
            left -= 1

    def _once(self, path: str, params: Params, *, post: bool) -> tuple[Fetched, float | None]:
        """Ask once, along redirects on the same host; beside the answer how long the server asks to be left alone."""
        url, ends = f"{self._base}/{path}", time.monotonic() + self._limits.whole_s
        for _ in range(self._limits.redirects + 1):
            with self._opened(url, urlencode(params, doseq=True), post=post) as response:
                if response.status_code not in REDIRECTS:
                    fetched = Fetched(response.status_code, _kind(response), self._body(response, ends))
                    return fetched, _wait_s(response)
                url = self._redirected(url, response.headers.get("location", ""))
        raise RemoteError(f"{self.host}: redirects in circles; is the path in the address right?")

    def _opened(self, url: str, query: str, *, post: bool) -> AbstractContextManager[httpx2.Response]:
        """Send a request, its parameters in the body or behind the address."""
        if post:
            return self._client.stream("POST", url, content=query, headers=FORM)
        return self._client.stream("GET", f"{url}?{query}" if query else url)

    def _redirected(self, url: str, location: str) -> str:
        """Return where a redirect leads; RemoteError where it leaves the host that was named."""
        there, here = urlsplit(urljoin(url, location)), urlsplit(url)
        same = there.hostname == here.hostname and (
            (there.scheme, there.netloc) == (here.scheme, here.netloc)
            or (here.scheme, there.scheme) == ("http", "https")
        )
        if not same:
            cure = f"if that is the server, name it in the address: {there.netloc[:80]}"
            raise RemoteError(f"{self.host}: sends us on to another place, which is not followed; {cure}")
        return f"{there.scheme}://{there.netloc}{there.path}"

    def _body(self, response: httpx2.Response, ends: float) -> bytes:
        """Read an answer while it is neither too long nor too slow."""
        pieces, size = [], 0
        for piece in response.iter_bytes():
            pieces.append(piece)
            size += len(piece)
            if size > self._limits.largest:
                raise RemoteError(
                    f"{self.host}: an answer is longer than {self._limits.largest >> 20} MB; is the address right?"
                )
            if time.monotonic() > ends:
                raise RemoteError(
                    f"{self.host}: an answer takes longer than {self._limits.whole_s:g} s; try again later"
                )
        return b"".join(pieces)


def _kind(response: httpx2.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


def _wait_s(response: httpx2.Response) -> float | None:
    said = str(response.headers.get("retry-after", ""))
    return float(said) if said.isdecimal() and len(said) < 6 else None


def _told(error: httpx2.RequestError) -> str:
    """Say in words what went wrong on the way, without the request's address."""
    if isinstance(error, httpx2.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx2.ConnectError):
        said = " ".join(str(error).split())[:120]
        return f"cannot be reached ({said})" if said else "cannot be reached"
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError):
        return "cannot be asked like this"
    return "the connection broke off"
