"""The paper's cleaning of lyrics, rule by rule, as its notebook has it.

Conventions
-----------
A text is a cell of MusicOSet's lyrics.csv as it is spelt ("['line\\nline']" with backslashes), or a text with real line
breaks; both come out alike. Lengths count characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

__all__ = ["DROPS", "LONGEST", "SHORTEST", "cleaned", "standard"]

PARTS = ("Chorus", "Pre-Chorus", "Post-Chorus", "Bridge", "Verse 1", "Verse 2", "Verse 3", "Verse 4")
MARK = re.compile(r"\[.*?\]")
OPENINGS = ("['", '["')
SHORTEST, LONGEST = 300, 6_000
EN_DASHES, HYPHENS = 10, 100


def standard(text: str) -> str | None:
    """Bring lyrics into the paper's form; None where nothing is left.

    Line breaks become ". ", backslashes and the outer list's brackets go, then marks of parts, every other "[...]" and
    double quotes; leading full stops, blanks and quotes go, and one quote at the end. Round brackets stay.
    """
    joined = text
    for broken in ("\r\n", "\n", "\\n"):
        joined = joined.replace(broken * 2, ". ").replace(broken, ". ")
    joined = joined.replace("\\", "")
    if joined.startswith(OPENINGS):
        joined = joined[1:-1] if joined.endswith("]") else joined[1:]
    for part in PARTS:
        joined = joined.replace(f"[{part}]. ", "")
    plain = MARK.sub("", joined).replace('"', "").lstrip(". '")
    return plain.removesuffix("'") or None


def _is_of_a_songs_length(text: str) -> bool:
    return SHORTEST < len(text) <= LONGEST


def _is_no_list(text: str) -> bool:
    return text.count("\u2013") < EN_DASHES and text.count("-") < HYPHENS


DROPS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        f"{SHORTEST} < characters <= {LONGEST:,}": _is_of_a_songs_length,
        f"fewer than {EN_DASHES} en dashes and {HYPHENS} hyphens": _is_no_list,
    }
)


def cleaned(text: str | None) -> str | None:
    """Return lyrics as the paper reads them, None where it drops the song; no lyrics give None."""
    own = standard(text) if text else None
    return own if own and all(keeps(own) for keeps in DROPS.values()) else None
