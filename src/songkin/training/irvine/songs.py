"""The songs that the three models are trained on: labelled by hand, or by halves of valence, with features or without.

Conventions
-----------
Labels are whole numbers from 0 and index `classes`. Features carry songkin's names with their units; one that is not
known is absent. Songs without words are left out and counted.
"""

from __future__ import annotations

import ast
import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.datasets import file_of, musicmood, musicoset, popular_songs
from songkin.errors import TrainingError
from songkin.text import artist_key, fold, lines, split_artists, title_key
from songkin.training.data.reading import parquet_rows

__all__ = ["AUDIO", "DISCRETE", "MoodSet", "MoodSong", "Sides", "by_artist"]
__all__ += ["by_hand", "chart", "halves", "joined", "measured", "quadrants", "valued"]

AUDIO = (
    "acousticness",
    "danceability",
    "energy",
    "instrumentalness",
    "key",
    "liveness",
    "loudness_db",
    "mode",
    "speechiness",
    "tempo_bpm",
    "time_signature",
    "valence",
)
DISCRETE = ("key", "mode", "time_signature")
COLUMNS = {"loudness_db": "loudness", "tempo_bpm": "tempo"}  # of popular_songs, where the name differs
MOODS = ("sad", "happy")
QUADRANTS = ("low valence, low energy", "low valence, high energy", "high valence, low energy", "both high")


@dataclass(frozen=True, slots=True)
class MoodSong:
    """A song: its words as they are sung, its features, its tags, and its mood as an index of its set's classes."""

    id: str
    artist: str
    title: str
    text: str
    mood: int = -1
    features: Mapping[str, float] | None = None
    tags: frozenset[str] = frozenset()


class MoodSet(NamedTuple):
    """Songs of one kind of label, its classes, the features that may be used (the label's own is not), a note."""

    name: str
    songs: list[MoodSong]
    classes: tuple[str, ...]
    audio: tuple[str, ...] = ()
    note: str = ""

    @property
    def majority(self) -> float:
        """The share of the largest class, 0 without songs."""
        counts = np.bincount([song.mood for song in self.songs], minlength=1)
        return float(counts.max() / max(counts.sum(), 1))


class Sides(NamedTuple):
    """Where songs stand: indices of those trained on, chosen by, and judged on."""

    train: NDArray[np.int64]
    valid: NDArray[np.int64]
    test: NDArray[np.int64]


def by_hand(data: Path | None = None) -> MoodSet:
    """Return MusicMood: songs labelled happy or sad by one listener, without features."""
    path = file_of(musicmood.CORPUS, "train.csv", data)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    missing = {"file", "artist", "title", "lyrics", "mood"} - set(rows[0] if rows else ())
    if missing:
        raise TrainingError(f"{path} has no column '{min(missing)}'; get the file again")
    songs = [
        MoodSong(row["file"], row["artist"], row["title"], _sung(row["lyrics"]), MOODS.index(row["mood"]))
        for row in rows
        if row["mood"] in MOODS
    ]
    return MoodSet("musicmood", [song for song in songs if song.text], MOODS, note=f"{len(rows):,} rows, by hand")


def chart(data: Path | None = None) -> list[MoodSong]:
    """Return the popular songs with features and tags (genres and MusicBrainz's), without labels."""
    own = [COLUMNS.get(name, name) for name in AUDIO]
    columns = ("track_id", "artist", "title", "lyrics", "genres", "mb_tags", *own)
    rows = parquet_rows(file_of(popular_songs.CORPUS, "songs.parquet", data), *columns)
    songs = [
        MoodSong(
            str(row["track_id"]),
            row["artist"] or "",
            row["title"] or "",
            _sung(row["lyrics"] or ""),
            features=_features(row),
            tags=_tags(row),
        )
        for row in rows
    ]
    return [song for song in songs if song.text]


def measured(data: Path | None = None) -> list[MoodSong]:
    """Return MusicOSet's songs with features and genres, all without words here."""
    return [
        MoodSong(song.id, "; ".join(song.artists), song.title, "", -1, song.features, frozenset(song.genres))
        for song in musicoset.songs(data)
    ]


def valued(songs: Sequence[MoodSong], *names: str) -> list[MoodSong]:
    """Return the songs that have all of some features."""
    return [song for song in songs if song.features and set(names) <= set(song.features)]


def halves(songs: Sequence[MoodSong], among: NDArray[np.int64] | None = None) -> MoodSet:
    """Label songs that have a valence by its half: at or above the median of those at `among` (of all) is happy."""
    values = _values(songs, "valence")
    middle = _median(values if among is None else values[among])
    told = [replace(song, mood=int(value >= middle)) for song, value in zip(songs, values, strict=True)]
    audio = tuple(name for name in AUDIO if name != "valence")
    return MoodSet("popular_songs, valence halves", told, MOODS, audio, f"cut at {middle:.3f}; valence is no feature")


def quadrants(songs: Sequence[MoodSong], among: NDArray[np.int64] | None = None) -> MoodSet:
    """Label songs by the quadrant of valence and energy (for arousal), each cut as in `halves`."""
    cut = {}
    for name in ("valence", "energy"):
        values = _values(songs, name)
        cut[name] = values >= _median(values if among is None else values[among])
    moods = (2 * cut["valence"] + cut["energy"]).tolist()
    told = [replace(song, mood=mood) for song, mood in zip(songs, moods, strict=True)]
    audio = tuple(name for name in AUDIO if name not in cut)
    return MoodSet("popular_songs, quadrants", told, QUADRANTS, audio, "valence and energy are no features")


def joined(labelled: MoodSet, featured: Sequence[MoodSong]) -> MoodSet:
    """Return the labelled songs that have features elsewhere, by artist and title, with those features."""
    known = {_key(song): song for song in reversed(featured) if song.features}
    found = [
        replace(song, features=known[_key(song)].features, tags=known[_key(song)].tags)
        for song in labelled.songs
        if _key(song) in known
    ]
    note = f"{len(found):,} of {len(labelled.songs):,} join by artist and title"
    return MoodSet(f"{labelled.name} with features", found, labelled.classes, AUDIO, note)


def by_artist(songs: Sequence[MoodSong], *, seed: int, shares: tuple[float, float] = (0.7, 0.15)) -> Sides:
    """Split songs so that no artist is on two sides: about `shares` to train and to choose by, the rest to judge on."""
    rng = np.random.default_rng(seed)
    artists = [artist_key(song.artist) or song.id for song in songs]
    order = {name: at for at, name in enumerate(rng.permutation(sorted(set(artists))).tolist())}
    ranked = np.array([order[name] for name in artists], np.int64)
    ends = np.quantile(ranked, [shares[0], shares[0] + shares[1]]) if len(ranked) else (0, 0)
    sides = (ranked <= ends[0], (ranked > ends[0]) & (ranked <= ends[1]), ranked > ends[1])
    return Sides(*(np.flatnonzero(side) for side in sides))


def _key(song: MoodSong) -> tuple[str, str]:
    return artist_key(next(iter(split_artists(song.artist)), "")), title_key(song.title)


def _sung(raw: str) -> str:
    return "\n".join(line.text for line in fold(lines(raw))).strip()


def _features(row: Mapping[str, Any]) -> dict[str, float]:
    """Return the features a row has, those that are no number left out."""
    given = {name: row[COLUMNS.get(name, name)] for name in AUDIO}
    return {name: float(value) for name, value in given.items() if value is not None and np.isfinite(value)}


def _tags(row: Mapping[str, Any]) -> frozenset[str]:
    genres = ast.literal_eval(row["genres"]) if str(row["genres"] or "").startswith("[") else ()
    return frozenset(str(tag).casefold() for tag in (*genres, *(row["mb_tags"] or ())))


def _values(songs: Sequence[MoodSong], name: str) -> NDArray[np.float64]:
    return np.array([(song.features or {})[name] for song in songs], np.float64)


def _median(values: NDArray[np.float64]) -> float:
    return float(np.median(values)) if len(values) else 0.0
