"""Songs of the charts as MusicOSet knows them, with the genres of their artists and the words as the file spells them.

Conventions
-----------
`main_genres` are one of each artist, `genres` all of all artists. Features carry their unit in the name; what is
unknown is absent, never 0. A year is the first four characters of the release date, a title what stands before " - ".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from songkin.datasets.checking import file_of
from songkin.datasets.popular_songs import CORPUS as POPULAR
from songkin.errors import SourceError
from songkin.sources import delimited, musicoset, values
from songkin.sources.literals import pairs
from songkin.sources.records import Loss

__all__ = ["FEATURES", "Charted", "charted", "genres_in", "musicoset_files", "popular"]

FEATURES: Mapping[str, str] = {
    **{name: name for name in ("valence", "energy", "danceability", "acousticness", "instrumentalness", "liveness")},
    **{"speechiness": "speechiness", "loudness": "loudness_db", "tempo": "tempo_bpm", "mode": "mode"},
}


class Charted(NamedTuple):
    """One song; `lyrics` is the cell of the file, None where it is empty."""

    id: str
    title: str
    artists: tuple[str, ...]
    main_genres: tuple[str, ...]
    genres: tuple[str, ...]
    lyrics: str | None
    year: int | None
    explicit: bool | None
    popularity: float | None
    features: Mapping[str, float]


def popular(data: Path | None = None) -> list[Charted]:
    """Read popular_songs; SourceError with the cure where it is not there. Each song names its first artist alone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    place = file_of(POPULAR, "songs.parquet", data)
    try:
        return [_popular(row) for row in pq.read_table(place).to_pylist()]
    except (pa.ArrowException, OSError, KeyError) as error:
        raise SourceError(f"{place}: cannot be read ({' '.join(str(error).split())[:120]}); get it again") from error


def charted(folder: Path) -> list[Charted]:
    """Read the songs of a MusicOSet folder that have a row of lyrics; SourceError where a file cannot be read.

    Rows that are damaged are passed over, as `songkin add` tells them.
    """
    files = musicoset_files(folder)
    artists = _by_id(files["artists.csv"], "artist_id")
    lyrics, *others = (
        _by_id(files[name], "song_id") for name in ("lyrics.csv", "songs.csv", "tracks.csv", "acoustic_features.csv")
    )
    return [
        _charted(key, words, artists, {name: cell for own in others for name, cell in own.get(key, {}).items()})
        for key, words in lyrics.items()
    ]


def musicoset_files(folder: Path) -> dict[str, Path]:
    """Return the five files of a MusicOSet folder by name; SourceError names one that is missing."""
    found = {name: folder / below / name for name, (below, _) in musicoset.FILES.items()}
    for place in found.values():
        if not place.is_file():
            raise SourceError(f"{place}: the file is missing; a MusicOSet folder holds {', '.join(found)}")
    return found


def _by_id(place: Path, key: str) -> dict[str, Mapping[str, Any]]:
    """Return the rows of a file by their id, the first where one comes twice."""
    found: dict[str, Mapping[str, Any]] = {}
    for record in delimited.records(place, lost=_ignored):
        if key not in record.row:
            raise SourceError(f"{place}: no column '{key}'; the columns of {place.name} are separated by tabs")
        found.setdefault(str(record.row[key]), record.row)
    return found


def _ignored(loss: Loss) -> None:
    """Pass over a damaged record; the counts of the funnel show how many arrived."""


def _charted(
    key: str, words: Mapping[str, Any], artists: Mapping[str, Mapping[str, Any]], told: Mapping[str, Any]
) -> Charted:
    who = dict(pairs(told.get("artists")) or ())
    known = [artists[own] for own in who if own in artists]
    cell = words.get("lyrics")
    return Charted(
        key,
        _title(told.get("song_name")),
        tuple(str(name) for name in who.values()),
        tuple(dict.fromkeys(str(one["main_genre"]) for one in known if not values.unknown(one.get("main_genre")))),
        tuple(dict.fromkeys(genre for one in known for genre in genres_in(one.get("genres")))),
        None if values.unknown(cell) else str(cell),
        _year(told.get("release_date")),
        _truth(told.get("explicit")),
        values.number(told.get("popularity")),
        _features(told),
    )


def _popular(row: Mapping[str, Any]) -> Charted:
    main = row.get("main_genre")
    return Charted(
        str(row["track_id"]),
        _title(row.get("title")),
        (str(row["artist"]),) if row.get("artist") else (),
        () if values.unknown(main) else (str(main),),
        tuple(genres_in(row.get("genres"))),
        None if values.unknown(row.get("lyrics")) else str(row["lyrics"]),
        _year(row.get("year")),
        _truth(row.get("explicit")),
        values.number(row.get("popularity")),
        _features(row),
    )


def genres_in(cell: Any) -> Sequence[str]:
    """Return the genres that a cell of popular_songs or MusicOSet lists; none where it is empty."""
    return [] if values.unknown(cell) else values.listed(cell)


def _title(value: Any) -> str:
    return "" if values.unknown(value) else str(value).split(" - ")[0]


def _year(value: Any) -> int | None:
    first = "" if values.unknown(value) else str(value)[:4]
    return int(first) if first.isdigit() and len(first) == 4 else None


def _truth(value: Any) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).strip().casefold())


def _features(row: Mapping[str, Any]) -> dict[str, float]:
    told = {own: values.number(row.get(name)) for name, own in FEATURES.items()}
    return {name: value for name, value in told.items() if value is not None}
