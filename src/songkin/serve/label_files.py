"""Write rows of labels into a file, Parquet, CSV or JSONL, chunk by chunk, so that it is whole or not there.

Conventions
-----------
A list is a list in Parquet and JSONL, and in CSV its parts joined by "; ". What is not said is null, in CSV nothing.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from songkin.errors import SourceError
from songkin.library.whole_files import check_place, whole

__all__ = ["FORMATS", "check", "left_out", "written"]

Rows = Sequence[Mapping[str, Any]]
Write = Callable[[Rows], None]
FORMATS = (".parquet", ".csv", ".jsonl")


def check(place: Path, sources: Sequence[str]) -> None:
    """Refuse a file that cannot be written, before anything is read: SourceError names place and cure."""
    if place.suffix.lower() not in FORMATS:
        raise SourceError(
            f"{place}: labels go into a file that ends in {', '.join(FORMATS)}; name such a one with --out"
        )
    check_place(place)
    if any(place.exists() and Path(source).exists() and place.samefile(source) for source in sources):
        raise SourceError(f"{place}: is the file of songs itself; name another file with --out")


def left_out(place: Path, files: Sequence[Path], columns: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the files to read of those found in folders: all but labels that an earlier run wrote to `place`.

    SourceError where `place` is one of them and holds something else, which would be lost.
    """
    here = [file for file in files if place.exists() and place.samefile(file)]
    if here and set(_columns_of(place)) != set(columns):  # more of them are a catalogue's that was joined with labels
        raise SourceError(f"{place}: is one of the files of songs; name another file with --out")
    return tuple(file for file in files if file not in here)


def _columns_of(place: Path) -> Sequence[str]:
    """Return the columns of a file of labels, those of its first row; none of a file that is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if place.suffix.lower() == ".parquet":
            names: list[str] = pq.read_schema(place).names
            return names
        with place.open(encoding="utf-8", newline="") as file:
            first = file.readline()
        return list(json.loads(first)) if place.suffix.lower() == ".jsonl" else next(csv.reader([first]), [])
    except (OSError, ValueError, TypeError, pa.ArrowException):
        return []


@contextmanager
def written(place: Path, columns: Mapping[str, str]) -> Iterator[Write]:
    """Give what writes rows; they lie in a draft beside the place until all are there."""
    opened = {".parquet": _parquet, ".csv": _csv, ".jsonl": _jsonl}[place.suffix.lower()]
    with whole(place) as draft, opened(draft, columns) as write:
        yield write


@contextmanager
def _parquet(draft: Path, columns: Mapping[str, str]) -> Iterator[Write]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"text": pa.string(), "texts": pa.list_(pa.string()), "number": pa.float64(), "truth": pa.bool_()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
    with pq.ParquetWriter(draft, schema) as file:
        yield lambda rows: file.write_table(pa.Table.from_pylist(list(rows), schema=schema))


@contextmanager
def _csv(draft: Path, columns: Mapping[str, str]) -> Iterator[Write]:
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns))
        writer.writeheader()
        yield lambda rows: writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return "; ".join(value)
    return str(value).lower() if isinstance(value, bool) else value


@contextmanager
def _jsonl(draft: Path, columns: Mapping[str, str]) -> Iterator[Write]:
    with draft.open("w", encoding="utf-8") as file:
        yield lambda rows: file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
