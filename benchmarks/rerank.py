"""Time the `rerank` stage: 200 candidates of a large library ordered again by the vectors kept beside it.

    python benchmarks/rerank.py [--songs 100000] [--library DIR]

Songs and their vectors are made up, 32 numbers each. Without --library they are added to a folder that vanishes.
Printed are the first call, which reads the vectors into memory, the median and the 95th percentile of the others in
milliseconds, and the memory that the vectors take.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from songkin.library import Library
from songkin.search import Rerank
from songkin.search.rerank import LOOKED_AT
from songkin.store import writing
from songkin.store.kept_vectors import KeptVectors, kept_by_key
from songkin.types import Query, Ranking, Song

DIM = 32
AT_ONCE = 10_000
CALLS = 500
POOL = 300  # candidates of a ranking, as an engine has them


def main() -> None:
    """Make the library where it is not there, and print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--songs", type=int, default=100_000)
    parser.add_argument("--library", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = given.library or Path(folder) / "library"
        if not (place / "songs.lance").exists():
            made(place, given.songs)
        library = Library.open(place)
        first, *others = timed(library)
        size = kept_by_key(library.store, "space").vectors.nbytes / 1e6
        p95 = sorted(others)[int(0.95 * len(others))]
        print(f"{library.store.count():,} songs, {LOOKED_AT} candidates")
        print(
            f"first {first:.1f} ms, median {statistics.median(others):.2f} ms, p95 {p95:.2f} ms, vectors {size:.1f} MB"
        )


def made(place: Path, n: int) -> None:
    """Add songs of nothing but a title, and vectors for them."""
    Library.add(songs(n), place, encode=False)
    draw = np.random.default_rng(0)
    with writing(place, dim=1) as writer:
        kept, ids = KeptVectors(writer.tables, "space"), list(writer.known)
        for at in range(0, n, AT_ONCE):
            part = ids[at : at + AT_ONCE]
            kept.put(part, ["made-up/1"] * len(part), draw.normal(0, 0.15, (len(part), DIM)))
        kept.tidy()


def songs(n: int) -> Iterator[Song]:
    """Make songs up."""
    return (Song(f"s{number}", f"Title {number}") for number in range(n))


def timed(library: Library) -> list[float]:
    """Return how long each call took, in milliseconds; the first reads the vectors."""
    stage, keys = Rerank(library.store), library.store.catalogue()[0]
    draw = np.random.default_rng(1)
    took = []
    for _ in range(CALLS):
        drawn = draw.choice(keys, POOL, replace=False)
        ranking = Ranking.of(drawn, np.sort(draw.random(POOL))[::-1])
        query = Query(like=tuple(str(name) for name in library.store.ids(drawn[:1])))
        library.store.keys(query.like)  # an engine has looked the seed up long before
        start = time.perf_counter()
        stage(ranking, query)
        took.append(1000 * (time.perf_counter() - start))
    return took


if __name__ == "__main__":
    main()
