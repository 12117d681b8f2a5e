"""The Last.fm dataset of the Million Song Dataset: a tree of JSON files, one track each, or its SQLite files.

Conventions
-----------
Tag counts of 0 to 100 become weights in [0, 1]; tags that count 0 are left out, and 256 are kept. The SQLite files hold
ids and tags only; titles and artists come from unique_tracks.txt beside them. Trees are read one file at a time.
Bertin-Mahieux et al., ISMIR 2011 [bertinmahieux2011msd]; the corpus is for research only.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from songkin.errors import SourceError
from songkin.sources import msd
from songkin.sources.encoding import head, lines
from songkin.sources.records import Layout, Loss, Lost
from songkin.sources.values import number, text
from songkin.text.names import split_artists
from songkin.types import Song

__all__ = ["LAYOUTS", "Similar", "official", "similars", "songs"]

MOST = 256
TOP = 100.0  # the count of a track's foremost tag
LOOK = 64
DEEPEST = 4
LARGEST = 1 << 24
SQLITE = b"SQLite format 3\0"
DATABASES = frozenset([".db", ".sqlite", ".sqlite3"])
TABLES = ("similars_src", "similars_dest")
OFFICIAL = {"train": "lastfm_train", "test": "lastfm_test"}
TAGGED = (
    "SELECT tids.tid, tags.tag, tid_tag.val FROM tids LEFT JOIN tid_tag ON tid_tag.tid = tids.rowid "
    "LEFT JOIN tags ON tags.rowid = tid_tag.tag ORDER BY tids.rowid, tid_tag.val DESC"
)


class Similar(NamedTuple):
    """Two tracks, and how similar listeners make them: a score in [0, 1], from the source's point of view."""

    source: str
    target: str
    score: float


def songs(path: Path, *, lost: Lost) -> Iterator[Song]:
    """Give the tracks of a folder of JSON files, of one such file, or of lastfm_tags.db."""
    if path.is_file() and path.suffix.lower() in DATABASES:
        return _tagged(path, lost)
    return _from_records(path, lost)


def similars(path: Path, *, lost: Lost) -> Iterator[Similar]:
    """Give the pairs of a folder of JSON files, of one such file, or of lastfm_similars.db, as they come.

    The database says everything twice, by source and by target: similars_src is read, similars_dest where that is not
    there. A pair that is no track and score in [0, 1] is told with its place and skipped.
    """
    if not path.exists():
        raise SourceError(f"{path}: no such file or folder")
    if path.is_file() and path.suffix.lower() in DATABASES:
        table = _similar_table(path)
        for place, own, cells in _similar_lists(path, table, lost):
            for other, score in _scored(own, cells, place, lost):
                yield Similar(own, other, score) if table == TABLES[0] else Similar(other, own, score)
        return
    for place, row in _records(path, lost):
        own, listed = str(row["track_id"]), row.get("similars")
        for other, score in _scored(own, listed if isinstance(listed, list) else (), place, lost):
            yield Similar(own, other, score)


def official(path: Path) -> dict[str, str]:
    """Return track -> "train" or "test" as the corpus deals them out; {} where nothing says so.

    It does so by folders lastfm_train and lastfm_test in (or above) a folder of JSON files, or by lists of that name
    (.txt, a track a line) in the folder or beside the database. A track on both sides is a test track.
    """
    folder = path if path.is_dir() else path.parent
    found: dict[str, str] = {}
    for side, name in OFFICIAL.items():
        places = [folder] if folder.name == name else [folder / name]
        for file in (file for place in places if place.is_dir() for file in _files(place)):
            found[file.name[: msd.TRACK_LENGTH]] = side
        listed = folder / f"{name}.txt"
        if listed.is_file():
            rows = (line.split() for line in lines(listed, lost=lambda _: None))
            found.update((cells[0], side) for cells in rows if cells and msd.TRACK.fullmatch(cells[0]))
    return found


def _scored(own: str, listed: Sequence[Any], place: str, lost: Lost) -> Iterator[tuple[str, float]]:
    """Give the other tracks and scores of one track's list; what is none is told."""
    for pair in listed:
        whole = isinstance(pair, list | tuple) and len(pair) == 2
        score = number(pair[1]) if whole and msd.TRACK.fullmatch(str(pair[0])) else None
        if score is None or not 0.0 <= score <= 1.0:
            said = msd.legible(str(pair))[:40]
            lost(Loss(place, f"a pair of {msd.legible(own)[:40]!r} is no track and score in [0, 1]: {said}"))
        else:
            yield str(pair[0]), score


def _from_records(path: Path, lost: Lost) -> Iterator[Song]:
    seen: dict[str, str] = {}
    for place, row in _records(path, lost):
        own = str(row["track_id"])
        if own in seen:
            lost(Loss(place, f"id {own[:40]!r} was read already from {seen[own]}; two songs never share an id"))
            continue
        tags = row.get("tags")
        try:
            named = msd.Track(text(row.get("title")).strip(), text(row.get("artist")))
            song = _song(text(own), named, tags if isinstance(tags, list) else ())
        except ValueError as problem:
            lost(Loss(place, f"the record cannot be read: {problem}"))
            continue
        seen[own] = place
        yield song


def _song(own: str, named: msd.Track, tags: Sequence[Any]) -> Song:
    return Song(
        id=own,
        title=named.title,
        artists=split_artists(named.artist),
        tags=_weights(tags),
        links={"msd": own} if msd.TRACK.fullmatch(own) else {},
    )


def _weights(tags: Sequence[Any]) -> dict[str, float]:
    """Return tag -> weight in (0, 1] of [tag, count] pairs; of spellings that differ in case the first stays."""
    found: dict[str, tuple[str, float]] = {}
    for pair in tags:
        name = text(pair[0]).strip() if isinstance(pair, list | tuple) and len(pair) == 2 else ""
        count = number(pair[1]) if name else None
        if count is not None and count > 0:
            found.setdefault(name.casefold(), (name, min(count / TOP, 1.0)))
    return dict(sorted(found.values(), key=lambda tag: -tag[1])[:MOST])


def _records(path: Path, lost: Lost) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the place and the record of every file that holds one with a track id; the others are told."""
    for file in [path] if path.is_file() else _files(path):
        place = str(file.relative_to(path)) if file != path else path.name
        try:
            row = json.loads(_content(file))
        except (ValueError, RecursionError, OSError) as error:
            lost(Loss(place, f"not a whole JSON record: {' '.join(str(error).split())[:80]}"))
            continue
        if isinstance(row, dict) and isinstance(row.get("track_id"), str) and row["track_id"]:
            yield place, row
        else:
            lost(Loss(place, "no record of a track: there is no track_id"))


def _content(file: Path) -> bytes:
    """Return the bytes of a record's file; ValueError for one that is far too large to be one."""
    if file.stat().st_size > LARGEST:
        raise ValueError("it is larger than any record")
    return file.read_bytes()


def _files(folder: Path) -> Iterator[Path]:
    """Walk the tree in order; one folder's names are in memory at a time."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if _is_record(name))


def _is_record(name: str) -> bool:
    """Say whether a file is named after a track: TRAAAAW128F429D538.json."""
    return name.lower().endswith(".json") and msd.TRACK.match(name) is not None


def _claims_tree(path: Path) -> bool:
    """Say whether a file is a record of the corpus, or a folder's first record, down folders of one letter, is one."""
    if _is_record(path.name) and path.is_file():
        return b'"track_id"' in head(path, LARGEST)
    return path.is_dir() and _holds_records(path, DEEPEST)


def _holds_records(folder: Path, depth: int) -> bool:
    """Look at the first entries of a folder, and into the first folder named with one letter."""
    with os.scandir(folder) as entries:
        first = sorted(islice((entry for entry in entries if entry.name[0] != "."), LOOK), key=lambda e: e.name)
    files = [entry for entry in first if entry.is_file()]
    if files:
        return all(_is_record(entry.name) for entry in files) and any(_claims_tree(Path(e.path)) for e in files[:3])
    letters = [entry for entry in first if entry.is_dir(follow_symlinks=False)]
    if not depth or not letters or any(len(entry.name) != 1 for entry in letters):
        return False
    return _holds_records(Path(letters[0].path), depth - 1)


def _tagged(path: Path, lost: Lost) -> Iterator[Song]:
    """Give the tracks of lastfm_tags.db, those without tags too."""
    with closing(_opened(path)) as database:
        try:
            wanted = {str(tid) for (tid,) in database.execute("SELECT tid FROM tids")}
            named = msd.names(path.parent, wanted, lost=lost)
            if not named:
                lost(Loss(path.name, "no titles: unique_tracks.txt, beside it, gives them", kept=True))
            for own, rows in groupby(database.execute(TAGGED), key=lambda row: str(row[0])):
                tags = [(tag, count) for _, tag, count in rows if isinstance(tag, str)]
                yield _song(own, named.get(own, msd.Track()), tags)
        except sqlite3.DatabaseError as error:
            lost(Loss(path.name, f"the database is damaged from here on: {error}"))


def _similar_table(path: Path) -> str:
    """Return the table that is read of lastfm_similars.db; SourceError where it holds neither."""
    with closing(_opened(path)) as database:
        try:
            held = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        except sqlite3.DatabaseError as error:
            raise SourceError(f"{path}: the database cannot be read: {error}; get it again") from error
    found = next((table for table in TABLES if table in held), None)
    if found is None:
        raise SourceError(f"{path}: not the similarities of Last.fm: there is no table {' or '.join(TABLES)}")
    return found


def _similar_lists(path: Path, table: str, lost: Lost) -> Iterator[tuple[str, str, list[tuple[str, ...]]]]:
    """Give place, track and pairs of every row: 'TRACK,score,TRACK,score ...'; a cut list ends in a lone cell."""
    with closing(_opened(path)) as database:
        try:
            for row, own, listed in database.execute(f"SELECT rowid, tid, target FROM {table}"):
                cells = str(listed).split(",") if listed else []
                yield f"{path.name}:{row}", str(own), [tuple(cells[at : at + 2]) for at in range(0, len(cells), 2)]
        except sqlite3.DatabaseError as error:
            lost(Loss(path.name, f"the database is damaged from here on: {error}"))


def _opened(path: Path) -> sqlite3.Connection:
    """Open a database for reading only; nothing is written beside it."""
    if not path.exists():
        raise SourceError(f"{path}: no such file")
    return sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True)


def _claims_database(path: Path) -> bool:
    if not (path.suffix.lower() in DATABASES and path.is_file() and head(path, 16) == SQLITE):
        return False
    with closing(_opened(path)) as database:
        try:
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        except sqlite3.DatabaseError:
            return False  # a damaged database is none of ours
    return {"tids", "tags", "tid_tag"} <= tables


def _rows(path: Path) -> int | None:
    with closing(_opened(path)) as database:
        try:
            return int(database.execute("SELECT count(*) FROM tids").fetchone()[0])
        except sqlite3.DatabaseError:
            return None  # told when it is read


LAYOUTS = (
    Layout("Last.fm", "a tree of JSON files, a track each", claims=_claims_tree, read=songs),
    Layout("Last.fm", "a database of tracks and their tags", claims=_claims_database, read=songs, size=_rows),
)
