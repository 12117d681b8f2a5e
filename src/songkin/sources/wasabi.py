"""The WASABI song corpus: wasabi_songs.csv, JSON exports of its database, and Last.fm's tags of its songs beside them.

Conventions
-----------
`name` is the artist and `title` the song in the database, `artist` and `title` in the CSV; `_id` comes bare, as
ObjectId(...) and as {"$oid": ...}. Years are the album's, else the release's. Valence and arousal are z-scores, kept as
`valence_z` and `arousal_z`; what the corpus predicted itself is not read. Tag counts of 0 to 100 become weights.
Verified against the project's public repository: names and spelling of the fields, the tab of the CSV, `unk` for
unknown, the codes of explicitness, the tags' records (song_id, emotions | socials, emotion_tag | social_tag, nbr_tags).
Not verified, for the dumps themselves could not be had: quoting inside the CSV, and tags as CSV rows of the same names.
Fell et al., LREC 2020 [fell2020wasabi]; CC BY-NC-SA 4.0, lyrics only for the project's members.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from songkin.errors import SourceError
from songkin.sources import delimited, jsonl, values
from songkin.sources.encoding import head
from songkin.sources.literals import pairs, pieces
from songkin.sources.records import Layout, Loss, Lost, Record
from songkin.sources.rows import songs as through_the_door
from songkin.types import Song

__all__ = ["LAYOUT", "songs"]

TABLES = frozenset([".csv", ".tsv", ".json", ".jsonl"])
MARKS = (b"publicationDateAlbum", b"title_accent_fold", b"id_song_deezer")
OBJECT_ID = re.compile(r"""ObjectId\(\s*['"]?([0-9a-fA-F]+)['"]?\s*\)""")
YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d{2}(?!\d)")
TAGS = re.compile(r"(emotion|social)[ _-]?tags?", re.IGNORECASE)
OTHERS = re.compile(r"wasabi_(?:artists?|albums?)\b|(?:emotion|social)[ _-]?tags?", re.IGNORECASE)
EXPLICIT: Mapping[str, bool] = {"0": False, "1": True}  # Deezer: 2 unknown, 3 edited, 6 no advice
MEASURED: Mapping[str, str] = {"bpm": "tempo_bpm", "gain": "gain_db", "valence": "valence_z", "arousal": "arousal_z"}
TOP = 100.0

Weights = dict[str, dict[str, float]]


def songs(path: Path, *, lost: Lost) -> Iterator[Song]:
    """Give the songs of one file, with the emotion and social tags that lie beside it."""
    tags = _tags(path, lost)
    return through_the_door(
        (Record(record.place, _row(record.row, tags)) for record in _records(path, lost)), path.name, lost=lost
    )


def _records(path: Path, lost: Lost) -> Iterator[Record]:
    """Give the records of a table of lines, an array, or a CSV, whatever its columns mean."""
    if path.suffix.lower() not in (".json", ".jsonl"):
        return delimited.records(path, lost=lost)
    read: Callable[..., Iterator[Record]] = jsonl.line_records if jsonl.is_lines(path) else jsonl.array_records
    return read(path, lost=lost)


def _row(row: Mapping[str, Any], tags: Weights) -> dict[str, Any]:
    """Return a record by the names of columns that the door knows; unknown values are None."""
    known = {name: value for name, value in row.items() if not _unknown(value)}
    own = _id(known.get("_id"))
    lastfm = str(known.get("lastfm_id", ""))
    weighed = {**tags.get(lastfm, {}), **tags.get(own or "", {})}
    return {
        "id": own,
        "title": known.get("title"),
        "artist": known.get("artist") or known.get("name"),
        "album": known.get("albumTitle"),
        "year": _year(known),
        "duration_s": known.get("length"),
        "language": known.get("language_detect") or known.get("language"),
        "explicit": _explicit(known),
        "genres": [*_names(known.get("genre")), *_names(known.get("album_genre"))],
        "lyrics": known.get("lyrics"),
        "description": known.get("abstract"),
        "tags": weighed or None,
        "isrc": known.get("isrc"),
        "mbid": known.get("id_song_musicbrainz"),
        "spotify": _last(known.get("urlSpotify")),
        "msd": lastfm or None,
        "links": {"deezer": str(known["id_song_deezer"])} if "id_song_deezer" in known else None,
        "features": {ours: values.number(known[name]) for name, ours in MEASURED.items() if name in known},
    }


def _unknown(value: Any) -> bool:
    return values.unknown(value) or (isinstance(value, str) and value.strip().casefold() == "unk")


def _id(value: Any) -> str | None:
    """Return the id itself out of {"$oid": id}, ObjectId(id) or id."""
    if isinstance(value, Mapping):
        value = value.get("$oid")
    if not isinstance(value, str):
        return None
    found = OBJECT_ID.fullmatch(value.strip())
    return found[1] if found else value.strip()


def _year(known: Mapping[str, Any]) -> str | None:
    """Return the year of the album, else of the release; '200?' is none."""
    dates = (str(known.get(name, "")) for name in ("publicationDateAlbum", "releaseDate", "publicationDate"))
    return next((found[0] for date in dates if (found := YEAR.search(date))), None)


def _explicit(known: Mapping[str, Any]) -> bool | None:
    """Return Deezer's code of the lyrics where it says yes or no; else true if the song is marked.

    The database marks songs it knows nothing of as not explicit, so that mark alone says nothing.
    """
    code = values.number(known.get("explicit_content_lyrics"))
    said = EXPLICIT.get(f"{code:g}") if code is not None else None
    marked = str(known.get("explicitLyrics", "")).casefold() == "true"
    return said if said is not None else (True if marked else None)


def _names(value: Any) -> list[Any]:
    """Return the members of a list, as spelt; what cannot be read among them the door tells."""
    return [] if value is None else [name for name in pieces(value) if not _unknown(name)]


def _last(address: Any) -> str | None:
    """Return the last part of an address, which is the id in it."""
    return str(address).rstrip("/").rpartition("/")[2].rpartition(":")[2] if address else None


def _tags(path: Path, lost: Lost) -> Weights:
    """Return song id (WASABI's or Last.fm's) -> tag -> weight in (0, 1] from all files of tags beside the songs."""
    found: Weights = {}
    for file in sorted(path.parent.iterdir()):
        if not TAGS.search(file.name) or file == path or not file.is_file():
            continue
        if file.suffix.lower() not in TABLES:
            lost(Loss(file.name, f"'{file.suffix}' is not opened; tags are read from JSON or CSV", kept=True))
            continue
        try:
            for song, tag, count in _counts(file, lost):
                weight = min(count / TOP, 1.0)
                of_song = found.setdefault(song, {})
                of_song[sys.intern(tag)] = max(weight, of_song.get(tag, 0.0))
        except SourceError as error:
            lost(Loss(file.name, f"{error}; songs arrive without these tags"))
    return found


def _counts(file: Path, lost: Lost) -> Iterator[tuple[str, str, float]]:
    """Give song, tag and count of a file of tags, in any of its forms; what is no such thing is told once a record."""
    kind = "emotion" if "emotion" in file.name.lower() else "social"
    for record in _records(file, lost):
        row = record.row
        if "song_id" in row:
            several = row.get(f"{kind}s") or [row]
            tagged = [tag for tag in several if isinstance(tag, Mapping)] if isinstance(several, list) else []
            counted = [(_id(row["song_id"]), tag.get(f"{kind}_tag"), tag.get("nbr_tags")) for tag in tagged]
        else:  # {song id: [[tag, count], ...], ...}
            counted = [(_id(own), tag, count) for own, tags in row.items() for tag, count in pairs(tags) or ()]
        sound = [
            (own, tag, weight)
            for own, tag, count in counted
            if own and isinstance(tag, str) and tag and (weight := values.number(count)) is not None
        ]
        if len(sound) < max(len(counted), 1):
            lost(Loss(record.place, f"{len(counted) - len(sound) or 'all'} of its tags have no song, name or count"))
        yield from ((own, tag, weight) for own, tag, weight in sound if weight > 0)


def _claims(path: Path) -> bool:
    """Say whether a table or JSON names fields that only WASABI has."""
    if path.suffix.lower() not in TABLES or not path.is_file() or OTHERS.search(path.name):
        return False
    start = head(path, 1 << 16)
    return b"_id" in start and sum(mark in start for mark in MARKS) >= 1 and b"albumTitle" in start


LAYOUT = Layout(
    name="WASABI",
    because="songs with the fields of its database",
    claims=_claims,
    read=songs,
    beside=lambda path: OTHERS.search(path.name) is not None,
)
