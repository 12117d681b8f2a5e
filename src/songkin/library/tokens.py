"""Tokens by which programs ask a library in a user's name: made once, kept as digests, taken back by name.

Conventions
-----------
A token is 256 random bits. It is kept as its SHA-256 alone: a slow hash protects what people think up, and 256 random
bits cannot be guessed however fast they are tried. A token's name belongs to the library, whoever's it is, and is
unique. When it was last used is not kept: that would be a write for every request. What is kept is read again after a
second at most, so that a token revoked by another process is refused from then on.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from typing import NamedTuple

from songkin.errors import QueryError
from songkin.store import Store
from songkin.store.state import Decision, State

__all__ = ["NewToken", "Owner", "PlayerSecret", "Token", "Tokens"]

KIND = "token"
MARK = "songkin_"  # by which a token is known for one where it was pasted by mistake
BYTES = 32
LONGEST_NAME = 100  # characters
STALE_S = 1.0  # how long what was read is believed


class NewToken(NamedTuple):
    """A token at the one moment it is known; `password` is for players that cannot send it, None where none is made."""

    name: str
    user: str
    token: str
    password: str | None = None


class Token(NamedTuple):
    """What is known of a token later: whose it is, whether players have a password, and when it was made (UTC)."""

    name: str
    user: str
    players: bool
    created_at: str


class Owner(NamedTuple):
    """In whose name a token asks; user "" is nobody in particular."""

    name: str
    user: str


class PlayerSecret(NamedTuple):
    """What a player's proof, md5(password + salt), is checked against: good for /rest alone."""

    name: str
    user: str
    password: str


class _Kept(NamedTuple):
    """A token as it rests; a digest that cannot be read back is '', which no token has."""

    name: str
    user: str
    sha256: str
    password: str | None
    created_at: str


class Tokens:
    """The tokens of one library."""

    def __init__(self, store: Store) -> None:
        self._state = State(store.tables)
        self._read: tuple[float, list[_Kept]] | None = None

    # -- deciding ------------------------------------------------------------------------------------------------------

    def create(self, name: str, *, user: str = "", players: bool = False) -> NewToken:
        """Make a token that asks in a user's name; it is shown now and never again.

        `players=True` makes a password besides, for players that know no tokens; their protocol needs it kept in the
        open. QueryError where the name is taken, or is none.
        """
        name = _named(name)
        made = NewToken(name, user, MARK + secrets.token_urlsafe(BYTES), secrets.token_urlsafe(16) if players else None)
        value = {"user": user, "sha256": _digest(made.token), "password": made.password}
        kept = self._state.keep(Decision("", KIND, name, json.dumps(value)))
        self._read = None
        if not kept or self.owner(made.token) is None:  # of two that make one at once, the older row counts
            raise QueryError(f"a token is called '{name}' already; songkin token revoke '{name}' takes it back")
        return made

    def revoke(self, name: str) -> Token:
        """Take a token back, so that nobody asks by it any more; QueryError where none is called so."""
        found = [token for token in self.all() if token.name == name.strip()]
        if not found:
            known = ", ".join(f"'{token.name}'" for token in self.all())
            raise QueryError(f"no token is called '{name}'; there are {known or 'none'}")
        self._state.drop(Decision("", KIND, found[0].name))
        self._read = None
        return found[0]

    # -- asking --------------------------------------------------------------------------------------------------------

    def all(self) -> list[Token]:
        """Return what is known of every token, oldest first, as it is now."""
        self._read = None
        return [Token(kept.name, kept.user, kept.password is not None, kept.created_at) for kept in self._kept()]

    def any(self) -> bool:
        """Say whether there is a token at all."""
        return any(kept.sha256 for kept in self._kept())

    def owner(self, token: str) -> Owner | None:
        """Return in whose name a token asks, None where it is none; every token is compared, in the same time."""
        digest, found = _digest(token), None
        for kept in self._kept():
            if hmac.compare_digest(kept.sha256, digest):
                found = Owner(kept.name, kept.user)
        return found

    def player(self, name: str) -> PlayerSecret | None:
        """Return what the player that signs in by a token's name is checked against; None where it has no password."""
        for kept in self._kept():
            if kept.name == name and kept.password:
                return PlayerSecret(kept.name, kept.user, kept.password)
        return None

    def _kept(self) -> list[_Kept]:
        """Return the tokens as they rest, read within the last second."""
        read = self._read  # bound once: another thread may forget it meanwhile
        if read is None or not 0 <= time.monotonic() - read[0] < STALE_S:
            now = time.monotonic()
            self._read = read = (now, [_kept(row) for row in self._state.read(KIND)])
        return read[1]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _named(name: str) -> str:
    """Return a token's name without blanks around it; QueryError where it is none that can be typed and shown."""
    bare = name.strip()
    if not bare or len(bare) > LONGEST_NAME or not bare.isprintable():
        shown = bare if bare.isprintable() else ascii(bare)
        raise QueryError(f"'{shown[:LONGEST_NAME]}' names no token; give 1 to {LONGEST_NAME} letters, such as 'phone'")
    return bare


def _kept(row: Decision) -> _Kept:
    """Read a row back; one that is damaged admits nobody, and can be seen and revoked."""
    try:
        value = json.loads(row.value)
        user, digest, password = value["user"], value["sha256"], value.get("password")
    except (ValueError, TypeError, KeyError, AttributeError):
        return _Kept(row.name, "", "", None, row.created_at)
    whole = isinstance(user, str) and isinstance(digest, str) and digest.isascii() and len(digest) == 64
    own = password if isinstance(password, str) and password else None
    return (
        _Kept(row.name, user, digest, own, row.created_at) if whole else _Kept(row.name, "", "", None, row.created_at)
    )
