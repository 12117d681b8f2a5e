"""JSON: one object a line, an array of objects, or an object that holds such an array as "songs".

Conventions
-----------
Arrays are streamed: one object is in memory at a time. A record's place is the line it starts in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from songkin.errors import SourceError
from songkin.sources.encoding import chunks, lines
from songkin.sources.records import Loss, Lost, Record

__all__ = ["array_records", "is_lines", "line_records"]

WRAPPERS = frozenset(["songs", "tracks", "recordings", "items", "data"])
DECODER = json.JSONDecoder()
BETWEEN = re.compile(r"[\s,\0\ufeff]*")
NEXT = re.compile(r"\}\s*+(?:,\s*+)?(?=\{)")
LINES = frozenset([".jsonl", ".ndjson"])
CHUNK = 1 << 18
LONGEST = 1 << 26


def is_lines(path: Path) -> bool:
    """Say whether the file holds one object a line: its first line that is not blank is a whole object, not a wrapper.

    The ending .jsonl says so itself, unless the first character opens an array.
    """
    for line in lines(path, lost=lambda _: None):
        line = line.strip("\ufeff \t\r\n")
        if not line:
            continue
        if path.suffix.lower() in LINES:
            return not line.startswith("[")
        try:
            first = json.loads(line)
        except (ValueError, RecursionError):
            return False
        return isinstance(first, dict) and not any(isinstance(first.get(name), list) for name in WRAPPERS)
    raise SourceError(f"{path}: the file is empty; it should hold one JSON object a line")


def line_records(path: Path, *, lost: Lost) -> Iterator[Record]:
    """Give the objects of a file of lines; a line that is no object is told and skipped, blank lines are nothing."""
    empty = True
    for number, line in enumerate(lines(path, lost=lost), 1):
        line = line.strip("\ufeff\0 \t\r\n")
        if not line:
            continue
        empty = False
        try:
            row = json.loads(line, strict=False)
        except (ValueError, RecursionError) as error:
            lost(Loss(f"{path.name}:{number}", _damage(error)))
            continue
        yield from _record(row, f"{path.name}:{number}", lost)
    if empty:
        raise SourceError(f"{path}: the file is empty; it should hold one JSON object a line")


def array_records(path: Path, *, lost: Lost) -> Iterator[Record]:
    """Give the objects of an array, of {"songs": [...]} or one behind the other; past a damaged one it goes on."""
    text = Text(chunks(path, CHUNK, lost=lost))
    text.enter()
    while not text.at_end():
        place = f"{path.name}:{text.line}"
        try:
            row = text.value()
        except (ValueError, RecursionError) as error:
            lost(Loss(place, _damage(error)))
            text.skip()
            continue
        yield from _record(row, place, lost)


class Text:
    """JSON text that is read on as far as needed: the buffer, the place in it, and the line of that place."""

    def __init__(self, source: Iterator[str]) -> None:
        self.source = source
        self.buffer = ""
        self.at = 0
        self.line = 1
        self.closing = ""

    def more(self) -> bool:
        """Read on, half as much again as is there; False at the end of the file."""
        pieces = list(islice(self.source, 1 + len(self.buffer) // (2 * CHUNK)))
        self.buffer += "".join(pieces)
        return bool(pieces)

    def peek(self) -> str:
        """Go to the next character that is neither space nor comma and return it; '' at the end."""
        while True:
            self.move(BETWEEN.match(self.buffer, self.at).end())  # type: ignore[union-attr]
            if self.at < len(self.buffer) or not self.more():
                return self.buffer[self.at : self.at + 1]

    def move(self, to: int) -> None:
        """Go to a place further on, counting lines."""
        self.line += self.buffer.count("\n", self.at, to)
        self.at = to

    def enter(self) -> None:
        """Step into the array, of the file or behind "songs"; stay where there is none."""
        if self.peek() == "{":
            start, line = self.at, self.line
            if not self.find_array():
                self.at, self.line = start, line
                return
        if self.peek() == "[":
            self.move(self.at + 1)
            self.closing = "]"

    def find_array(self) -> bool:
        """Go to the array behind "songs" in the object that starts here; False where there is none."""
        self.move(self.at + 1)
        try:
            while self.peek() == '"':
                name = self.value()
                if self.peek() != ":":
                    return False
                self.move(self.at + 1)
                if name in WRAPPERS and self.peek() == "[":
                    return True
                self.value()
        except (ValueError, RecursionError):
            return False
        return False

    def at_end(self) -> bool:
        """Say whether no further object follows; what was read is let go."""
        if self.at > CHUNK:
            self.buffer, self.at = self.buffer[self.at :], 0
        return self.peek() in ("", self.closing)

    def value(self) -> Any:
        """Read the value here; ValueError if it is damaged."""
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self.buffer, self.at)
            except json.JSONDecodeError as error:
                unfinished = error.pos > len(self.buffer) - 16 or error.msg.startswith("Unterminated")
                if not unfinished or len(self.buffer) - self.at > LONGEST or not self.more():
                    raise
            else:
                self.move(end)
                return value

    def skip(self) -> None:
        """Go to the next object behind a damaged one, or to the end."""
        while not (found := NEXT.search(self.buffer, self.at + 1)):
            kept = max(len(self.buffer) - LONGEST, self.at)
            if not self.more():
                self.move(len(self.buffer))
                return
            self.move(kept)
        self.move(found.end())


def _record(row: Any, place: str, lost: Lost) -> Iterator[Record]:
    if isinstance(row, dict):
        yield Record(place, row)
    else:
        lost(Loss(place, f"a {type(row).__name__} where an object with id or title should be"))


def _damage(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not whole JSON: {error.msg}"
    return (
        "not usable JSON: nested too deep"
        if isinstance(error, RecursionError)
        else f"not usable JSON: {str(error)[:80]}"
    )
