"""Parquet, read in batches with only the columns that mean something to us."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from songkin.errors import SourceError
from songkin.sources.columns import columns_of, require
from songkin.sources.records import Loss, Lost, Record

__all__ = ["names_of", "records", "rows_of"]

BATCH = 1024
DAMAGE = (pa.ArrowException, OSError, ValueError, OverflowError)


def records(path: Path, *, lost: Lost) -> Iterator[Record]:
    """Give the rows of a file, numbered from 1; a row group that is damaged is told and skipped from there."""
    with _opened(path) as file:
        schema = file.schema_arrow
        require(schema.names, path.name)
        wanted = _wanted(schema)
        start = 1
        for group in range(file.num_row_groups):
            end = start + file.metadata.row_group(group).num_rows
            yield from _group(file, group, wanted, path.name, start, end, lost)
            start = end


def names_of(path: Path) -> list[str]:
    """Return the names of the columns."""
    with _opened(path) as file:
        return list(file.schema_arrow.names)


def rows_of(path: Path) -> int:
    """Return the number of rows, from the file's own metadata."""
    with _opened(path) as file:
        return int(file.metadata.num_rows)


def _group(
    file: pq.ParquetFile, group: int, wanted: list[str], name: str, start: int, end: int, lost: Lost
) -> Iterator[Record]:
    number = start
    try:
        for batch in file.iter_batches(BATCH, row_groups=[group], columns=wanted):
            for row in _rows(batch):
                place = f"{name}:{number}"
                number += 1
                if isinstance(row, Exception):
                    lost(Loss(place, f"the row cannot be read: {_line(row)}"))
                else:
                    yield Record(place, row)
    except DAMAGE as error:
        lost(Loss(f"{name}:{number}", f"rows {number} to {end - 1} are damaged: {_line(error)}"))


def _rows(batch: pa.RecordBatch) -> list[dict[str, Any] | Exception]:
    """Return the rows as mappings; one by one where a value of the batch has no Python equal."""
    try:
        return list(batch.to_pylist())
    except DAMAGE as error:
        return [error] if len(batch) == 1 else [row for i in range(len(batch)) for row in _rows(batch.slice(i, 1))]


def _wanted(schema: pa.Schema) -> list[str]:
    """Return the columns with a meaning and those of numbers."""
    named = columns_of(tuple(schema.names)).named
    return [field.name for field in schema if field.name in named or _is_number(field.type)]


def _is_number(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def _opened(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except DAMAGE as error:
        raise SourceError(f"{path}: not a whole Parquet file: {_line(error)}") from error


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:120]
