"""The exceptions songkin raises on purpose; each message is one line with the place, the value and the cure.

SongkinError
├── SourceError        a file cannot be read at all: unknown format, no title column, wrong encoding
│   └── ColumnError    a column is missing or holds values of another unit
├── RemoteError        a service outside cannot be reached, refuses, or answers what it should not
├── QueryError         a request that means nothing: empty text, an unknown song, an unknown channel
│   └── FilterError    a --where term that cannot be parsed or names an unknown field
├── StoreError         the library's folder cannot be used
│   ├── LockedError    another process is writing
│   ├── FullDiskError  there is no room left to write
│   └── SchemaError    the library was made by a newer songkin
├── EncoderError       weights are missing, damaged or of another kind
├── TrainingError      a recipe, its data or a network is unusable, or training went astray
├── SettingsError      songkin.toml, SONGKIN_* or a flag holds an unusable value
└── MissingExtra       an optional package is not installed
"""

from __future__ import annotations

import re

__all__ = [
    "ColumnError",
    "EncoderError",
    "FilterError",
    "FullDiskError",
    "LockedError",
    "MissingExtra",
    "QueryError",
    "RemoteError",
    "SchemaError",
    "SettingsError",
    "SongkinError",
    "SourceError",
    "StoreError",
    "TrainingError",
]


STEERS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
LONGEST = 1_500  # characters of an error; what stands in the middle of a longer one is left out


class SongkinError(Exception):
    """Anything songkin raises on purpose. `str(error)` is one line fit for a terminal, whatever it quotes."""

    def __str__(self) -> str:
        said = super().__str__()
        if STEERS.search(said):
            said = " ".join(STEERS.sub(lambda found: " " if found[0].isspace() else "?", said).split())
        return said if len(said) <= LONGEST else f"{said[: LONGEST // 2]} ... {said[-LONGEST // 2 :]}"


class SourceError(SongkinError):
    """A file cannot be read at all."""


class ColumnError(SourceError):
    """A column is missing or holds values of another unit."""


class RemoteError(SongkinError):
    """A service outside cannot be reached, refuses, or answers what it should not."""


class QueryError(SongkinError):
    """A request that means nothing."""


class FilterError(QueryError):
    """A --where term that cannot be parsed or names an unknown field."""


class StoreError(SongkinError):
    """The library's folder cannot be used."""


class LockedError(StoreError):
    """Another process is writing to the library."""


class FullDiskError(StoreError):
    """There is no room left to write."""


class SchemaError(StoreError):
    """The library was made by a newer songkin."""


class EncoderError(SongkinError):
    """Weights are missing, damaged or of another kind."""


class TrainingError(SongkinError):
    """A recipe, its data or a network is unusable, or training went astray."""


class SettingsError(SongkinError):
    """A setting holds an unusable value."""


class MissingExtra(SongkinError):
    """An optional package is not installed."""
