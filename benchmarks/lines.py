"""Measure how well a spoilt line finds its song, by the way it was spoilt, and how long it takes.

    SONGKIN_DATA=../shared/data python benchmarks/lines.py [--songs FILE] [-n 200] [--seed 0] [--json]

Any catalogue file with lyrics will do; without --songs it is popular_songs/songs.parquet of the folder SONGKIN_DATA,
and the demo songs where that is not set. The library is made in a folder that vanishes, without vectors. A song counts
as found when it is the first, or among the first ten; `ties` counts lines whose song is not first but scores the same
as the first, so that only the defined order of ties parts them.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from songkin.datasets import demo
from songkin.evaluation import KINDS, NoisyLine, noisy_lines
from songkin.library import Library, Reading, sung_lines

K = 10


class Trial(NamedTuple):
    """What became of one line: the rank of its song (0 = not among ten), whether only a tie stood first, how long."""

    kind: str
    rank: int
    tied: bool
    ms: float


def main() -> None:
    """Measure every kind and print a row each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--songs", type=Path, help="a catalogue file with lyrics")
    parser.add_argument("-n", type=int, default=200, help="lines of each kind (200)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = made(wanted.songs or default_songs(), Path(folder) / "library")
        noisy = noisy_lines(sung_lines(library), n=wanted.n, seed=wanted.seed)
        library.line("warm up")
        trials = [tried(library, line) for line in noisy]
        counts = library.store.counts()
    rows = {kind: figures([trial for trial in trials if trial.kind == kind]) for kind in KINDS}
    rows["all"] = figures(trials)
    if wanted.json:
        print(json.dumps({"songs": counts.songs, "passages": counts.passages, "kinds": rows}, indent=2))
        return
    print(f"{counts.songs} songs, {counts.passages} passages")
    for kind, row in rows.items():
        print(f"{kind:9}", *(f"{name} {value:g}" for name, value in row.items()), sep="  ")


def default_songs() -> Path:
    """Return the chart songs where they are, or else the demo songs."""
    place = Path(os.environ.get("SONGKIN_DATA", "")) / "popular_songs" / "songs.parquet"
    return place if os.environ.get("SONGKIN_DATA") and place.exists() else demo.path()


def made(songs: Path, place: Path) -> Library:
    """Add a catalogue to a library at `place`, without vectors."""
    Library.add(Reading.of([songs]).songs(), place, encode=False)
    return Library.open(place)


def tried(library: Library, line: NoisyLine) -> Trial:
    """Ask for one line."""
    start = time.perf_counter()
    hits = library.line(line.text, k=K).hits
    ms = (time.perf_counter() - start) * 1000
    ids = [hit.song.id for hit in hits]
    rank = ids.index(line.song_id) + 1 if line.song_id in ids else 0
    return Trial(line.kind, rank, rank > 1 and hits[rank - 1].score == hits[0].score, ms)


def figures(trials: Sequence[Trial]) -> dict[str, float]:
    """Return the figures of some trials: percentages, milliseconds; no trials give no figures."""
    if not trials:
        return {}
    ranks, taken = np.array([trial.rank for trial in trials]), [trial.ms for trial in trials]
    return {
        "n": len(trials),
        "hit@1": round(100 * float((ranks == 1).mean()), 1),
        "hit@10": round(100 * float((ranks > 0).mean()), 1),
        "ties": sum(trial.tied for trial in trials),
        "p50 ms": round(float(np.percentile(taken, 50)), 1),
        "p95 ms": round(float(np.percentile(taken, 95)), 1),
    }


if __name__ == "__main__":
    main()
