"""A library drawn: every song at a place in the plane, near songs near, with what is known of each beside it.

Conventions
-----------
Everything runs along one axis of songs (n,). Places have no unit: they lie about the origin, and only who is near whom
means anything. In a column None is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from songkin.types import Vectors

__all__ = ["COLUMNS", "SongMap", "write_parquet"]

COLUMNS = (
    "title",
    "artist",
    "year",
    "genre",
    "genre_predicted",
    "mood",
    "mood_predicted",
    "valence",
    "valence_predicted",
    "energy",
    "energy_predicted",
    "theme_coarse",
    "theme_medium",
    "theme_fine",
    "outlier",
    "language",
    "audio",
)


class SongMap(NamedTuple):
    """A library's songs in the plane, with their columns (`COLUMNS`, each (n,)).

    ids (n,); x, y (n,) float32, finite. Of the columns `title`, `artist`, `genre`, `mood`, `language`, `audio` (the
    path of a song's file) and the themes' names are str or None; `year` int or None; `valence` and `energy` in [0, 1]
    or None; `outlier` and whatever ends in `_predicted` bool (predicted rather than given). `trustworthiness`
    is in [0, 1], 1 = all neighbours on the map are neighbours in the library (Venna & Kaski 2001); nan for too few
    songs, or all alike. `notes` say what a user should know. A library without any vector has no songs here (n = 0).
    """

    ids: tuple[str, ...]
    x: Vectors
    y: Vectors
    columns: Mapping[str, Sequence[Any]]
    trustworthiness: float
    notes: tuple[str, ...] = ()


def write_parquet(song_map: SongMap, path: Path) -> None:
    """Write a map as a Parquet file: id, x, y, then its columns; OSError where it cannot be written."""
    columns = {name: pa.array(values, _kind(name)) for name, values in song_map.columns.items()}
    table = pa.table({"id": pa.array(song_map.ids, pa.string()), "x": song_map.x, "y": song_map.y, **columns})
    draft = path.with_name(f".{path.name}.part")
    try:
        pq.write_table(table, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _kind(name: str) -> pa.DataType:
    if name == "outlier" or name.endswith("_predicted"):
        return pa.bool_()
    return {"year": pa.int32(), "valence": pa.float32(), "energy": pa.float32()}.get(name, pa.string())
