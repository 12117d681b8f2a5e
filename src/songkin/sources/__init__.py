"""How songs arrive: catalogue files (CSV, TSV, JSONL, JSON, Parquet) -> `Iterator[Song]`, one file a format.

A damaged record is reported with its place and skipped; only a file that cannot be read at all raises SourceError.
"""

from songkin.sources.catalogue import FORMATS, Guess, count, files, guess, read
from songkin.sources.records import Loss

__all__ = ["FORMATS", "Guess", "Loss", "count", "files", "guess", "read"]
