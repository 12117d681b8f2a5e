"""In whose name a player asks: a token's name with its password, as the protocol proves it, or the token as an API key.

Conventions
-----------
Where a server asks for no token (on this machine alone, unless it is started otherwise), a player that names nobody we
know asks as nobody in particular, whatever its password: players cannot be set up without one. Whoever names a player
of ours must know its password, and an API key must be one.
"""

from __future__ import annotations

import hashlib
import hmac

from songkin.library import Library
from songkin.serve.subsonic.asked import Params
from songkin.serve.subsonic.envelope import Refusal

__all__ = ["Signed", "check_client", "signed_by"]

MAJOR, MINOR = 1, 16
LONGEST = 2_048  # characters of what signs
ENCODED = "enc:"
MISSING = "Required parameter is missing: "
CURE = "make one with: songkin token create NAME --players"
WRONG = "Wrong username or password"

Signed = tuple[str, str]  # the user in whose name is asked, and what the player calls them


def check_client(params: Params) -> None:
    """Raise Refusal unless the request says who asks (c) and in a version (v) we speak: 1.0.0 to 1.16.1."""
    for name in ("v", "c"):
        if not _one(params, name):
            raise Refusal(10, MISSING + name)
    parts = _one(params, "v").split(".")
    if len(parts) > 3 or not all(part.isascii() and part.isdecimal() and len(part) < 6 for part in parts):
        raise Refusal(0, f"v is '{_one(params, 'v')[:20]}'; it takes a version such as 1.16.1")
    major, minor = int(parts[0]), int(parts[1]) if len(parts) > 1 else 0
    if major < MAJOR:
        raise Refusal(20, "Incompatible Subsonic REST protocol version. Client must upgrade.")
    if major > MAJOR or minor > MINOR:
        raise Refusal(30, "Incompatible Subsonic REST protocol version. Server must upgrade.")


def signed_by(params: Params, library: Library, *, required: bool) -> Signed:
    """Return in whose name a request asks; Refusal where it does not say so, or says it wrongly.

    `required` says that nobody is admitted without a token.
    """
    key, name = _one(params, "apiKey"), _one(params, "u")
    token, salt, password = _one(params, "t"), _one(params, "s"), _one(params, "p")
    if (key and (name or token or password)) or (token and password):
        raise Refusal(43, "Multiple conflicting authentication mechanisms provided")
    if key:
        owner = library.tokens.owner(key)
        if owner is None:
            raise Refusal(44, "Invalid API key")
        return owner.user, owner.name
    if not name:
        raise Refusal(10, MISSING + "u")
    if not password and not (token and salt):
        raise Refusal(10, MISSING + ("s" if token else "t" if salt else "p, or t and s"))
    return _named(name, library, token, salt, password, required=required)


def _named(name: str, library: Library, token: str, salt: str, password: str, *, required: bool) -> Signed:
    """Check what a player proves itself with against the password of the token it names."""
    known = library.tokens.player(name)
    if known is None:
        if not required:
            return "", name
        if not any(one.players for one in library.tokens.all()):
            code, how = (41, "Token authentication") if token else (42, "Password authentication")
            raise Refusal(code, f"{how} not supported: no player has a password; {CURE}, or send a token as apiKey")
        raise Refusal(40, WRONG)
    given = token.lower() if token else _decoded(password)
    wanted = _md5(known.password + salt) if token else known.password
    if not hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode("utf-8")):
        raise Refusal(40, WRONG)
    return known.user, known.name


def _decoded(password: str) -> str:
    """Return a password as it was typed; "enc:" goes before hexadecimal."""
    if not password.startswith(ENCODED):
        return password
    try:
        return bytes.fromhex(password.removeprefix(ENCODED)).decode("utf-8")
    except (ValueError, UnicodeDecodeError):
        raise Refusal(40, WRONG) from None


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def _one(params: Params, name: str) -> str:
    values = params.get(name, ())
    return values[0][:LONGEST] if values else ""
