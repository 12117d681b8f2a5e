"""MusicOSet in its own layout: five tab-separated files in two folders, joined by song id.

Conventions
-----------
A song is a row of songs.csv; release date, audio features and lyrics are joined to it. Its genres are those of ALL its
artists, main genres first. A missing file is told, and the rest arrives; without songs.csv a song is its id. Albums
have names where albums.csv is there.
Silva, Rocha and Moro, "MusicOSet: an enhanced open dataset for music data mining", SBBD 2019 [silva2019musicoset].
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from songkin.errors import SourceError
from songkin.sources import delimited, values
from songkin.sources.literals import literal, pairs, pieces
from songkin.sources.records import Layout, Loss, Lost, Record
from songkin.sources.rows import songs as through_the_door
from songkin.types import Song

__all__ = ["LAYOUT", "songs"]

META, MEASURED = "musicoset_metadata", "musicoset_songfeatures"
FILES: Mapping[str, tuple[str, str]] = {
    "songs.csv": (META, "titles, artists, popularity and explicit marks"),
    "artists.csv": (META, "genres"),
    "tracks.csv": (META, "years"),
    "acoustic_features.csv": (MEASURED, "audio features and durations"),
    "lyrics.csv": (MEASURED, "lyrics"),
}
FEATURES = (
    *("key", "mode", "time_signature", "acousticness", "danceability", "energy", "instrumentalness", "liveness"),
    *("loudness", "speechiness", "valence", "tempo"),
)
OPENINGS = ("['", '["')
ALBUMS = "albums.csv"
KEYS: Mapping[str, str] = {"artists.csv": "artist_id", ALBUMS: "album_id"}

Rows = dict[str, Record]


def songs(path: Path, *, lost: Lost) -> Iterator[Song]:
    """Give the songs of the folder; what is damaged in any of the five files is told with its place there."""
    root = _root(path)
    if root is None:
        raise SourceError(f"{path}: none of MusicOSet's files: {', '.join(FILES)}")
    found = {name: _rows(root, name, lost) for name in FILES}
    found[ALBUMS] = _read(root / META / ALBUMS, lost) if (root / META / ALBUMS).is_file() else {}
    main = found["songs.csv"] or _ids(found)
    for name in ("tracks.csv", "acoustic_features.csv", "lyrics.csv"):
        strangers = len(found[name].keys() - main.keys())
        if strangers:
            lost(Loss(name, f"{strangers:,} rows belong to no song of songs.csv and are not read", kept=True))
    return through_the_door(_joined(main, found), path.name, lost=lost, typed=False)


def _root(path: Path) -> Path | None:
    """Return the folder that holds the two folders, which may be named itself; None where there is none."""
    if not path.is_dir():
        return None
    root = path.resolve().parent if path.resolve().name in (META, MEASURED) else path
    return root if any((root / folder / name).is_file() for name, (folder, _) in FILES.items()) else None


def _rows(root: Path, name: str, lost: Lost) -> Rows:
    """Return the records of one of the five files by id; one that is missing or cannot be read is told."""
    folder, gives = FILES[name]
    if (root / folder / name).is_file():
        return _read(root / folder / name, lost, f"; songs arrive without {gives}")
    lost(Loss(f"{folder}/{name}", f"the file is missing; songs arrive without {gives}"))
    return {}


def _read(file: Path, lost: Lost, without: str = "") -> Rows:
    """Return the records of a file by id; ids that come twice are told, and a file that holds none."""
    key = KEYS.get(file.name, "song_id")
    found: Rows = {}
    try:
        for record in delimited.records(file, lost=lost):
            own = record.row.get(key)
            if own is None:
                raise SourceError(f"no column '{key}'; the columns of {file.name} are separated by tabs")
            if own in found:
                lost(Loss(record.place, f"{key} {own[:40]!r} was read already at {found[own].place}"))
            elif not values.unknown(own):
                found[own] = record
    except SourceError as error:
        lost(Loss(f"{file.parent.name}/{file.name}", f"{error}{without}"))
    return found


def _ids(found: Mapping[str, Rows]) -> Rows:
    """Return records that hold nothing but an id, for every song another file knows."""
    others = ("acoustic_features.csv", "tracks.csv", "lyrics.csv")
    return {key: Record(record.place, {"song_id": key}) for name in others for key, record in found[name].items()}


def _joined(main: Rows, found: Mapping[str, Rows]) -> Iterator[Record]:
    """Give one record a song, by the names of columns that the door knows."""
    for key, record in main.items():
        tracks, measured, lyrics = (
            found[name][key].row if key in found[name] else {}
            for name in ("tracks.csv", "acoustic_features.csv", "lyrics.csv")
        )
        who = dict(pairs(record.row.get("artists")) or ())
        text = _lyrics(lyrics.get("lyrics"))
        album = found[ALBUMS].get(str(tracks.get("album_id")))
        yield Record(
            record.place,
            {
                "id": key,
                "title": record.row.get("song_name"),
                "artists": list(who.values()),
                "album": album.row.get("name") if album else None,
                "genres": _genres(who, found["artists.csv"]),
                "popularity": record.row.get("popularity"),
                "explicit": record.row.get("explicit"),
                "release_date": tracks.get("release_date"),
                "duration_ms": measured.get("duration_ms"),
                "lyrics": text,
                "lyrics_source": "MusicOSet" if text else None,
                "spotify": key,
                **{name: measured.get(name) for name in FEATURES},
            },
        )


def _genres(who: Mapping[Any, Any], artists: Rows) -> list[str]:
    """Return the main genres of all artists, then their other genres, each once."""
    known = [artists[key].row for key in who if key in artists]
    main = [row.get("main_genre") for row in known if not values.unknown(row.get("main_genre"))]
    rest = [genre for row in known for genre in pieces(row.get("genres")) if not values.unknown(genre)]
    return list(dict.fromkeys([*(str(genre) for genre in main), *rest]))


def _lyrics(cell: Any) -> str | None:
    r"""Return lyrics out of "['one line\nthe next']": without the list's brackets, with line breaks."""
    if not isinstance(cell, str) or values.unknown(cell):
        return None
    spelt = cell.strip()
    if not spelt.startswith(OPENINGS):
        return cell
    opened = literal(spelt)
    if isinstance(opened, list):
        text = "\n".join(part for part in opened if isinstance(part, str))
    else:  # longer than literals are read, or not closed
        text = spelt[2:].removesuffix("]").removesuffix(spelt[1]).replace("\\n", "\n").replace("\\'", "'")
    return text if text.strip() else None


def _count(path: Path) -> int | None:
    """Count the lines of songs.csv behind its header; None without it."""
    root = _root(path)
    file = root / META / "songs.csv" if root else path
    if not file.is_file() or file.stat().st_size == 0:
        return None
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        ends = sum(1 for _ in iter(mapped.readline, b""))
    return max(ends - 1, 0)


LAYOUT = Layout(
    name="MusicOSet",
    because=f"a folder with {META} and {MEASURED}, joined by song_id",
    claims=lambda path: _root(path) is not None,
    read=songs,
    size=_count,
)
