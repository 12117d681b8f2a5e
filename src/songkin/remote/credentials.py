"""How we sign in at a player's server: md5(password + salt), or an API key; never a password in the open unasked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from songkin.errors import RemoteError
from songkin.remote.address import Address
from songkin.settings import Settings

__all__ = ["Ask", "Credentials"]

Ask = Callable[[str], str]  # a question -> what a person types, unseen
CURE = "set SONGKIN_SUBSONIC_PASSWORD, or SONGKIN_SUBSONIC_KEY for an API key, or run it in a terminal, which asks"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name with its password, or an API key, which stands for both."""

    user: str = ""
    password: str = field(default="", repr=False)
    key: str = field(default="", repr=False)

    @classmethod
    def of(cls, address: Address, *, ask: Ask | None = None, settings: Settings | None = None) -> Credentials:
        """Take them from the settings, or ask; RemoteError where there is neither.

        An API key counts before a password; an address without a user needs one.
        """
        known = settings or Settings.load()
        if known.subsonic_key:
            return cls(address.user, key=known.subsonic_key)
        if address.user and known.subsonic_password:
            return cls(address.user, known.subsonic_password)
        if ask is None:
            wanted = f"the password of {address.user}" if address.user else "a user (subsonic://anna@...) or an API key"
            raise RemoteError(f"{address.name}: {wanted} is missing; {CURE}")
        said = ask(f"{'Password of' if address.user else 'API key for'} {address.name}")
        if not said:
            raise RemoteError(f"{address.name}: nothing was typed; {CURE}")
        return cls(address.user, said) if address.user else cls(key=said)

    def params(self, *, plain: bool = False) -> dict[str, str]:
        """Return what signs one request, with a fresh salt; `plain` sends the password itself, as hexadecimal."""
        if self.key:
            return {"apiKey": self.key}  # without u: both together are an error of their own (43)
        if plain:
            return {"u": self.user, "p": "enc:" + self.password.encode("utf-8").hex()}
        salt = secrets.token_hex(8)
        token = hashlib.md5((self.password + salt).encode("utf-8"), usedforsecurity=False).hexdigest()
        return {"u": self.user, "t": token, "s": salt}
