"""How long a song lasts and how fast it goes: "under 4 minutes", "at most 3:30", "about 120 bpm"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from songkin.filters.terms import Between
from songkin.search.understanding.sentence import Reading, Sentence

if TYPE_CHECKING:
    from songkin.search.understanding.vocabulary import Vocabulary

__all__ = ["minutes_said", "read_lengths", "read_tempo"]

NAMES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
WORDS = {name: number for number, name in enumerate(NAMES, 1)} | {"a": 1, "an": 1}
NUMBER = r"(?:\d{1,3}(?:[.,]\d+)?|" + "|".join(WORDS) + ")"
UNIT = r"(?:minutes?|mins?|min|mn|seconds?|secs?|sec|hours?)\b"
TIME = (
    rf"(?:(?P<c{{n}}>\d{{1,2}}:[0-5]\d)(?:\s*(?:min(?:ute)?s?|m)\b)?|"
    rf"(?P<n{{n}}>{NUMBER})(?P<h{{n}}> and a half)?[\s-]*(?P<u{{n}}>{UNIT}){{o}})"
)
MOST = (
    r"under|below|less than|shorter than|at most|max(?:imum)?(?: of)?|up to|no longer than|not longer than|"
    r"no more than|not more than|within|not over|<=?|maximal(?:ly)?|not above"
)
LEAST = (
    r"over|above|more than|longer than|at least|min(?:imum)?(?: of)?|no shorter than|not shorter than|"
    r"no less than|>=?|exceeding"
)
NEAR = r"about|around|roughly|approximately|approx\.?|circa|ca\.?|some|nearly|almost|~"


def _time(n: int, *, optional: bool = False) -> str:
    pattern = TIME.replace("{n}", str(n)).replace("{{", "{").replace("}}", "}")
    return pattern.replace("{o}", "?" if optional else "")


BOUNDS = rf"(?:(?P<most>{MOST})|(?P<least>{LEAST})|(?P<near>{NEAR}))"
PAIR = re.compile(rf"(?<![\w:])(?:(?:between|from)\s+)?{_time(1, optional=True)}\s*(?:-|to|and)\s*{_time(2)}")
LENGTH = re.compile(rf"(?<![\w:])(?:{BOUNDS}\s*)?{_time(1)}"
                    r"(?P<max>\s+(?:max(?:imum)?|at most|tops|or (?:less|shorter)))?"
                    r"(?P<min>\s+(?:min(?:imum)?|at least|or (?:more|longer)))?(?P<noun>[\s-]+(?:songs?|tracks?|"
                    r"tunes?|long|version))?")  # fmt: skip
DENIED = r"(?P<denied>(?:not|nothing|isn'?t|aren'?t|no)\s+(?:too |very |so |that |overly |all that |really )?)"
ENDS = r"(?=\s*(?:$|[.,;:!?)]|\b(?:and|but|about|with|without|for|from|by|please|in|or)\b))"
SHORT = re.compile(
    rf"\b{DENIED}?(?:really |very |quite |fairly )?(?P<which>short|long)\s+(?:songs?|tracks?|tunes?|ones?|pieces?)\b|"
    rf"\b(?:(?P<not>(?:not|nothing|isn'?t|aren'?t)\s+(?:too|very|so|that|overly|all that))|(?:some|any)thing"
    rf"(?: really| very| quite| fairly)?)\s+(?P<how>short|long){ENDS}"
)
SHORT_S, LONG_S = 180.0, 300.0  # a short song lasts three minutes at most, a long one five at least
NEARLY_S = 30.0
SHORTEST_S = 60.0  # "about 20 seconds" is no length of a song
INSIDE = re.compile(r"\s*(?:in\b|into|mark\b|later|before|after|ago)")  # a place in a song
TEMPO = re.compile(
    rf"(?<![\w.])(?:{BOUNDS}\s*)?(?:at\s+)?(?P<a>\d{{2,3}})(?:\s*(?:-|to|and)\s*(?P<b>\d{{2,3}}))?\s*"
    r"(?:bpm|beats (?:per|a) minute)\b|\b(?:bpm|tempo)(?: of| around|:)?\s*(?P<a2>\d{2,3})(?:\s*(?:-|to|"
    r"and)\s*(?P<b2>\d{2,3}))?\b"
)


def read_lengths(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Reading]:
    """Read how long a song may last; "short" and "long" only weigh."""
    taken: list[tuple[int, int]] = []
    for found in PAIR.finditer(sentence.plain):
        low, high = _seconds(found, "1", found["u2"]), _seconds(found, "2", found["u2"])
        clocks = found["c1"] and found["c2"] and not found[0].startswith(("between", "from"))  # "at 1:02-1:05"
        if low and high and low < high and not clocks and (found["c1"] or found["c2"] or found["u2"]):
            taken.append(found.span())
            yield Reading(*found.span(), f"{minutes_said(low)} to {minutes_said(high)}", term=_lasts(low, high))
    for found in LENGTH.finditer(sentence.plain):
        overlaps = any(start < found.end() and found.start() < end for start, end in taken)
        if not overlaps and (reading := _length(found, sentence)):
            yield reading
    for found in SHORT.finditer(sentence.plain):
        which, denied = found["which"] or found["how"], found["denied"] or found["not"]
        if denied:
            low, high = (SHORT_S, None) if which == "short" else (None, LONG_S)
        else:
            low, high = (None, SHORT_S) if which == "short" else (LONG_S, None)
        yield Reading(*found.span(), f"not {which}" if denied else which, term=_lasts(low, high), weighs=True)


def _length(found: re.Match[str], sentence: Sentence) -> Reading | None:
    seconds = _seconds(found, "1", None)
    if seconds is None:
        return None
    if found["most"] or found["max"]:
        return Reading(*found.span(), f"under {minutes_said(seconds)}", term=_lasts(None, seconds))
    if found["least"] or found["min"]:
        denied = sentence.negator(found.start())
        if denied is not None:
            return Reading(denied, found.end(), f"under {minutes_said(seconds)}", term=_lasts(None, seconds))
        return Reading(*found.span(), f"over {minutes_said(seconds)}", term=_lasts(seconds, None))
    if re.match(r"\s+of\b", found.string[found.end() :]):  # "five minutes of fame"
        return None
    inside = INSIDE.match(found.string, found.end())
    if found["noun"] or (found["near"] and seconds >= SHORTEST_S and not inside):
        low, high = seconds - NEARLY_S, seconds + NEARLY_S
        return Reading(*found.span(), f"about {minutes_said(seconds)}", term=_lasts(max(low, 0), high), weighs=True)
    return None


def _lasts(low: float | None, high: float | None) -> Between:
    return Between("duration_s", low, high)


def _seconds(found: re.Match[str], n: str, unit: str | None) -> float | None:
    """Return the seconds a match names; None where it names too many for a song."""
    if clock := found[f"c{n}"]:
        minutes, seconds = clock.split(":")
        return 60.0 * int(minutes) + int(seconds)
    said, unit = found[f"n{n}"], found[f"u{n}"] or unit or "min"
    number = (WORDS[said] if said in WORDS else float(said.replace(",", "."))) + (0.5 if found[f"h{n}"] else 0.0)
    seconds = number * (1 if unit.startswith("s") else 3600 if unit.startswith("h") else 60)
    return seconds if 0 < seconds <= 4 * 3600 else None


def minutes_said(seconds: float) -> str:
    """Write seconds as minutes and seconds.

    >>> minutes_said(210)
    '3:30'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def read_tempo(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Reading]:
    """Read beats a minute, where the library knows them."""
    name = next((name for name in vocabulary.features if name in ("tempo_bpm", "bpm", "tempo")), None)
    for found in TEMPO.finditer(sentence.plain):
        first, second = (int(n) if n else None for n in (found["a"] or found["a2"], found["b"] or found["b2"]))
        said = sentence.written(*found.span())
        if name is None:
            yield Reading(*found.span(), note=f"no song here has a tempo, so '{said}' stays words")
            continue
        assert first is not None
        low, high, weighs = _tempo(found, first, second)
        yield Reading(*found.span(), said, term=Between(name, low, high), weighs=weighs)


def _tempo(found: re.Match[str], first: int, second: int | None) -> tuple[float | None, float | None, bool]:
    if second:
        return float(min(first, second)), float(max(first, second)), False
    if found["most"]:
        return None, float(first), False
    if found["least"]:
        return float(first), None, False
    near = 0.06 if found["near"] else 0.02
    return round(first * (1 - near), 1), round(first * (1 + near), 1), bool(found["near"])
