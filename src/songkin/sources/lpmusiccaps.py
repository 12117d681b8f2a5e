"""LP-MusicCaps: tags of tracks and the captions written from them, as CSV or Parquet.

Conventions
-----------
Three forms: MTT `track_id, tag_top188`, MSD `track_id, tag`, MC `ytid, aspect_list`, each with `caption_writing`,
which becomes the description; the tags weigh 1. Title, artist, release and year arrive where a file has them, its other
captions do not. A row without id, tags or caption is lost, and told once with how many there were.
Doh, Choi, Lee and Nam, "LP-MusicCaps", ISMIR 2023 [doh2023lpmusiccaps]; CC BY-NC 4.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from songkin.sources import delimited, parquet, values
from songkin.sources.encoding import head
from songkin.sources.literals import pieces
from songkin.sources.records import Layout, Loss, Lost, Record
from songkin.sources.rows import songs as through_the_door
from songkin.types import Song

__all__ = ["LAYOUT", "songs"]

CAPTION = "caption_writing"
FORMS: Mapping[str, str] = {"tag_top188": "track_id", "aspect_list": "ytid", "tag": "track_id"}  # tags -> id
KNOWN = ("title", "artist_name", "release", "year")


def songs(path: Path, *, lost: Lost) -> Iterator[Song]:
    """Give the tracks of one file: id, tags and the caption as description."""
    table = parquet if _is_parquet(path) else delimited
    return through_the_door(_whole(table.records(path, lost=lost), path, lost), path.name, lost=lost)


def _whole(records: Iterator[Record], path: Path, lost: Lost) -> Iterator[Record]:
    """Give the rows that know id, tags and caption, by the names of columns that the door knows."""
    tags, own = _form(_names(path))
    first, missing = "", 0
    for record in records:
        row = record.row
        if any(values.unknown(_plain(row.get(name))) for name in (own, tags, CAPTION)):
            first, missing = first or record.place, missing + 1
            continue
        known = {name: row[name] for name in KNOWN if name in row}
        yield Record(
            record.place, {**known, "id": row[own], "tags": pieces(_plain(row[tags])), "caption": row[CAPTION]}
        )
    if missing:
        lost(Loss(first, f"no {own}, {tags} or {CAPTION}; {missing:,} such rows of this file are lost"))


def _plain(cell: Any) -> Any:
    """Return a cell as it is, an array as its list, and '[]' as nothing."""
    cell = cell.tolist() if hasattr(cell, "tolist") else cell
    return None if isinstance(cell, str) and cell.strip() in ("[]", "()") else cell


def _form(names: list[str]) -> tuple[str, str]:
    """Return the column of tags and that of ids; '' where the file is in none of the three forms."""
    if CAPTION in names:
        return next(((tags, own) for tags, own in FORMS.items() if tags in names and own in names), ("", ""))
    return "", ""


def _names(path: Path) -> list[str]:
    return parquet.names_of(path) if _is_parquet(path) else delimited.header_of(path).names


def _is_parquet(path: Path) -> bool:
    return head(path, 4) == b"PAR1"


def _claims(path: Path) -> bool:
    """Say whether a table's columns are one of the three forms."""
    if path.suffix.lower() not in (".csv", ".tsv", ".parquet", ".pq") or not path.is_file():
        return False
    if not _is_parquet(path) and CAPTION.encode() not in head(path, 1 << 12):
        return False
    return _form(_names(path)) != ("", "")


def _count(path: Path) -> int | None:
    return parquet.rows_of(path) if _is_parquet(path) else None


LAYOUT = Layout(
    name="LP-MusicCaps",
    because=f"tags of tracks with {CAPTION}",
    claims=_claims,
    read=songs,
    size=_count,
)
