"""Say what the index of songs as wholes finds, and costs, beside comparing every song.

    python benchmarks/wholes.py --library PATH [--songs 100] [--probes 10,20,40]

Drawn songs are seeds. Exact are the ten songs whose lyrics as a whole, the mean direction of their passages, are
nearest to the seed's: what `songkin similar` compares. A library of up to 50,000 songs is searched exactly; of a larger
one so many of the index's partitions are looked into.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from songkin.filters import parse
from songkin.library import Library
from songkin.store import Store, nearness
from songkin.types import Where

TEN = 10


def found(store: Store, vectors: np.ndarray, where: Where | None = None) -> tuple[list[set[int]], float]:
    """Return the ten nearest songs to each vector (m, dim), and milliseconds a search."""
    began = time.process_time()
    near = [set(store.nearest_wholes(vector, where=where, limit=TEN).keys.tolist()) for vector in vectors]
    return near, 1000 * (time.process_time() - began) / len(vectors)


def main() -> None:
    """Print a line for every number of partitions that are looked into."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=100)
    parser.add_argument("--probes", default="10,20,40")
    wanted = parser.parse_args()
    store = Library.open(wanted.library).store
    songs = store.lyric_vectors()
    seeds = songs.vectors[np.random.default_rng(0).choice(len(songs.keys), wanted.songs, replace=False)]
    exact = [set(songs.keys[np.argsort(-(songs.vectors @ seed))[:TEN]].tolist()) for seed in seeds]
    store.expect_many()
    for probes in map(int, wanted.probes.split(",")):
        nearness.PROBES = probes
        near, cost = found(store, seeds)
        recall = np.mean([len(one & other) / TEN for one, other in zip(exact, near, strict=True)])
        few = found(store, seeds, parse("year:1990..1991"))[1]
        print(f"{probes:4} partitions  recall {recall:.3f}  {cost:6.1f} ms, of two years {few:.1f} ms")


if __name__ == "__main__":
    main()
