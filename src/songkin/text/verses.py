"""The structure of cleaned lyrics: lines, verses, repeated lines folded, passages of a few lines.

Conventions
-----------
A `Line` with text '' is a verse break. Breaks never stand first, last or side by side, and never inside a passage.
Times are milliseconds from the start of the recording; None = not timed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from songkin.text.words import SPACELESS, normalise

__all__ = ["Line", "Passage", "fold", "joined", "passages"]

TARGET_WORDS = 40
MOST_WORDS = 60
MOST_LINES = 6
LEAST_WORDS = 12
LONGEST_WORD = 120


class Line(NamedTuple):
    """One line of lyrics; '' is a verse break."""

    text: str
    start_ms: int | None = None


class Passage(NamedTuple):
    """A few neighbouring lines, the unit that is encoded and quoted; it holds no verse breaks."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The lines, one below the other."""
        return "\n".join(line.text for line in self.lines)

    @property
    def start_ms(self) -> int | None:
        """When the first timed line begins; None when none is timed."""
        return next((line.start_ms for line in self.lines if line.start_ms is not None), None)


def fold(lines: Iterable[Line]) -> list[Line]:
    """Keep each line's first occurrence (equal under `normalise`), in order, with its earliest stamp."""
    lines = list(lines)
    starts: dict[str, int] = {}
    keys = [normalise(line.text) for line in lines]
    for key, line in zip(keys, lines, strict=True):
        if line.start_ms is not None:
            starts[key] = min(line.start_ms, starts.get(key, line.start_ms))
    seen: set[str] = set()
    kept = []
    for key, line in zip(keys, lines, strict=True):
        if not line.text or key not in seen:
            kept.append(Line(line.text, starts.get(key) if line.text else None))
        seen.add(key)
    return joined(kept)


def joined(lines: Iterable[Line]) -> list[Line]:
    """Drop verse breaks that stand first, last or behind another."""
    kept: list[Line] = []
    for line in lines:
        if line.text or (kept and kept[-1].text):
            kept.append(line)
    if kept and not kept[-1].text:
        kept.pop()
    return kept


def passages(lines: Iterable[Line]) -> list[Passage]:
    """Cut lines into passages of about 30 to 40 words and at most 6 lines or 60 words, at verse breaks where possible.

    A line longer than 60 words is cut between words. No lines give no passages; no word is lost and the order stays.
    """
    cut = [part for line in lines for part in _parts(line)]
    verses = [list(verse) for sung, verse in groupby(cut, key=lambda line: bool(line.text)) if sung]
    shares = [share for verse in verses for share in _shares(verse)]
    return [Passage(tuple(share)) for share in _merged(shares)]


def count(text: str) -> int:
    """Count the words of a text; scripts without spaces count one word for two characters."""
    if text.isascii():
        return len(text.split())
    spaceless = SPACELESS.findall(text)
    return len(SPACELESS.sub(" ", text).split()) + sum((len(run) + 1) // 2 for run in spaceless)


def _parts(line: Line) -> list[Line]:
    """Cut a line of more than 60 words into equal parts; every part keeps the line's stamp."""
    if len(line.text) < (LONGEST_WORD if line.text.isascii() else MOST_WORDS):  # as nearly every line is
        return [line]
    words = [word[i : i + LONGEST_WORD] for word in line.text.split() for i in range(0, len(word), LONGEST_WORD)]
    if count(line.text) <= MOST_WORDS and all(len(word) < LONGEST_WORD for word in words):
        return [line]
    parts: list[Line] = []
    held: list[str] = []
    size = 0
    for word in words:
        size += count(word)
        if held and size > TARGET_WORDS:
            parts.append(Line(" ".join(held), line.start_ms))
            held, size = [], count(word)
        held.append(word)
    return [*parts, Line(" ".join(held), line.start_ms)]


def _shares(verse: Sequence[Line]) -> list[list[Line]]:
    """Cut a verse into shares of nearly equal numbers of words, each within the limits."""
    sizes = [count(line.text) for line in verse]
    n = max(math.ceil(len(verse) / MOST_LINES), round(sum(sizes) / TARGET_WORDS), 1)
    aim = sum(sizes) / n
    shares: list[list[Line]] = [[]]
    held = 0
    for line, size in zip(verse, sizes, strict=True):
        full = len(shares[-1]) >= MOST_LINES or held + size > MOST_WORDS
        if shares[-1] and (full or held + size / 2 > aim):
            shares.append([])
            held = 0
        shares[-1].append(line)
        held += size
    return shares


def _merged(shares: Iterable[list[Line]]) -> list[list[Line]]:
    """Join a share of fewer than 12 words to its neighbour before it, where both fit into one passage."""
    merged: list[list[Line]] = []
    sizes: list[int] = []
    for share in shares:
        size = sum(count(line.text) for line in share)
        small = merged and min(size, sizes[-1]) < LEAST_WORDS
        if small and len(merged[-1]) + len(share) <= MOST_LINES and sizes[-1] + size <= MOST_WORDS:
            merged[-1] = merged[-1] + share
            sizes[-1] += size
        else:
            merged.append(share)
            sizes.append(size)
    return merged
