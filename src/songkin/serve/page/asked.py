"""What the address of the search page asks for: the whole state of a search, so that it can be linked and reloaded.

Conventions
-----------
`/?q=rain&where=year:1990..&like=ID&w.words=0.5&page=2`: `where`, `like` and `unlike` may come several times, each is a
chip. `w.CHANNEL` multiplies what a channel counts for this kind of request; 1, as it was learned, is left out.
`mode=line` looks for a remembered line. `cut=10-22&say=...` puts other words in place of a stretch of `q`.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from songkin.errors import QueryError
from songkin.serve.page.links import with_fields

__all__ = ["FURTHEST", "PARTS", "Asked"]

FURTHEST = 3.0  # times a channel can be weighed by its slider
PARTS = ("all", "lyrics", "description")
SIZE = 10  # hits a page
NO_WEIGHTS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as the page's address has it; `page` counts from 1, `weights` multiply, absent = 1."""

    q: str = ""
    line: bool = False
    where: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=lambda: NO_WEIGHTS)
    part: str = "all"
    variety: float = 0.0
    per_artist: int | None = None
    grouped: bool = True
    page: int = 1
    size: int = SIZE

    @classmethod
    def of(cls, pairs: Sequence[tuple[str, str]]) -> Asked:
        """Read the fields of an address, of which the last holds where one makes sense; unknown ones are passed over.

        QueryError where a number is none.
        """
        said = dict(pairs)
        weights = {name[2:]: _number(value, name, FURTHEST) for name, value in said.items() if name.startswith("w.")}
        cap = said.get("per_artist", "")
        return cls(
            q=_edited(unicodedata.normalize("NFC", said.get("q", "")), said.get("cut", ""), said.get("say", "")),
            line=said.get("mode") == "line",
            where=_every(pairs, "where", "add"),
            like=_every(pairs, "like"),
            unlike=_every(pairs, "unlike"),
            weights={name: value for name, value in weights.items() if value != 1.0},
            part=said.get("in") or "all",
            variety=_number(said.get("variety") or "0", "variety", 1.0),
            per_artist=_whole(cap, "per_artist") if cap else None,
            grouped=said.get("versions") != "all",
            page=_whole(said.get("page") or "1", "page"),
        )

    @classmethod
    def of_address(cls, address: str) -> Asked:
        """Read the address of a search page."""
        return cls.of(parse_qsl(address.partition("?")[2]))

    def __bool__(self) -> bool:
        return bool(self.q.strip() or self.like)

    @property
    def more(self) -> dict[str, Any]:
        """Return what `Library.search` takes besides the text and the weights."""
        own = {"like": self.like, "unlike": self.unlike, "part": self.part, "variety": self.variety, "k": self.size}
        return own | {"per_artist": self.per_artist, "grouped": self.grouped, "where": " ".join(self.where)}

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return the fields that no control of the form shows, for it to carry along."""
        named = (("where", self.where), ("like", self.like), ("unlike", self.unlike))
        return [(name, value) for name, values in named for value in values]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Return all fields that say something, in a fixed order."""
        own = [("q", self.q), ("mode", "line" if self.line else ""), *self.kept]
        own += [("in", "" if self.part == "all" else self.part), ("versions", "" if self.grouped else "all")]
        own += [("variety", f"{self.variety:g}" if self.variety else ""), ("per_artist", str(self.per_artist or ""))]
        own += [(f"w.{name}", f"{value:g}") for name, value in sorted(self.weights.items())]
        return [(name, value) for name, value in (*own, ("page", str(self.page) if self.page > 1 else "")) if value]

    @property
    def address(self) -> str:
        """The address that asks this again."""
        return with_fields("/", self.fields)

    def but(self, **changes: Any) -> Asked:
        """Return the search with something changed, from its first page on."""
        return replace(self, **{"page": 1, **changes})

    def without(self, name: str, value: str) -> Asked:
        """Return the search without one of its conditions or seeds."""
        return self.but(**{name: tuple(one for one in getattr(self, name) if one != value)})

    def cut(self, start: int, end: int) -> Asked:
        """Return the search with a stretch of its words left out."""
        return self.but(q=_edited(self.q, f"{start}-{end}", ""))


def _every(pairs: Sequence[tuple[str, str]], *names: str) -> tuple[str, ...]:
    """Return the values of some fields, each once, in their order."""
    return tuple(dict.fromkeys(value.strip() for name, value in pairs if name in names and value.strip()))


def _number(text: str, name: str, most: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0.0 <= number <= most:
        raise QueryError(f"{name} is '{text[:40]}'; it is a number from 0 to {most:g}")
    return number


def _whole(text: str, name: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= len(text) <= 6 and int(text) > 0):
        raise QueryError(f"{name} is '{text[:40]}'; it is a whole number from 1 on")
    return int(text)


def _edited(text: str, cut: str, say: str) -> str:
    """Put other words in place of a stretch of a text ("10-22"); a stretch that is none changes nothing."""
    start, dash, end = cut.partition("-")
    if not (dash and start.isdecimal() and end.isdecimal() and int(start) <= int(end) <= len(text)):
        return text
    before, after = text[: int(start)].rstrip(), text[int(end) :].lstrip()
    parts = [part for part in (before, say.strip(" ,"), after) if part]
    return " ".join(parts).replace(" ,", ",").strip(" ,;")
