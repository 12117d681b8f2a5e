"""Requests as people begin them who look for a forgotten song: a hook that joins their openings with the templates.

Conventions
-----------
A recipe turns it on with hook = "songkin.training.data.openings:asked". The openings are those of tot_music's training
artists: what stands before a request's first stop, up to eight words that name a song and ask for it.
Bhargav, Schuth and Hauff, SIGIR 2023 [bhargav2023music].
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from songkin.datasets import corpus, file_of
from songkin.training.data.example import TRAIN
from songkin.training.data.phrasing import rephrased
from songkin.training.data.reading import parquet_rows
from songkin.training.data.splits import artist_split
from songkin.training.data.tot import FILE

__all__ = ["asked", "openings"]

FIRST = re.compile(r"\s*([^.,:!?\n;()\"]{8,60}?)\s*(?:[.,:!?\n]|\b(?:with|where|that)\b)")
ASKING = re.compile(r"\b(?:looking|what|what's|help|find|identify|identifying|anyone|anybody|trying|search\w*)\b")
NAMING = re.compile(r"\b(?:song|music|track|tune)\b")
LONGEST = 8  # words
OPENED = 0.4  # the share of requests that begin as people do; templates make the others


def asked(text: str, tags: Sequence[str], rng: np.random.Generator, data: Path | None = None) -> str:
    """Turn a description into a request: behind somebody's opening, or by a template. SourceError without tot_music."""
    known = openings(file_of(corpus("tot_music"), FILE, data))
    if known and rng.random() < OPENED:
        return f"{known[int(rng.integers(len(known)))]}. {text}"
    return rephrased(text, tags, rng)


@lru_cache(maxsize=4)
def openings(path: Path) -> tuple[str, ...]:
    """Return the openings of the training artists' requests, each once, in the order they come."""
    found: dict[str, None] = {}
    for row in parquet_rows(path, "query", "artist", "doc_id"):
        first = FIRST.match((row["query"] or "").replace("\u2019", "'"))
        if first and artist_split(row["artist"] or row["doc_id"]) == TRAIN:
            said = first[1].strip()
            if len(said.split()) <= LONGEST and ASKING.search(said.lower()) and NAMING.search(said.lower()):
                found.setdefault(said)
    return tuple(found)
