"""CSV and TSV: any of ',' tab ';' '|' between cells, quotes around cells that hold them, a header in the first line.

Conventions
-----------
A record's place is the line it starts in. A record whose quotes go wrong is lost from there; the lines behind it are
read again if they look like records, so that one stray quote does not swallow the rest of the file.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from songkin.errors import SourceError
from songkin.sources.columns import columns_of, require
from songkin.sources.encoding import lines
from songkin.sources.records import Loss, Lost, Record

__all__ = ["DELIMITERS", "Header", "delimiter_of", "header_of", "records"]

DELIMITERS = {",": "commas", "\t": "tabs", ";": "';'", "|": "'|'"}
FIELD_LIMIT = 1 << 26
LOOK = 50
ALIKE = 0.8
csv.field_size_limit(max(FIELD_LIMIT, csv.field_size_limit()))


class Header(NamedTuple):
    """The columns of a file and what stands between them."""

    names: list[str]
    delimiter: str


class Tape:
    """Lines with their numbers; remembers those of the record being read and can run again from one of them."""

    def __init__(self, source: Iterable[str]) -> None:
        self.source = iter(source)
        self.back: deque[str] = deque()
        self.number = 0
        self.record: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.back.popleft() if self.back else next(self.source).replace("\0", "")
        self.number += 1
        self.record.append(line)
        return line

    def again(self, count: int) -> None:
        """Put the last `count` lines of the record back."""
        if count:
            self.back.extendleft(reversed(self.record[-count:]))
            self.number -= count


def records(path: Path, *, lost: Lost) -> Iterator[Record]:
    """Give the records of a file; a row that is cut or has too many or too few cells is told and skipped.

    Short rows right behind a torn one are the rest of it and not told again.
    """
    tape = Tape(lines(path, lost=lost))
    delimiter = delimiter_of(_first_line(tape, path))
    reader = csv.reader(tape, delimiter=delimiter, strict=True)
    names = _header(reader, path)
    require(names, path.name)
    torn = False
    while True:
        tape.record.clear()
        place = f"{path.name}:{tape.number + 1}"
        try:
            cells = next(reader, None)
        except csv.Error as error:
            cells = _salvaged(tape, delimiter, len(names), cut="unexpected end" in str(error))
            lost(_damage(place, error, kept=cells is not None))
            torn = cells is None or _is_open(tape.record[0], delimiter)
        else:
            if cells is None:
                return
            if len(cells) != len(names) and any(cells):
                cells = _fitted(cells, len(names), place, lost, quiet=torn)
            elif cells:
                torn = False
        if cells and any(cells):
            yield Record(place, dict(zip(names, cells, strict=True)))


def header_of(path: Path) -> Header:
    """Return the columns a file names in its first line."""
    tape = Tape(lines(path, lost=lambda _: None))
    delimiter = delimiter_of(_first_line(tape, path))
    return Header(_header(csv.reader(tape, delimiter=delimiter, strict=True), path), delimiter)


def delimiter_of(line: str) -> str:
    """Return the delimiter that gives a header the most columns we know, then the most columns; ',' if none does."""

    def known(delimiter: str) -> tuple[int, int]:
        cells = _cells(line, delimiter)
        return len(columns_of(tuple(dict.fromkeys(cells))).named), len(cells)

    return max(DELIMITERS, key=known)


def _first_line(tape: Tape, path: Path) -> str:
    """Return the first line that is not blank and put it back; Excel's 'sep=;' line is passed over."""
    for line in tape:
        if line.strip("\ufeff \t\r\n") and not (line.startswith("sep=") and len(line.strip()) == 5):
            tape.record[:] = [line]
            tape.again(1)
            return line
    raise SourceError(f"{path}: the file is empty; the first line names the columns (id, title, artist, lyrics ...)")


def _header(reader: Iterator[list[str]], path: Path) -> list[str]:
    try:
        cells = next(reader)
    except csv.Error as error:
        raise SourceError(f"{path}: the header cannot be read: {error}; the first line names the columns") from error
    names: dict[str, None] = {}  # ordered, and looked up at once however many there are
    for i, cell in enumerate(cells):
        name = cell.strip() or f"column {i + 1}"
        while name in names:
            name = f"{name} ({i + 1})"
        names[name] = None
    return list(names)


def _fitted(cells: list[str], width: int, place: str, lost: Lost, *, quiet: bool) -> list[str] | None:
    """Drop empty cells beyond the header; a row that still does not fit is told (unless it belongs to a torn one)."""
    if len(cells) > width and not any(cells[width:]):
        return cells[:width]
    if not quiet or len(cells) > width:
        lost(Loss(place, f"{len(cells)} cells where the header has {width}"))
    return None


def _salvaged(tape: Tape, delimiter: str, width: int, *, cut: bool) -> list[str] | None:
    """Return the cells of a one-line record with wrong quotes; put lines back that look like records of their own."""
    tail = tape.record[1:]
    if not tail:
        cells = _cells(tape.record[0], delimiter) if tape.record else []
        return cells if len(cells) == width and not cut else None
    look = [line for line in tail if line.strip() and line.count('"') % 2 == 0][:LOOK]
    fitting = sum(len(_cells(line, delimiter)) == width for line in look)
    if width > 1 and fitting >= ALIKE * len(look):
        tape.again(len(tail))
    return None


def _is_open(line: str, delimiter: str) -> bool:
    """Say whether the last quoted cell of a line does not end in it."""
    tail = line.rstrip("\r\n").rpartition(delimiter + '"')[2]
    return not tail.endswith('"') and '"' + delimiter not in tail


def _cells(line: str, delimiter: str) -> list[str]:
    """Read one line on its own, forgiving about quotes."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _damage(place: str, error: csv.Error, *, kept: bool) -> Loss:
    if kept:
        return Loss(place, "quotes inside a quoted cell are not doubled; read as well as it could be", kept=True)
    if "unexpected end" in str(error):
        return Loss(place, "a quoted cell is cut off by the end of the file")
    return Loss(place, f"quotes that do not close where a cell ends ({error})")
