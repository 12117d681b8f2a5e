"""Songs with what is known of them, as labels are learnt from: words, genre, year, features; and their three sides.

Conventions
-----------
What is not known is None, or absent from `features`; a feature that is no number counts as absent. Units are the
suffix: loudness_db, tempo_bpm; the other features are ratios in [0, 1], popularity runs from 0 to 100.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from songkin.errors import TrainingError
from songkin.training.data.reading import json_lines

__all__ = ["FEATURES", "Labelled", "LabelledSong", "Parts", "read_songs"]

FEATURES = (
    "valence",
    "energy",
    "danceability",
    "acousticness",
    "instrumentalness",
    "liveness",
    "speechiness",
    "loudness_db",
    "tempo_bpm",
    "mode",
)
NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSong:
    """One song: its cleaned words, and what a list of charts, an artist's page and its sound say of it.

    `genre` is one of a few coarse ones, `genres` are as the source has them. `mode` is 1 for major, 0 for minor.
    """

    id: str
    artist: str
    title: str
    text: str
    genre: str | None = None
    genres: tuple[str, ...] = ()
    year: int | None = None
    explicit: bool | None = None
    popularity: float | None = None
    features: Mapping[str, float] = field(default_factory=lambda: NOTHING)

    def value(self, name: str) -> float | None:
        """Return a number by name: a feature, "year", "popularity" or "explicit" (0 or 1); None where it is unknown."""
        own = getattr(self, name) if name in ("year", "popularity", "explicit") else self.features.get(name)
        return None if own is None or not math.isfinite(own) else float(own)


class Labelled(NamedTuple):
    """The songs of a corpus, and how many were left after each step of reading it, by the step's name."""

    songs: tuple[LabelledSong, ...]
    funnel: Mapping[str, int]


class Parts(NamedTuple):
    """The three sides of a split."""

    train: Sequence[LabelledSong]
    valid: Sequence[LabelledSong]
    test: Sequence[LabelledSong]


@lru_cache(maxsize=4)
def read_songs(path: Path) -> Labelled:
    """Read a file of songs, one JSON object a line with the fields of LabelledSong; id and text must be there.

    TrainingError names the line that is none. Songs without words are left out.
    """
    rows = json_lines(path, "id", "text")
    songs = tuple(_song(row, f"{path}: song {row['id']!r}") for row in rows)
    spoken = tuple(song for song in songs if song.text)
    return Labelled(spoken, {"rows": len(rows), "with words": len(spoken)})


def _song(row: Mapping[str, Any], place: str) -> LabelledSong:
    try:
        features = {name: float(value) for name, value in (row.get("features") or {}).items() if value is not None}
        return LabelledSong(
            id=str(row["id"]),
            artist=str(row.get("artist") or ""),
            title=str(row.get("title") or ""),
            text=str(row["text"] or "").strip(),
            genre=row.get("genre") or None,
            genres=tuple(row.get("genres") or ()),
            year=_number(row.get("year"), int),
            explicit=row.get("explicit"),
            popularity=_number(row.get("popularity"), float),
            features={name: value for name, value in features.items() if math.isfinite(value)},
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise TrainingError(f"{place} cannot be read ({error}); mend the line") from error


def _number(value: Any, kind: type[Any]) -> Any:
    return None if value is None or not math.isfinite(value) else kind(value)
