"""labels: what a song's words tell of it - genre, mood, features, explicit - of songs by artists never learnt from.

Conventions
-----------
What is not known of a song is None, or a missing feature. Lyrics are raw, as they came. A song's fold is its artist's.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from songkin.datasets import file_of, musicmood, popular_songs
from songkin.errors import SourceError
from songkin.text import artist_key, lines

__all__ = ["HIGH", "MEASURES", "LabelledText", "drawn", "read", "rows", "rows_of", "sung"]

HIGH = ("valence", "energy", "danceability")  # told apart above and below their median
MEASURES = (
    "genre accuracy", "genre macro-F1", "valence accuracy", "energy accuracy", "danceability accuracy",
    "mood accuracy", "explicit macro-F1",
)  # fmt: skip
MOODS = {"happy": True, "sad": False}
UNTOLD = ("", "nan")
TRUTHS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A song's words, its artist, and what is known of it: genre, features in [0, 1], mood, whether it is explicit.

    `themes` are those that were read in it.
    """

    artist: str
    text: str
    genre: str | None = None
    features: Mapping[str, float] = field(default_factory=dict)
    happy: bool | None = None
    explicit: bool | None = None
    themes: tuple[str, ...] | None = None

    @property
    def key(self) -> str:
        """What songs that must not be on both sides share: the artist, or the words where no artist is named."""
        return artist_key(self.artist) or self.artist or self.text


def rows() -> list[list[LabelledText]]:
    """Return the songs of popular_songs, and those of musicmood; SourceError where either is not here."""
    return [
        read(file_of(popular_songs.CORPUS, "songs.parquet")),
        read(file_of(musicmood.CORPUS, "train.csv"), only=("artist", "lyrics", "mood")),
    ]


def read(place: Path, *, only: Sequence[str] | None = None) -> list[LabelledText]:
    """Read the songs of a .parquet or .csv file with the columns of popular_songs, and `mood` (happy | sad).

    Songs without words are left out, missing columns are not known of any. SourceError for a file without lyrics.
    """
    found = list(_table(place))
    if found and "lyrics" not in found[0]:
        raise SourceError(
            f"{place}: there is no column 'lyrics' but {', '.join(found[0])}; labels are told from lyrics, beside "
            "artist, genre_coarse, valence, energy, danceability, explicit and mood"
        )
    return rows_of(({name: row[name] for name in only or row if name in row} for row in found), str(place))


def rows_of(found: Iterable[Mapping[str, Any]], place: str = "") -> list[LabelledText]:
    """Turn records into songs; those without words are left out, and "" is not known.

    SourceError, which names the row of `place`, for a truth that is none: a valence of 7, a mood that is neither.
    """
    numbered = ((f"{place}, row {at}" if place else f"row {at}", row) for at, row in enumerate(found, 1))
    return [
        LabelledText(
            artist=str(row.get("artist") or ""),
            text=str(row["lyrics"]),
            genre=str(row["genre_coarse"]) if row.get("genre_coarse") else None,
            features={name: value for name in HIGH if (value := _share(row.get(name), f"{at}: {name}")) is not None},
            happy=_one_of(MOODS, row.get("mood"), f"{at}: mood"),
            explicit=_one_of(TRUTHS, row.get("explicit"), f"{at}: explicit"),
        )
        for at, row in numbered
        if sung(str(row.get("lyrics") or ""))
    ]


def drawn(given: Sequence[LabelledText], limit: int | None, *, seed: int = 0) -> list[LabelledText]:
    """Draw `limit` songs in the order they come; None keeps all."""
    if limit is None or limit >= len(given):
        return list(given)
    return [given[at] for at in sorted(Random(seed).sample(range(len(given)), limit))]


def sung(lyrics: str) -> str:
    """Return the lines that are sung, without marks and credits; "" where nothing is."""
    return "\n".join(line.text for line in lines(lyrics))


def _table(place: Path) -> Iterable[Mapping[str, Any]]:
    if not place.is_file():
        what = "is a folder" if place.is_dir() else "there is no such file"
        raise SourceError(f"{place}: {what}; name one with the columns of popular_songs")
    if place.suffix.lower() not in (".parquet", ".csv"):
        raise SourceError(f"{place}: labels are read from a .csv or .parquet file; bring the songs into one")
    try:
        return _parquet(place) if place.suffix.lower() == ".parquet" else _csv(place)
    except (OSError, ValueError, csv.Error) as error:
        why = " ".join(str(error).split())[:120]
        raise SourceError(f"{place}: cannot be read ({why}); is it .csv or .parquet, as its name says?") from error


def _parquet(place: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    return list(pq.read_table(place).to_pylist())


def _csv(place: Path) -> list[dict[str, Any]]:
    csv.field_size_limit(1 << 24)
    with place.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _share(given: Any, what: str) -> float | None:
    """Return a number in [0, 1]; None for what is empty or NaN."""
    if _spelt(given) in UNTOLD:
        return None
    try:
        value = float(given)
    except (TypeError, ValueError):
        value = math.inf
    if not 0 <= value <= 1:
        raise SourceError(f"{what} '{given}' is no number from 0 to 1; mend it, or leave it empty")
    return value


def _one_of(known: Mapping[str, bool], given: Any, what: str) -> bool | None:
    """Return what a word stands for; None for what is empty or NaN."""
    spelt = _spelt(given)
    if spelt in UNTOLD:
        return None
    if spelt not in known:
        raise SourceError(f"{what} '{given}' is none of {', '.join(known)}; mend it, or leave it empty")
    return known[spelt]


def _spelt(given: Any) -> str:
    return "" if given is None else str(given).strip().casefold()
