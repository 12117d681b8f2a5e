"""Which names the server may be called by: a page elsewhere that points its own name at this machine is refused.

A browser asks by the name in its address bar. A name that somebody else owns can be made to mean 127.0.0.1 (DNS
rebinding), and then that page would read the library as its own; an address in digits cannot.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection

from starlette.datastructures import Headers

from songkin.serve.http.errors import Refusal

__all__ = ["LOCAL_NAMES", "check_host", "is_address", "is_loopback", "name_of"]

LOCAL_NAMES = frozenset(["localhost"])
SHORT = 80


def check_host(headers: Headers, names: Collection[str]) -> None:
    """Raise Refusal unless a request calls the server by a name it has."""
    said = headers.getlist("host")
    name = name_of(said[0]) if len(said) == 1 else ""
    if name and (name in names or name.endswith(".localhost") or is_address(name)):
        return
    cure = "ask by its address in digits, or start it with: songkin serve --allow-host NAME"
    raise Refusal(421, f"this server is not called {name[:SHORT]!a}; {cure}")


def name_of(host: str) -> str:
    """Return the name in a Host header or an origin, without its port, in small letters.

    >>> name_of("Localhost:8765"), name_of("[::1]:80")
    ('localhost', '::1')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    name, colon, port = host.partition(":")
    return name.rstrip(".").lower() if not colon or port.isdecimal() else ""


def is_address(name: str) -> bool:
    """Say whether a name is an address in digits."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Say whether an address is reached from this machine alone.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    return host.lower() in LOCAL_NAMES or (is_address(host) and ipaddress.ip_address(host).is_loopback)
