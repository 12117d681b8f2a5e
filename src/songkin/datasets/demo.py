"""The demo catalogue: original songs under CC0, packaged so that a first search needs no download."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from songkin import sources
from songkin.errors import SourceError
from songkin.types import Song

__all__ = ["CARD", "Card", "path", "songs"]


class Card(NamedTuple):
    """What a corpus is and on which terms it may be used; `licence` is an SPDX name."""

    name: str
    licence: str
    citation: str
    description: str


CARD = Card(
    name="songkin demo songs",
    licence="CC0-1.0",
    citation="The songkin founders: songkin demo songs, original lyrics and metadata, CC0 1.0.",
    description="Invented songs by invented artists in nine languages, with lyrics (half of them timed), descriptors, "
    "descriptions and features guessed by hand; some records lack almost everything, as in real libraries.",
)


def path() -> Path:
    """Return the packaged catalogue, one JSON object a line."""
    return Path(str(files("songkin.datasets"))) / "demo_songs" / "songs.jsonl"


def songs() -> Iterator[Song]:
    """Give the demo songs in file order; a record that cannot be read means a damaged installation: SourceError."""
    return sources.read(path(), lost=_damaged)


def _damaged(loss: sources.Loss) -> None:
    raise SourceError(f"{loss.place}: {loss.reason}; the installation is damaged, install songkin again")
