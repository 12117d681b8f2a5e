"""What is known of a public corpus: its home, its terms, how to cite it, and its files as they ought to lie.

Conventions
-----------
`rows` counts what a corpus is a corpus of (`counted`: songs, tracks, captions); `of` is how many the public whole has,
given where only a sample of it lies here. Sizes are bytes. Paths are below the corpus' own folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

__all__ = ["SHIPS", "Corpus", "File"]

SHIPS: Mapping[str, str] = MappingProxyType(
    {
        "yes": "weights trained on it may ship in the songkin wheel",
        "labels": "weights trained on it ship in songkin-labels alone, for research",
        "no": "weights trained on it do not ship",
        "test": "a test: nothing is trained or tuned on it",
        "-": "nothing is trained on it",
    }
)


@dataclass(frozen=True, slots=True)
class File:
    """One file: its path, the checksum and size of the copy that is known, its records, and what is odd about it."""

    path: str
    sha256: str
    size: int
    rows: int | None = None
    of: int | None = None
    note: str = ""

    @property
    def said(self) -> str:
        """Say how much of the public file this copy holds: 'sample, 115 of 210,519 rows', '' where it is whole."""
        sample = f"sample, {self.rows:,} of {self.of:,} rows" if self.rows is not None and self.of else ""
        return "; ".join(part for part in (sample, self.note) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """One public corpus. `ships` is a key of SHIPS; `folder` is where its files lie in the folder of all corpora."""

    name: str
    title: str
    description: str
    home: str
    licence: str
    ships: str
    citation: str
    bibtex: str
    split: str
    folder: str
    counted: str = "songs"
    rows: int | None = None
    of: int | None = None
    files: tuple[File, ...] = ()
    packaged: Path | None = None

    def place(self, data: Path | None) -> Path | None:
        """Return the corpus' folder within the folder of all corpora, or in the package; None where neither is."""
        return self.packaged or (data / self.folder if data else None)

    @property
    def amount(self) -> str:
        """Say how many rows there are: '4,115 songs', '8,375 of 237,662 tracks', 'none here' without a known copy."""
        if self.rows is None:
            return "none here"
        return f"{self.rows:,} of {self.of:,} {self.counted}" if self.of else f"{self.rows:,} {self.counted}"
