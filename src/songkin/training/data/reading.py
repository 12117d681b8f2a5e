"""Files of examples, each read once: JSON lines with a place in every error, parquet as rows."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from songkin.errors import TrainingError

__all__ = ["json_lines", "parquet_rows", "sha256"]

BLOCK = 1 << 20


@lru_cache(maxsize=64)
def json_lines(path: Path, *required: str) -> tuple[dict[str, Any], ...]:
    """Read a file of JSON objects, one a line, each with the required keys; TrainingError names the line."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise TrainingError(f"{path}:{number} is no JSON ({error}); mend or delete the line") from error
        missing = [key for key in required if not isinstance(row, dict) or key not in row]
        if missing:
            raise TrainingError(
                f"{path}:{number} says no '{missing[0]}'; each line is an object with {', '.join(required)}"
            )
        rows.append(row)
    return tuple(rows)


@lru_cache(maxsize=64)
def parquet_rows(path: Path, *columns: str) -> tuple[dict[str, Any], ...]:
    """Read columns of a parquet file as rows; TrainingError where it is damaged or lacks one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return tuple(pq.read_table(path, columns=list(columns)).to_pylist())
    except (pa.ArrowException, OSError) as error:
        raise TrainingError(
            f"{path}: cannot be read ({' '.join(str(error).split())[:120]}); get the file again"
        ) from error


def sha256(path: Path) -> str:
    """Return a file's checksum, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
