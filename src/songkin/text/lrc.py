"""LRC, the format of timed lyrics: stamps, ID tags, offset, word stamps.

Conventions
-----------
A stamp is [mm:ss], [mm:ss.xx] or [mm:ss.xxx] (a colon before the fraction is accepted). Several stamps before one line
say that it is sung again. A positive [offset:ms] moves every line earlier. Times are milliseconds, never negative.
"""

from __future__ import annotations

import re

__all__ = ["ID_TAG", "STAMP", "WORD_STAMP", "offset_ms", "stamps"]

STAMP = re.compile(r" ?\[(\d{1,4}):([0-5]?\d)(?:[.:](\d{1,3}))?\]")
WORD_STAMP = re.compile(r"<\d{1,4}:[0-5]?\d(?:[.:]\d{1,3})?>")
ID_TAG = re.compile(
    r"\s*\[(?:ar|ti|al|au|by|length|offset|re|ve|tool|la|lang|id|key|lr|encoding|#)\s*:[^\]\n]{0,500}\]\s*",
    re.IGNORECASE,
)
OFFSET = re.compile(r"\[offset\s*:\s*([+-]?\d{1,9})\s*\]", re.IGNORECASE)


def stamps(line: str) -> tuple[list[int], str]:
    """Return the stamps before a line in milliseconds, and the rest of the line."""
    starts = []
    end = 0
    while found := STAMP.match(line, end):
        minutes, seconds, fraction = found.groups()
        starts.append((int(minutes) * 60 + int(seconds)) * 1000 + int((fraction or "0").ljust(3, "0")))
        end = found.end()
    return starts, line[end:].lstrip()


def offset_ms(text: str) -> int:
    """Return what [offset: ] says, in milliseconds, positive = earlier; 0 when it is absent."""
    found = OFFSET.search(text)
    return int(found[1]) if found else 0
