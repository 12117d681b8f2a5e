"""The door: records become Songs here, whatever format they came in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from statistics import median
from typing import Any

from songkin.errors import ColumnError
from songkin.sources import values
from songkin.sources.columns import columns_of, folded, require
from songkin.sources.fields import Fields, Reading
from songkin.sources.records import Loss, Lost, Record
from songkin.types import Song

__all__ = ["SAMPLE", "song", "songs"]

MOSTLY = 0.9  # of a column of text that must read as numbers, so that the rest are slips
SAMPLE = 200
UNITS = ("ms", "s", "sec", "seconds")
LONGEST_S = 6_000.0
LONGEST_SAID_S = 36_000.0
FLAG = "_predicted"
DIGEST = re.compile(r"x[0-9a-f]{16}")


def songs(records: Iterable[Record], file: str, *, lost: Lost, typed: bool = True) -> Iterator[Song]:
    """Turn the records of a file into songs; what is lost of them is told to `lost`.

    The first 200 records decide what holds for the file: ColumnError without an id or title column, or with durations
    that are milliseconds. `typed` = numbers arrive as numbers; otherwise a column of numbers is one that looks so.
    An id that was read before is lost the second time: two songs never share one.
    """
    rest = iter(records)
    first = list(islice(rest, SAMPLE))
    if first:
        require((column for record in first for column in record.row), file)
    _check_durations(first, file)
    reading = Reading(lost, None if typed else _numeric(first))
    seen: dict[str, str] = {}
    for record in chain(first, rest):
        found = song(record, reading)
        if found is None:
            continue
        if found.id in seen:
            lost(Loss(record.place, _twice(found, seen[found.id])))
            continue
        seen[found.id] = record.place.rpartition(":")[2]
        yield found


def song(record: Record, reading: Reading) -> Song | None:
    """Return the song of a record, None (and told) if it has neither id nor title."""
    row = _given({name: v.tolist() if hasattr(v, "tolist") else v for name, v in record.row.items()})
    fields = Fields(row, columns_of(tuple(row)), record.place, reading)
    title, artists = fields.title(), fields.artists()
    links = fields.links()
    identity = fields.identity(title, artists, links)
    if identity is None:
        return None
    language = fields.first("language", values.language)
    return Song(
        id=identity,
        title=title,
        artists=artists,
        album=fields.words("album"),
        year=fields.first("year", values.year),
        duration_s=fields.duration_s(),
        language=language,
        explicit=fields.first("explicit", values.flag),
        genres=fields.genres(),
        lyrics=fields.lyrics(language),
        description=fields.words("description"),
        tags=fields.tags(),
        features=fields.features(),
        links=links,
    )


def _given(row: dict[str, Any]) -> dict[str, Any]:
    """Blank what a row says was predicted, as a map's export does of `genre` by a true `genre_predicted`."""
    flags = [name for name in row if isinstance(name, str) and name.endswith(FLAG)]
    said = (name.removesuffix(FLAG) for name in flags if str(row[name]).strip().casefold() in values.TRUE)
    return row | {name: None for name in said if name in row} if flags else row


def _twice(found: Song, line: str) -> str:
    """Say that a song was read already; by its name where the id is a digest."""
    if DIGEST.fullmatch(found.id):
        return f"'{found.name[:80]}' was read already at line {line}, and neither has an id to tell them apart"
    return f"id {found.id[:80]!r} was read already at line {line}; two songs never share an id"


def _check_durations(first: Sequence[Record], file: str) -> None:
    """Raise ColumnError if a column said or supposed to be seconds typically holds more than any song lasts."""
    columns = {name for record in first for name in columns_of(tuple(record.row)).fields.get("duration_s", ())}
    for column in sorted(columns):
        unit = next(
            (unit for unit in UNITS if folded(column) == "duration" + unit or folded(column).endswith(unit)), ""
        )
        numbers = (values.number(record.row.get(column)) for record in first)
        known = [number for number in numbers if number is not None]
        longest = LONGEST_SAID_S if unit else LONGEST_S
        if unit != "ms" and known and median(known) > longest:
            raise ColumnError(
                f"{file}: column {column!r} reaches {max(known):g}; durations are in seconds - "
                "is it in milliseconds? Rename it 'duration_ms'."
            )


def _numeric(first: Sequence[Record]) -> frozenset[str]:
    """Return the columns of which nine in ten known values in the sample read as numbers."""
    known: Counter[str] = Counter()
    numeric: Counter[str] = Counter()
    for record in first:
        for name, value in record.row.items():
            if not values.unknown(value):
                known[name] += 1
                numeric[name] += values.number(value) is not None
    return frozenset(name for name, count in known.items() if numeric[name] >= MOSTLY * count)
