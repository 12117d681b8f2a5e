"""beets: the items of its library as Songs, from its SQLite file, which is only read, or handed over by its plugin.

Conventions
-----------
An item goes by its MusicBrainz recording id, as its music file does; one without, and any but the first of several
items of one recording, by its path without links. 0 and '' mean unknown. A newer beets keeps paths relative to its
music folder, which the database does not name: it is read from the `config.yaml` beside it.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from songkin.errors import SourceError
from songkin.sources import music, values
from songkin.sources.columns import RATIOS
from songkin.sources.plain import plain
from songkin.sources.records import Layout, Loss, Lost, Record
from songkin.sources.rows import songs as through_the_door
from songkin.types import Song

__all__ = ["LAYOUT", "Fields", "of_items", "songs"]

ENDINGS = frozenset([".db", ".blb", ".sqlite"])
HEADER = b"SQLite format 3\0"
BUSY_S = 5.0
NEEDED = frozenset(["id", "path", "title"])  # columns that make items of a table
NO_FOLDER = (
    "its paths are relative, and no config.yaml beside it names beets' music folder; songs come in without their "
    "files, beet songkin-add knows them"
)
SEPARATORS = re.compile(r"\\?␀|; ")  # between the values of one field, in the database and as text
FOLDER = re.compile(r"^directory:[ \t]*(?P<mark>['\"]?)(?P<folder>.+?)(?P=mark)[ \t]*(?:#.*)?$", re.MULTILINE)
SPOTIFY = {f"spotify_{name}": name for name in (*RATIOS, "tempo", "loudness", "key", "mode", "time_signature")}
MEASURED: Mapping[str, str] = {"bpm": "tempo_bpm", **{name: name for name in RATIOS}, **SPOTIFY}


class Fields(Protocol):
    """An item: what gives the value of a field by beets' name for it, None where it has none."""

    def get(self, name: str, default: Any = None, /) -> Any:
        """Return the field's value."""
        ...


def songs(path: Path, *, lost: Lost) -> Iterator[Song]:
    """Give the songs of a beets library file; SourceError if it is damaged, locked, or another program's database."""
    try:
        with closing(_opened(path)) as database:
            yield from of_items(_items(database, path, lost), path.name, lost=lost)
    except sqlite3.OperationalError as error:
        cure = "is beets writing? try again when it is done" if "locked" in str(error) else "is it a beets library?"
        raise SourceError(f"{path}: cannot be read as beets' library: {error}; {cure}") from error
    except sqlite3.DatabaseError as error:
        raise SourceError(f"{path}: the database is damaged: {error}; put a backup of it in its place") from error


def of_items(items: Iterable[Fields], place: str, *, lost: Lost) -> Iterator[Song]:
    """Give the songs of items, by beets' own names of fields; `path` is absolute, or left out where it is not known.

    What is lost is told with `place` and the item's id. All items of a library come in one go, in beets' order: which
    of two items of one recording goes by its id depends on it.
    """
    files: dict[str, Path] = {}
    for song in through_the_door(_records(items, place, files), place, lost=lost):
        file = files.pop(song.id, None)
        yield plain(replace(song, audio=file) if file else song)


def _records(items: Iterable[Fields], place: str, files: dict[str, Path]) -> Iterator[Record]:
    """Give items as records under the ids they go by; `files` gains where each one's music lies."""
    taken: set[str] = set()
    for item in items:
        path = _real(item.get("path"))
        own = _own_id(item, path, taken)
        taken.add(own)
        if path:
            files[own] = path
        yield Record(f"{place}:{item.get('id') or 0}", _row(item, path, own))


def _real(stored: Any) -> Path | None:
    """Return a path without links; None where there is none, or one that no file can have."""
    path = os.fsdecode(stored) if stored else ""
    return Path(os.path.realpath(path)) if path and "\0" not in path else None


def _own_id(item: Fields, path: Path | None, taken: set[str]) -> str:
    recording = str(item.get("mb_trackid") or "").strip().lower()
    if music.UUID.fullmatch(recording) and recording not in taken:
        return recording
    return music.path_id(path) if path else f"beets-{item.get('id')}"


def _row(item: Fields, path: Path | None, own: str) -> dict[str, Any]:
    """Return an item by the names of columns that the door knows; what it does not know is None."""
    lyrics = item.get("lyrics") or None
    sung_in = item.get("lyrics_language") or (None if lyrics else item.get("language"))
    named = music.named(path) if path and not item.get("title") else None
    return {
        "id": own,
        "title": item.get("title") or (named.title if named else None),
        "artist": _several(item.get("artists")) or item.get("artist"),
        "album": item.get("album"),
        "year": item.get("original_year") or item.get("year") or None,
        "duration_s": item.get("length") or None,
        "language": sung_in or None,
        "genres": [*_several(item.get("genres") or item.get("genre")), *_several(item.get("style"))],
        "lyrics": lyrics,
        "lyrics_source": (item.get("lyrics_backend") or "beets") if lyrics else None,
        "instrumental": _flag(item.get("lyrics_instrumental")),
        "moods": [*_several(item.get("moods")), *_several(item.get("mood"))],
        "isrc": item.get("isrc"),
        "mbid": item.get("mb_trackid"),
        "links": {"beets": str(item.get("id")), **({"key": key} if (key := item.get("initial_key")) else {})},
        "features": {
            ours: number for theirs, ours in MEASURED.items() if (number := values.number(item.get(theirs))) is not None
        },
    }


def _several(value: Any) -> list[str]:
    """Return the values of a field that may hold several: a list, or one text with beets' marks between them."""
    texts = value if isinstance(value, list | tuple) else [value]
    split = (part for text in texts if isinstance(text, str) for part in SEPARATORS.split(text))
    return [part.strip() for part in split if part.strip()]


def _flag(value: Any) -> bool | None:
    """Read a flexible field, which the database holds as text; None where it says nothing."""
    return None if value in (None, "") else str(value).strip().casefold() in ("1", "true", "yes")


# -- its SQLite file ---------------------------------------------------------------------------------------------------


def _opened(path: Path) -> sqlite3.Connection:
    """Open the database so that nothing can be written to it; text that is no UTF-8 is read as far as it is."""
    database = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=BUSY_S)
    database.text_factory = lambda raw: raw.decode("utf-8", "replace")
    database.row_factory = sqlite3.Row
    return database


def _items(database: sqlite3.Connection, path: Path, lost: Lost) -> Iterator[dict[str, Any]]:
    """Give the items with their flexible fields and absolute paths."""
    if not {row["name"] for row in database.execute("PRAGMA table_info(items)")} >= NEEDED:
        raise SourceError(
            f"{path}: a SQLite database, but not beets': no table 'items' with {', '.join(sorted(NEEDED))}"
        )
    flexible = _flexible(database)
    folder, told = _music_folder(path), False
    for row in database.execute("SELECT * FROM items ORDER BY id"):
        item = {**flexible.get(row["id"], {}), **{name: row[name] for name in row.keys()}}  # noqa: SIM118
        item["path"] = _absolute(item.get("path"), folder)
        if row["path"] and item["path"] is None and not told:
            told = True
            lost(Loss(path.name, NO_FOLDER, kept=True))
        yield item


def _flexible(database: sqlite3.Connection) -> dict[int, dict[str, Any]]:
    """Return the fields that are no columns, by item."""
    found: dict[int, dict[str, Any]] = {}
    if next(database.execute("PRAGMA table_info(item_attributes)"), None):
        for row in database.execute("SELECT entity_id, key, value FROM item_attributes"):
            found.setdefault(row["entity_id"], {})[row["key"]] = row["value"]
    return found


def _absolute(stored: Any, folder: Path | None) -> bytes | None:
    if not stored:
        return None
    path = stored if isinstance(stored, bytes) else os.fsencode(str(stored))
    if os.path.isabs(path):
        return path
    return os.path.normpath(os.path.join(os.fsencode(folder), path)) if folder else None


def _music_folder(path: Path) -> Path | None:
    """Return the folder that a config.yaml beside the database names as beets' `directory`; None where none does."""
    try:
        config = path.with_name("config.yaml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = FOLDER.search(config)
    named = Path(found["folder"]).expanduser() if found else None
    return path.parent / named if named else None


def _claims(path: Path) -> bool:
    if path.suffix.lower() not in ENDINGS or not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(len(HEADER)) == HEADER


def _size(path: Path) -> int | None:
    try:
        with closing(_opened(path)) as database:
            return int(database.execute("SELECT count(*) FROM items").fetchone()[0])
    except sqlite3.Error:
        return None


LAYOUT = Layout("beets", "a SQLite database, read only", _claims, songs, _size, alone=True)
