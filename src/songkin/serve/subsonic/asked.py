"""One request of a player: who asks which library, with which parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from songkin.library import Library
from songkin.serve.subsonic.envelope import Refusal
from songkin.types import Song

__all__ = ["Asked", "Params", "Payload"]

Params = Mapping[str, Sequence[str]]
Payload = dict[str, Any]
TRUE = ("true", "1")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was signed; `user` is in whose name it asks, and `name` what the player calls that user."""

    library: Library
    user: str
    name: str
    params: Params

    def all(self, name: str) -> list[str]:
        """Return every value of a parameter."""
        return list(self.params.get(name, ()))

    def text(self, name: str, default: str = "") -> str:
        """Return the first value of a parameter."""
        values = self.params.get(name, ())
        return values[0] if values else default

    def need(self, name: str) -> str:
        """Return a parameter that must be there; Refusal 10 where it is not."""
        value = self.text(name)
        if not value:
            raise Refusal(10, f"Required parameter is missing: {name}")
        return value

    def whole(self, name: str, default: int, *, low: int = 0, high: int = 10_000) -> int:
        """Return a whole number, brought between `low` and `high`; Refusal 0 for anything else."""
        text = self.text(name)
        if not text:
            return default
        if len(text) > 18 or not text.removeprefix("-").isdecimal() or not text.isascii():
            raise Refusal(0, f"{name} is '{text[:40]}'; it takes a whole number")
        return min(max(int(text), low), high)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a truth value."""
        text = self.text(name).lower()
        return text in TRUE if text else default

    def song(self, song: str) -> Song:
        """Return a song by id; Refusal 70 where there is none."""
        return self.library.players.song(song)

    def liked(self) -> dict[str, str]:
        """Return which songs the user likes, with the moment that was said."""
        told = self.library.opinions.all(user=self.user)
        return {one.song: one.told_at for one in told if one.verdict == "like"}
