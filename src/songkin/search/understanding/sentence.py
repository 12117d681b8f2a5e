"""A request on its way to being understood: its text, what is still unread of it, and what was read so far.

Conventions
-----------
Places are offsets into `text` (NFC); `whole` and `plain` are exactly as long: lower case, without accents, straight
quotes. In `plain` what is quoted or read already is NUL, so that nothing is read twice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple

from songkin.filters.terms import Term
from songkin.search.understanding.hedges import is_memory
from songkin.text.words import in_place, normalise

__all__ = ["END", "NEGATOR", "Reading", "Sentence", "Token", "squashed"]

READ_AT_MOST = 8_000  # characters looked at for conditions; longer requests are words from there on
QUOTED = re.compile(r'"[^"\n]{2,300}"|https?://\S+|www\.\S+')
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
EDGE = re.compile(r"[,;:!?()\[\]\n]|\.(?=\s|$)|(?<=\s)-(?=\s)|\bbut\b|\bthough\b")
GAP = r"(?:\s|\x00)*"

END = (
    r"(?=[\s\x00]*(?:$|[,.;:!?()\]\n\x00]|-\s|(?:and|or|but|with|from|under|over|please|that|without|no|not|instead|"
    r"only|in|by|sung|this|thanks|more|less|at|around|nor|then|pls|maybe|if|though|ideally|preferably|except|excluding|"
    r"besides|about|released|apart from|other than)\b|w/o))"
)
"""A regular expression for where a condition's words end."""
NEGATOR = re.compile(
    r"(?:\b(?:(?:but|and|,)\s+)?(?:(?:definitely|certainly|preferably|please|absolutely|rather|just|ideally|maybe)\s+)?"
    r"(?:not|no|nothing|never|none|except(?:ing)?(?: for)?|excluding|exclude|without|w/o|avoid(?:ing)?|minus|skip|"
    r"anything but|other than|apart from|no more|nor|"
    r"(?:isn't|isnt|aren't|arent|is not|are not|must not be|mustn't be|shouldn't be|should not be|can't be)|"
    r"(?:i |we )?(?:don't|dont|do not) (?:want|like|need|play|give me|include|show|listen to|enjoy)(?: me)?(?: any)?|"
    r"(?:(?:i'm|im|i am) )?not (?:really |that |much )?(?:into|in the mood for|(?:an? )?(?:big |huge )?fan of)|"
    r"(?:i )?(?:hate|dislike|can't stand|cant stand|am sick of|'m sick of))\s+"
    r"(?:(?:any|anything|any of|songs?|music|tracks?|stuff|the|ones?|be|it|something|sung|of|those|that is|that are|"
    r"a|an|too much|much)\s+)*)$"
)


class Token(NamedTuple):
    """A word of the request, folded, and where it stands."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a stretch of the request was taken for.

    `said` names it for the asker. `takes` = its words leave the channels' text, `instead` comes in their place.
    `term` is a condition on songs, `negated` its opposite; `weighs` = it never filters, whatever the library knows.
    """

    start: int
    end: int
    said: str = ""
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    term: Term | None = None
    negated: bool = False
    weighs: bool = False
    avoid: tuple[str, ...] = ()
    targets: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    takes: bool = False
    instead: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A request, folded for reading.

    `memory` = somebody tries to recall a song, so nothing said of it is certain; `seeded` = "this one" is a song that
    was given apart.
    """

    text: str
    whole: str
    plain: str
    memory: bool
    seeded: bool = False

    @classmethod
    def of(cls, text: str, *, seeded: bool = False) -> Sentence:
        """Fold a request; only its first 8,000 characters are read."""
        text = unicodedata.normalize("NFC", text)
        whole = in_place(text[:READ_AT_MOST])
        plain = QUOTED.sub(lambda found: "\0" * len(found[0]), whole)
        return cls(text, whole, plain, is_memory(whole), seeded)

    def without(self, readings: Iterable[Reading]) -> Sentence:
        """Return the sentence with what was read blanked."""
        plain = self.plain
        for reading in readings:
            plain = plain[: reading.start] + "\0" * (reading.end - reading.start) + plain[reading.end :]
        return replace(self, plain=plain) if plain is not self.plain else self

    def written(self, start: int, end: int) -> str:
        """Return the words as the asker wrote them, on one line."""
        return " ".join(self.text[start:end].split()).strip(" ,.;\"“”'")

    def tokens(self, start: int = 0, end: int | None = None, *, quoted: bool = False) -> list[Token]:
        """Return the words of a stretch; those read already, or quoted, only if asked."""
        text = self.whole if quoted else self.plain
        stop = len(text) if end is None else end
        return [Token(found[0], found.start(), found.end()) for found in WORD.finditer(text, start, stop)]

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch between commas, full stops or "but" around a place."""
        before = [found.end() for found in EDGE.finditer(self.whole, max(0, start - 60), start)]
        after = EDGE.search(self.whole, end)
        return (before[-1] if before else max(0, start - 60), after.start() if after else len(self.whole))

    def negator(self, start: int) -> int | None:
        """Return where the words begin that deny what stands at `start` ("but not any ..."), None without such."""
        found = NEGATOR.search(self.plain, max(0, start - 60), start)
        return found.start() if found else None


def squashed(text: str) -> str:
    """Return the spelling in which names meet: no case, accents, signs, spaces, no "and", no leading "the"."""
    words = [word for word in normalise(text.replace("&", " and ").replace("+", " and ")).split() if word != "and"]
    return "".join(words[1:] if len(words) > 1 and words[0] == "the" else words)
