"""Files of pairs: read line by line, and written with a score beside each pair, whole or not at all.

Conventions
-----------
A file has the columns `a` and `b`, ids as they stand; other columns are passed over. It is CSV, TSV, JSON lines or
Parquet by its ending. What is written has `a`, `b` and `score`, a row a pair in the order they came; no score is empty
(null in JSON lines and Parquet).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from songkin.errors import SourceError
from songkin.library.whole_files import check_place
from songkin.serve import label_files

if TYPE_CHECKING:
    from songkin.library.scoring import Pair

__all__ = ["READ", "WRITTEN", "check", "pairs_in", "row", "written"]

READ = (".csv", ".tsv", ".jsonl", ".parquet")
WRITTEN = (".csv", ".jsonl", ".parquet")
COLUMNS = {"a": "text", "b": "text", "score": "number"}
ROWS_AT_ONCE = 65_536
DIGITS = 6


def check(source: Path, target: Path) -> None:
    """Refuse files that cannot be read or written, before any work: SourceError names place and cure."""
    if source.suffix.lower() not in READ:
        raise SourceError(f"{source}: pairs come in a file that ends in {', '.join(READ)}, with the columns a and b")
    if target.suffix.lower() not in WRITTEN:
        raise SourceError(f"{target}: scores go into a file that ends in {', '.join(WRITTEN)}; name one with --out")
    check_place(target)
    if target.exists() and source.exists() and target.samefile(source):
        raise SourceError(f"{target}: is the file of pairs itself; name another file with --out")


def pairs_in(source: Path) -> Iterator[Pair]:
    """Read pairs one after another; an id that is missing is ''. SourceError where the file is none of pairs."""
    from songkin.library.scoring import Pair

    kind = source.suffix.lower()
    rows = _parquet(source) if kind == ".parquet" else _jsonl(source) if kind == ".jsonl" else _delimited(source, kind)
    for line, row in rows:
        yield Pair(line, *(_id(row.get(name)) for name in ("a", "b")))


def written(target: Path) -> AbstractContextManager[Any]:
    """Give what writes rows of a, b and score; they lie in a draft until all are there."""
    return label_files.written(target, COLUMNS)


def row(a: str, b: str, score: float | None) -> Mapping[str, Any]:
    """Return a pair's row."""
    return {"a": a, "b": b, "score": None if score is None else round(score, DIGITS)}


def _delimited(source: Path, kind: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        with source.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            rows = csv.reader(file, delimiter="\t" if kind == ".tsv" else ",")
            names = [name.strip().casefold() for name in next(rows, [])]
            _check_names(source, names)
            for values in rows:
                if values:
                    yield rows.line_num, dict(zip(names, values, strict=False))
    except OSError as error:
        raise _unread(source, error) from error
    except csv.Error as error:
        raise SourceError(f"{source}:{rows.line_num}: is no line of a table ({error}); take it out") from error


def _jsonl(source: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        with source.open(encoding="utf-8-sig", errors="replace") as file:
            for number, text in enumerate(file, 1):
                if text.strip():
                    yield number, _object(text)
    except OSError as error:
        raise _unread(source, error) from error


def _object(text: str) -> Mapping[str, Any]:
    """Read one JSON object; anything else holds no ids."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _parquet(source: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(source) as file:
            _check_names(source, file.schema_arrow.names)
            for batch in file.iter_batches(ROWS_AT_ONCE, columns=["a", "b"]):
                for values in batch.to_pylist():
                    number += 1
                    yield number, values
    except (OSError, pa.ArrowException) as error:
        raise _unread(source, error) from error


def _check_names(source: Path, names: Iterable[str]) -> None:
    there = list(names)
    if missing := [name for name in ("a", "b") if name not in there]:
        found = ", ".join(there) or "nothing"
        raise SourceError(f"{source}: has no column '{missing[0]}' (there is {found}); its first line names a,b")


def _unread(source: Path, error: Exception) -> SourceError:
    said = getattr(error, "strerror", None) or " ".join(str(error).split())[:120]
    return SourceError(f"{source}: cannot be read ({said}); --pairs takes a file of pairs with the columns a and b")


def _id(value: Any) -> str:
    """Return an id as a string; numbers are written as they stand, nothing and lists are no id."""
    if value is None or isinstance(value, list | dict | bool):
        return ""
    return str(value)
