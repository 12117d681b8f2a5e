"""What is known of each song on the map: given by its source, or predicted from its words and marked so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.library.charting import COLUMNS
from songkin.library.theming import Atlas
from songkin.store import Store
from songkin.text.description import GENRE, HAPPY
from songkin.types import Song

__all__ = ["map_columns", "song_columns"]

AT_ONCE = 5_000  # songs read together
MARKED = ("genre", "mood", "valence", "energy")
SAD = "sad"


def map_columns(store: Store, found: Atlas, seen: NDArray[np.int64]) -> dict[str, list[Any]]:
    """Return the columns of the songs at some places (m,) of an atlas, and their ids, by name."""
    keys = found.keys[seen]
    columns: dict[str, list[Any]] = {name: [] for name in ("id", *COLUMNS)}
    for at in range(0, len(keys), AT_ONCE):
        part = keys[at : at + AT_ONCE]
        for key, song in zip(part.tolist(), store.songs(part), strict=True):
            for name, value in song_columns(song or Song(id=str(key))).items():
                columns[name].append(value)
    for grain in found.grains:
        names = grain.names
        columns[f"theme_{grain.name}"] = [names[label] for label in grain.labels[seen].tolist()]
    columns["outlier"] = found.alone[seen].tolist()
    return columns


def song_columns(song: Song) -> dict[str, Any]:
    """Return what a song says of itself, and what is predicted from its words where it does not say."""
    given: Mapping[str, Any] = {
        "genre": song.genres[0] if song.genres else None,
        "mood": _mood(song),
        "valence": _share(song.features.get("valence")),
        "energy": _share(song.features.get("energy")),
    }
    predicted = _predicted(song.predicted)
    marked = {name: predicted[name] if given[name] is None else given[name] for name in MARKED}
    marks = {f"{name}_predicted": given[name] is None and predicted[name] is not None for name in MARKED}
    language = song.language or (song.lyrics.language if song.lyrics else None)
    own = {"id": song.id, "title": song.title or None, "artist": song.artist or None, "year": song.year}
    return {**own, **marked, **marks, "language": language, "audio": str(song.audio) if song.audio else None}


def _mood(song: Song) -> str | None:
    """Return the mood that a song's tags give, where they give one of the two."""
    tags = {tag.casefold() for tag in song.tags}
    return HAPPY if HAPPY in tags and SAD not in tags else SAD if SAD in tags and HAPPY not in tags else None


def _predicted(predicted: Mapping[str, float]) -> dict[str, Any]:
    """Return genre, mood, valence and energy as they were predicted from the words, None where they were not."""
    genres = {name.removeprefix(GENRE): p for name, p in predicted.items() if name.startswith(GENRE)}
    happy = predicted.get(HAPPY)
    return {
        "genre": max(genres, key=lambda name: genres[name]) if genres else None,
        "mood": None if happy is None else HAPPY if happy >= 0.5 else SAD,
        "valence": _share(predicted.get("valence")),
        "energy": _share(predicted.get("energy")),
    }


def _share(value: float | None) -> float | None:
    """Return a value in [0, 1]; None where it is no finite number."""
    return None if value is None or not math.isfinite(value) else min(max(float(value), 0.0), 1.0)
