"""Say what it finds, and costs, to compare only songs with a near passage, instead of every song, as wholes.

    python benchmarks/wholes.py --library PATH [--songs 100] [--looked-at 300,1000,3000]

Drawn songs are seeds. Exact are the ten songs whose lyrics as a whole, the mean direction of their passages, are
nearest to the seed's: what `songkin similar` compares in a library of up to 250,000 songs. In a larger one only so many
songs are looked at as the nearest passages name. PATH holds more than 50,000 passages: fewer are always searched whole.
Milliseconds are the processor's, all threads together.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from songkin.library import Library
from songkin.store import Store, nearness

TEN = 10


def found(store: Store, vectors: np.ndarray) -> tuple[list[set[int]], float]:
    """Return the ten nearest songs to each vector (m, dim), and milliseconds a search."""
    began = time.process_time()
    near = [set(store.nearest_wholes(vector, where=None, limit=TEN).keys.tolist()) for vector in vectors]
    return near, 1000 * (time.process_time() - began) / len(vectors)


def main() -> None:
    """Print a line for every number of songs that are looked at."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=100)
    parser.add_argument("--looked-at", default="300,1000,3000")
    wanted = parser.parse_args()
    store = Library.open(wanted.library).store
    began = time.process_time()
    songs = store.lyric_vectors()
    print(f"{len(songs.keys):,} songs read as wholes in {time.process_time() - began:.1f} s of a processor")
    seeds = songs.vectors[np.random.default_rng(0).choice(len(songs.keys), wanted.songs, replace=False)]
    nearness.WHOLE_SONGS = len(songs.keys) + store.count()
    exact, cost = found(store, seeds)
    print(f"every song       recall 1.000   {cost:6.1f} ms")
    store.expect_many()
    nearness.WHOLE_SONGS = 0
    for looked_at in map(int, wanted.looked_at.split(",")):
        nearness.WHOLES = looked_at
        near, cost = found(store, seeds)
        recall = np.mean([len(one & other) / TEN for one, other in zip(exact, near, strict=True)])
        print(f"of {looked_at:6,} songs  recall {recall:.3f}   {cost:6.1f} ms")


if __name__ == "__main__":
    main()
