"""Twenty-four tracks whose words and sound tell how alike they are, in the formats of the Million Song Dataset."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

from songkin.training.pairs.shards import write_shards

__all__ = ["COUNT", "track", "write_corpus", "write_sound"]

COUNT = 24
WORDS = ("the", "sea", "ship", "road", "rain", "train", "cat")


def track(at: int) -> str:
    """A track id as the corpus has them."""
    return f"TRAAA{chr(65 + at)}{at:02d}128F92F4A{at % 10}"[:18]


def kind(at: int) -> int:
    return at % 3


def write_corpus(folder: Path, *, alike: bool = False) -> Path:
    """lastfm_similars.db, bags and names; tracks of one kind are alike (.9) and share a word, others are not (.1).

    `alike` lists the pairs of one kind alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / "lastfm_similars.db")) as own, own:
        own.execute("CREATE TABLE similars_src (tid TEXT, target TEXT)")
        for at in range(COUNT):
            others = [to for to in range(at + 1, COUNT) if not alike or kind(to) == kind(at)]
            rows = ",".join(f"{track(to)},{_label(at, to):g}" for to in others)
            if rows:
                own.execute("INSERT INTO similars_src VALUES (?, ?)", (track(at), rows))
    lines = [f"{track(at)},{1000 + at},1:2,{2 + kind(at)}:4,{5 + at % 2}:1" for at in range(COUNT)]
    text = "\n".join(["# a little sample", f"%{','.join(WORDS)}", *lines, ""])
    (folder / "mxm_dataset_train.txt").write_text(text, encoding="utf-8")
    names = (f"{track(at)}<SEP>SOAAAAA12A8C13F{at:03d}<SEP>Artist {at}<SEP>Title {at}\n" for at in range(COUNT))
    (folder / "unique_tracks.txt").write_text("".join(names), encoding="utf-8")
    return folder


def _label(one: int, other: int) -> float:
    return round((0.9 if kind(one) == kind(other) else 0.1) + 0.01 * ((one + other) % 5), 2)


def write_sound(folder: Path, *, without: int = 4) -> Path:
    """Shards in which tracks of one kind sound alike; the last few tracks are in none."""
    rng = np.random.default_rng(3)
    rows = []
    for at in range(COUNT - without):
        timbre = rng.normal(size=(20 + at, 12)) + 5 * np.eye(12)[kind(at)]
        chroma = np.clip(rng.random((20 + at, 12)) * 0.2 + np.eye(12)[4 * kind(at)], 0, 1)
        rows.append((track(at), timbre.astype(np.float32), chroma.astype(np.float32)))
    write_shards(folder, rows, songs_each=7)
    return folder
