"""Sources of any form, corpora, tables and music files: what a path is, its songs, how many, which a folder holds."""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from songkin.errors import SourceError
from songkin.sources import delimited, jsonl, music, parquet, sidecars
from songkin.sources.columns import columns_of
from songkin.sources.encoding import head
from songkin.sources.layouts import layout_of, layouts_of
from songkin.sources.plain import plain
from songkin.sources.records import Loss, Lost
from songkin.sources.rows import SAMPLE, songs
from songkin.types import Song

__all__ = ["FORMATS", "Guess", "count", "files", "guess", "read"]

FORMATS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "csv": (".csv",),
        "tsv": (".tsv", ".tab"),
        "jsonl": (".jsonl", ".ndjson"),
        "json": (".json",),
        "parquet": (".parquet", ".pq"),
    }
)
SUFFIXES = MappingProxyType({suffix: name for name, suffixes in FORMATS.items() for suffix in suffixes})
READABLE = "songkin reads " + ", ".join(suffixes[0] for suffixes in FORMATS.values())
HEADER = "the first line names the columns (id, title, artist ...)"
EMPTY = MappingProxyType(
    {
        "csv": HEADER,
        "tsv": HEADER,
        "jsonl": "it should hold one JSON object a line",
        "json": "it should hold an array of JSON objects",
    }
)
WORDS = frozenset(sidecars.ORDER)  # lyrics in files beside the music
COUNTED = 200 << 20
LINE_END = re.compile(rb"\n")
QUOTED_CELL = re.compile(rb'[,;|\t\r\n]"(?:[^"]|"")*+"')


class Guess(NamedTuple):
    """What a file is taken for: the format, why, which columns feed which field, and the others, in the file's order.

    Of the others, columns of numbers become features under their own name; the rest is not read.
    """

    format: str
    because: str
    columns: Mapping[str, str]
    others: tuple[str, ...] = ()


def read(path: str | Path, *, lost: Lost, format: str | None = None) -> Iterator[Song]:
    """Give the songs of one source, one at a time; what is damaged is told to `lost` and skipped.

    A source is a table, a music file, or a corpus in its own layout. SourceError for a file that is missing, empty, or
    of no known format, ColumnError for a table without id and title. `format` overrules the guess from the file's name
    and first bytes. No field but the id holds control characters (`plain`).
    """
    path = Path(path)
    if format is not None and format not in FORMATS:
        raise SourceError(f"{path}: '{format}' is no format; it is one of {', '.join(FORMATS)}")
    if format is None and _is_music(path):
        return music.songs(path, lost=lost)
    return map(plain, _read(path, format, lost))


def _read(path: Path, format: str | None, lost: Lost) -> Iterator[Song]:
    """Give the songs of a table or a corpus as it spells them."""
    if format is None and (layout := layout_of(path)):
        return layout.read(path, lost=lost)
    known = format or _format(path)
    if known == "parquet":
        return songs(parquet.records(path, lost=lost), path.name, lost=lost)
    if known in ("jsonl", "json"):
        _existing(path)
        records = jsonl.line_records if known == "jsonl" else jsonl.array_records
        return songs(records(path, lost=lost), path.name, lost=lost)
    _existing(path)
    return songs(delimited.records(path, lost=lost), path.name, lost=lost, typed=False)


def guess(path: str | Path) -> Guess:
    """Say what a file is and what its columns mean, from its name, its first bytes and its first 200 records."""
    path = Path(path)
    if _is_music(path):
        return Guess("music", "its tags", MappingProxyType({}))
    if layout := layout_of(path):
        return Guess(layout.name, layout.because, MappingProxyType({}))
    known = _format(path)
    if known == "parquet":
        names = parquet.names_of(path)
        because = f"Parquet with {len(names)} columns"
    elif known in ("jsonl", "json"):
        records = jsonl.line_records if known == "jsonl" else jsonl.array_records
        names = [name for record in islice(records(path, lost=lambda _: None), SAMPLE) for name in record.row]
        because = "one JSON object a line" if known == "jsonl" else "a JSON array of objects"
    else:
        table = delimited.header_of(path)
        names = table.names
        because = f"a header of {len(names)} columns with {delimited.DELIMITERS[table.delimiter]} between them"
    present = tuple(dict.fromkeys(names))
    named = columns_of(present).named
    return Guess(known, because, named, tuple(name for name in present if name not in named))


def count(path: str | Path) -> int | None:
    """Estimate how many songs a source holds, cheaply; None where that takes reading it (JSON arrays, over 200 MB)."""
    path = Path(path)
    if _is_music(path):
        return 1
    if layout := layout_of(path):
        return layout.size(path)
    known = _format(path)
    if known == "parquet":
        return parquet.rows_of(path)
    if known == "json" or path.stat().st_size > COUNTED:
        return None
    return _lines(path, quotes=known != "jsonl") - (known != "jsonl")


def files(path: str | Path, *, lost: Lost | None = None) -> Iterator[Path]:
    """Give the sources at a path: itself, or those in and below a folder, in order; hidden ones are passed over.

    A folder in a corpus's own layout is one source; lyrics beside music files are none, and raise nothing. Links to
    folders are not followed. SourceError for a missing path, an unknown format, and a folder without any source; a
    folder that cannot be opened is told to `lost`, and an error if nothing else is found.
    """
    path = Path(path)
    if not path.exists():
        raise SourceError(f"{path}: no such file or folder")
    if _is_music(path) or layout_of(path):
        return iter([path])
    if not path.is_dir():
        if path.suffix.lower() in WORDS:
            return iter(())
        _format(path)  # SourceError for one that is unknown
        return iter([path])
    closed: list[Loss] = []
    found = sorted(_sources(path, closed.append))
    if not found:
        raise SourceError(_nothing(path, closed))
    if lost:
        for loss in closed:
            lost(loss)
    return iter(found)


LIBRARY_TABLE = ".lance"  # a library that lies in a folder of catalogues is none of them


def _sources(folder: Path, closed: Lost) -> Iterator[Path]:
    """Give the sources below a folder: corpora whole, then tables and music files that belong to none."""
    for place, folders, names in _walk(folder, closed):
        corpora = [name for name in folders if layout_of(place / name)]
        folders[:] = [name for name in folders if name not in corpora]
        yield from (place / name for name in corpora)
        here = [place / name for name in names]
        claimed = layouts_of(file for file in here if not _is_music(file))
        for file in here:
            belongs = any(layout.beside(file) for other, layout in claimed.items() if other != file)
            if file in claimed or (_is_plain(file) and not belongs):
                yield file


def _walk(folder: Path, closed: Lost) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Walk a folder without what is hidden and without following links; what stays closed is told."""

    def tell(error: OSError) -> None:
        closed(Loss(str(error.filename), f"the folder cannot be opened: {error.strerror or error}"))

    for place, folders, names in os.walk(folder, onerror=tell):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not name.endswith(LIBRARY_TABLE))
        yield Path(place), folders, [name for name in names if not name.startswith(".")]


def _is_plain(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES or _is_music(file)


def _is_music(file: Path) -> bool:
    return file.suffix.lower() in music.ENDINGS and not file.is_dir()


def _nothing(folder: Path, closed: list[Loss]) -> str:
    if closed:
        return f"{closed[0].place}: {closed[0].reason}; nothing could be read"
    return f"{folder}: no music and no catalogue file in this folder; {READABLE} and music files"


def _format(path: Path) -> str:
    """Return the format: Parquet shows in the first bytes, JSON in the first line, the rest in the file's ending."""
    known = SUFFIXES.get(path.suffix.lower())
    start = _existing(path)
    if start.startswith(b"PAR1"):
        return "parquet"
    if known is None:
        kind = path.suffix or path.name
        raise SourceError(f"{path}: '{kind}' is no format songkin knows; {READABLE} and music files")
    if known in ("json", "jsonl"):
        return "jsonl" if jsonl.is_lines(path) else "json"
    return known


def _existing(path: Path) -> bytes:
    """Return the first bytes of a file that is there and holds something."""
    if path.is_dir():
        raise SourceError(f"{path}: is a folder; songkin.sources.files() lists the sources in it")
    if not path.exists():
        raise SourceError(f"{path}: no such file")
    start = head(path, 64)
    if not start.strip(b"\0\xef\xbb\xbf\xff\xfe \t\r\n"):
        held = EMPTY.get(SUFFIXES.get(path.suffix.lower(), ""), "it should hold songs, such as rows of a table")
        raise SourceError(f"{path}: the file is empty; {held}")
    return start


def _lines(path: Path, *, quotes: bool) -> int:
    """Count the line ends of a file, with `quotes` without those inside quoted cells."""
    if path.stat().st_size == 0:
        return 0
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        ends = sum(1 for _ in LINE_END.finditer(mapped)) + (mapped[-1:] != b"\n")
        return ends - sum(cell[0].count(b"\n", 1) for cell in QUOTED_CELL.finditer(mapped)) if quotes else ends
