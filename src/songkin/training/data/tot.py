"""Requests of people who forgot a song's name, against the song they meant.

Bhargav, Schuth and Hauff, SIGIR 2023 [bhargav2023music].
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from songkin.datasets import corpus
from songkin.training.data.example import Example, Ground
from songkin.training.data.reading import parquet_rows
from songkin.training.data.splits import artist_split

__all__ = ["Tot"]

FILE = "open.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tot:
    """Requests against 'title by artist', with the album behind it in `album` of the cases (a chance in [0, 1])."""

    album: float = 0.5

    def files(self, ground: Ground) -> tuple[Path, ...]:
        """Return the open part of the requests."""
        return (ground.corpus(corpus("tot_music"), FILE),)

    def examples(self, ground: Ground, split: str, rng: np.random.Generator) -> list[Example]:
        """Return every request of the split, split by artist."""
        rows = parquet_rows(self.files(ground)[0], "query", "song", "artist", "doc_id", "doc")
        found = []
        for row in rows:
            request, short = (row["query"] or "").strip(" ."), f"{row['song']} by {row['artist']}"
            if request and artist_split(row["artist"] or row["doc_id"]) == split:
                answer = row["doc"] if rng.random() < self.album else short
                found.append(Example(request, answer, also=(row["doc"], short), group=row["doc_id"]))
        return found
