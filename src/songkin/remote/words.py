"""Lyrics as a player's server has them -> Lyrics: timed ones as LRC, in the language they are sung in.

Conventions
-----------
Of several lyrics of a song the timed ones count before the others, then the first; translations and pronunciations
(`kind`) are not what is sung and are left out. `xxx` and `und` name no language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from songkin.remote.reply import listed, named, text
from songkin.text.lyrics import instrumental
from songkin.types import Lyrics

__all__ = ["lrc_stamp", "of_list", "of_plain"]

LARGEST = 1 << 20  # characters; Navidrome's own limit of a lyrics tag
LONGEST_MS = 24 * 3600 * 1000
CODE = re.compile(r"[a-z]{2,20}(?:[-_][a-z0-9]{2,8})*")
UNKNOWN = frozenset(["", "xxx", "und", "unknown", "zxx", "mul"])
SOURCE = "subsonic"
NOTE = 200  # characters within which a text may say that there are no words


def of_list(lyrics_list: Any) -> Lyrics | None:
    """Return the lyrics in an answer of getLyricsBySongId; None where it has none that are sung."""
    sung = [one for one in map(named, listed(named(lyrics_list).get("structuredLyrics"))) if _is_sung(one)]
    for one in sorted(sung, key=lambda one: one.get("synced") is not True):
        words = _lines(one)
        if words.strip():
            return _lyrics(words, _language(one.get("lang")))
    return None


def of_plain(lyrics: Any) -> Lyrics | None:
    """Return the lyrics in an answer of getLyrics; None where it has none."""
    words = text(named(lyrics).get("value"))
    return _lyrics(words, None) if words.strip() else None


def _lyrics(words: str, language: str | None) -> Lyrics:
    """Return lyrics; some short words that say there are none mark the song as instrumental."""
    silent = len(words) < NOTE and instrumental(words)
    return Lyrics(words[:LARGEST], language=language, instrumental=silent, source=SOURCE)


def lrc_stamp(start_ms: float) -> str:
    """Write a time as LRC does.

    >>> lrc_stamp(61_200)
    '[01:01.200]'
    """
    whole = int(start_ms)
    return f"[{whole // 60_000:02d}:{whole // 1000 % 60:02d}.{whole % 1000:03d}]"


def _is_sung(lyrics: Mapping[str, Any]) -> bool:
    return text(lyrics.get("kind")) in ("", "main")


def _lines(lyrics: Mapping[str, Any]) -> str:
    """Return the lines as text, with stamps where all of it is timed; a positive offset moves them earlier."""
    lines = [line if isinstance(line, dict) else {"value": line} for line in listed(lyrics.get("line"))]
    shift = _milliseconds(lyrics.get("offset"), low=-LONGEST_MS) or 0.0
    timed = lyrics.get("synced") is True
    return "\n".join(_line(line, shift, timed=timed) for line in lines)


def _line(line: Mapping[str, Any], shift: float, *, timed: bool) -> str:
    words = " ".join(text(line.get("value")).split())
    start = _milliseconds(line.get("start")) if timed else None
    return words if start is None else f"{lrc_stamp(max(start - shift, 0.0))}{words}"


def _milliseconds(value: Any, low: float = 0) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if low <= value <= LONGEST_MS else None


def _language(value: Any) -> str | None:
    code = text(value).strip().lower()
    return code if CODE.fullmatch(code) and code not in UNKNOWN else None
