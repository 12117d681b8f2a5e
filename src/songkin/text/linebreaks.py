"""Give lyrics back the line breaks they lost on their way: "the nightHold me" and whole songs in one line.

Conventions
-----------
Only spaces turn into breaks and breaks are put where two words were glued together; no character is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from songkin.text.words import vocabulary

__all__ = ["shortened", "unglued"]

GLUED = re.compile(
    r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[a-zà-öø-ÿI][.!?;:,)\]\"”…'’])(?=[A-ZÀ-ÖØ-Þ])|(?<=[!?])(?=[A-Z])"
)
MAYBE_GLUED = re.compile(r"[^\sA-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ]")  # found four times as fast; without it nothing is glued
NAMES = re.compile(r"(?:\b(?:Mc|Mac|De|Di|La|Le|Du|Van|O'|D'|L'|Mc'|i|You|Fitz|Lil|DJ)|-)$")
FEW_JOINS = 3
LONG_WORDS = 18
IDEAL_WORDS = 7
MOST_WORDS = 14
OPENERS = vocabulary("I I'm I'll I've I'd God Lord Jesus Christ Thy Thee Thou Thine He His Him Holy Father King O Oh")


def unglued(rows: Sequence[str]) -> list[list[str]]:
    """Cut each row where two lines were glued together: "the nightHold me" -> ["the night", "Hold me"].

    Where a song has fewer than three joins they may be names ("LeAnn"), so short rows stay whole.
    """
    text = "\n".join(rows)
    if not (MAYBE_GLUED.search(text) and GLUED.search(text)):
        return [[row] for row in rows]
    joins = [_joins(row) for row in rows]
    sure = sum(map(len, joins)) >= FEW_JOINS
    return [
        _cut(row, at) if sure or len(row.split()) > IDEAL_WORDS else [row] for row, at in zip(rows, joins, strict=True)
    ]


def _joins(line: str) -> list[int]:
    return [
        found.start()
        for found in GLUED.finditer(line)
        if not NAMES.search(line[max(found.start() - 6, 0) : found.start()])
    ]


def _cut(row: str, at: list[int]) -> list[str]:
    return [row[start:end].strip() for start, end in zip([0, *at], [*at, len(row)], strict=True)]


def shortened(line: str) -> list[str]:
    """Break a line of more than 18 words where lines of verse likely ended: punctuation, capitals, length."""
    words = line.split()
    if len(words) <= LONG_WORDS:
        return [line]
    costs = [_cost(left, right) for left, right in pairwise(words)]
    ends = _cheapest(costs)
    return [" ".join(words[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


def _cost(left: str, right: str) -> float:
    """What a break between two words costs: least behind punctuation and before a capital letter."""
    capital = right.lstrip("\"'‘“(")[:1].isupper()
    if left[-1] in '.!?;:)"”…':
        return 0.0 if capital else 2.0
    if capital:
        return 2.5 if right.rstrip(",.!?;") in OPENERS else 1.0 if left[-1] != "," else 0.0
    return 2.0 if left[-1] == "," else 5.0


def _cheapest(costs: list[float]) -> list[int]:
    """Return where lines end so that the sum of break costs and of uneven lengths is least: word counts, ascending."""
    n = len(costs) + 1
    best = [0.0] * (n + 1)
    back = [0] * (n + 1)
    for end in range(1, n + 1):
        tail = costs[end - 1] if end < n else 0.0
        choices = [
            (best[s] + tail + ((end - s - IDEAL_WORDS) / 3) ** 2, s) for s in range(max(0, end - MOST_WORDS), end)
        ]
        best[end], back[end] = min(choices)
    ends = [n]
    while back[ends[-1]]:
        ends.append(back[ends[-1]])
    return ends[::-1]
