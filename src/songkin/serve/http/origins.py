"""From which pages a request may come: what changes something only from our own, what is read not by other sites.

Browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`); programs say nothing, and need not. This, and a
cookie that is never sent from elsewhere (`SameSite=Strict`), is what keeps other sites from asking in a user's name.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from songkin.serve.http.errors import Refusal

__all__ = ["OURS", "check_origin"]

READS = ("GET", "HEAD", "OPTIONS")
OURS = ("same-origin", "none")  # none: typed into the address bar


def check_origin(scope: Scope, headers: Headers) -> None:
    """Raise Refusal for a request that another site's page makes."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if scope["method"] in READS:
        if site == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
            raise Refusal(403, "another site's page asks; open songkin's own page, or ask by a program", code="origin")
        return
    if site is not None and site not in OURS:
        raise Refusal(403, f"a page of another origin ({site[:20]}) wants to change something; {CURE}", code="origin")
    if origin is not None and not _is_ours(origin, headers):
        raise Refusal(403, f"{origin[:80]!a} wants to change something here; {CURE}", code="origin")
    if origin is None and site is None and "cookie" in headers and not _is_ours(headers.get("referer", ""), headers):
        raise Refusal(403, f"the request does not say which page it comes from; {CURE}", code="origin")


CURE = "do it on songkin's own page, or by a program with a token"


def _is_ours(address: str, headers: Headers) -> bool:
    """Say whether an origin, or the address of a page, is of the server that is asked."""
    try:
        found = urlsplit(address)
    except ValueError:
        return False
    return found.scheme in ("http", "https") and found.netloc.lower() == headers.get("host", "").lower()
