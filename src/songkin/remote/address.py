"""Where a player's server is: `subsonic://user@host:port/path`, read once and written without secrets.

Conventions
-----------
`subsonic://` speaks plain HTTP, as servers at home do, and `subsonics://`, or `?tls=1`, HTTPS; the port is the scheme's
own unless it is named. A password never stands in an address: what is typed as a command is seen by every program on
the machine and kept in the shell's history.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from songkin.errors import RemoteError

__all__ = ["Address", "is_address"]

SCHEMES = ("subsonic", "subsonics")
EXAMPLE = "write subsonic://anna@music.local:4533, or subsonics:// for HTTPS"
HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.IGNORECASE)
STEPS = re.compile(r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*")
SECRETS = re.compile(r"//[^/?#]*@")
LONGEST = 2_000  # characters


class Address(NamedTuple):
    """A server's place. `path` is '' or starts with '/'; `port` None is the scheme's own; user "" is not named."""

    host: str
    port: int | None = None
    path: str = ""
    tls: bool = False
    user: str = ""

    @classmethod
    def of(cls, text: str) -> Self:
        """Read an address; RemoteError with what is wrong with it, and never with a password."""
        shown = SECRETS.sub("//...@", text[:80])
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError as error:
            raise RemoteError(f"'{shown}' is no address of a server ({error}); {EXAMPLE}") from None
        if parts.password is not None:
            raise RemoteError(
                f"'{shown}' holds a password, which every program could read; leave it out: it is asked for, or put it "
                "into SONGKIN_SUBSONIC_PASSWORD"
            )
        host = _host(text, shown)
        path = parts.path.rstrip("/").removesuffix("/rest")
        tls = _tls(parts.scheme, parts.query, shown)
        if len(text) > LONGEST or parts.fragment or not STEPS.fullmatch(path) or _climbs(path):
            raise RemoteError(f"'{shown}' is no address of a server; {EXAMPLE}")
        return cls(host, port, path, tls, unquote(parts.username or ""))

    @property
    def base(self) -> str:
        """The address requests go to, "http://music.local:4533/path"."""
        return f"{'https' if self.tls else 'http'}://{self.place}"

    @property
    def place(self) -> str:
        """The server's name whoever asks and however: "music.local:4533/path"."""
        return f"{self.host}{f':{self.port}' if self.port else ''}{self.path}"

    @property
    def name(self) -> str:
        """The address as people write it."""
        user = f"{self.user}@" if self.user else ""
        return f"subsonic{'s' if self.tls else ''}://{user}{self.place}"


def is_address(text: str) -> bool:
    """Say whether a text is meant as the address of a player's server, and not as a path."""
    return text.partition("://")[0].lower() in SCHEMES and "://" in text


def _host(text: str, shown: str) -> str:
    """Return the host in lower case; RemoteError where there is none that can be one."""
    authority = text.partition("://")[2].split("/", 1)[0].split("?", 1)[0].split("#", 1)[0]
    host = re.sub(r":\d*$", "", authority.rpartition("@")[2])
    if not HOST.fullmatch(host):
        raise RemoteError(f"'{shown}' names no host; {EXAMPLE}")
    return host.lower()


def _tls(scheme: str, query: str, shown: str) -> bool:
    """Say whether the address asks for HTTPS; RemoteError where it asks for anything else."""
    asked = parse_qsl(query, keep_blank_values=True)
    if any(pair not in (("tls", "0"), ("tls", "1")) for pair in asked):
        raise RemoteError(f"'{shown}' holds more than an address; the one thing that may follow '?' is tls=1")
    return scheme.lower() == "subsonics" or ("tls", "1") in asked


def _climbs(path: str) -> bool:
    """Say whether a path leads upwards, spelt in any way."""
    return any(step in (".", "..") for step in unquote(path).split("/"))
