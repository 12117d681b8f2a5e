"""Say what the indexes of songs as wholes find, and cost, beside comparing every song.

    python benchmarks/wholes.py --library PATH [--songs 100] [--probes 10,20,40] [--candidates 200,500,1000]

Drawn songs are seeds. Exact are the ten songs whose lyrics as a whole, the mean direction of their passages, are
nearest to the seed's, and the ten (the seed aside) that score highest by the words that they share with it: the two
halves of what `songkin similar` compares. Of a library of more than 50,000 songs so many of the vector index's
partitions are looked into; of one of more than 100,000 passages so many candidates are read that the full-text index
names. For the words all stems of the library are laid out in memory; `--candidates ""` leaves them out, as for a
million songs. Times are the processor's.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from songkin.filters import parse
from songkin.library import Library
from songkin.search import repertoire
from songkin.search.repertoire import Repertoire, SungWords
from songkin.store import Store, nearness
from songkin.types import Query, Where

TEN = 10


def found(store: Store, vectors: np.ndarray, where: Where | None = None) -> tuple[list[set[int]], float]:
    """Return the ten nearest songs to each vector (m, dim), and milliseconds a search."""
    began = time.process_time()
    near = [set(store.nearest_wholes(vector, where=where, limit=TEN).keys.tolist()) for vector in vectors]
    return near, 1000 * (time.process_time() - began) / len(vectors)


def by_vector(store: Store, seeds: int, all_probes: list[int]) -> None:
    """Print a line for every number of partitions that are looked into."""
    songs = store.lyric_vectors()
    drawn = songs.vectors[np.random.default_rng(0).choice(len(songs.keys), seeds, replace=False)]
    exact = [set(songs.keys[np.argsort(-(songs.vectors @ seed))[:TEN]].tolist()) for seed in drawn]
    for probes in all_probes:
        nearness.PROBES = probes
        near, cost = found(store, drawn)
        recall = np.mean([len(one & other) / TEN for one, other in zip(exact, near, strict=True)])
        few = found(store, drawn, parse("year:1990..1991"))[1]
        print(f"{probes:4} partitions  recall {recall:.3f}  {cost:6.1f} ms, of two years {few:.1f} ms")


def by_words(store: Store, seeds: int, all_candidates: list[int]) -> None:
    """Print a line for every number of candidates that are scored."""
    if not all_candidates:
        return
    table = store.song_stems()
    repertoire.HELD_PASSAGES = 0  # so that a small library goes by its index, too
    own = Repertoire(store)
    wanted = np.random.default_rng(0).choice(table["key"].to_numpy(), seeds, replace=False)
    asked = [own.seed(Query(like=(name,))) for name in store.ids(wanted) if name]
    usage = own._usage()
    every = SungWords(table["key"].to_numpy(), table["sung_stems"], usage)
    exact = [set(every.keys[np.argsort(-every.scores(seed), kind="stable")[: TEN + 1]].tolist()) for seed in asked]
    for candidates in all_candidates:
        repertoire.CANDIDATES = candidates
        began = time.process_time()
        near = [set(own.find(seed, None, TEN + 1).keys.tolist()) for seed in asked]
        cost = 1000 * (time.process_time() - began) / len(asked)
        recall = np.mean([len(one & other) / (TEN + 1) for one, other in zip(exact, near, strict=True)])
        print(f"{candidates:4} candidates  recall {recall:.3f}  {cost:6.1f} ms")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=100)
    parser.add_argument("--probes", default="10,20,40")
    parser.add_argument("--candidates", default="200,500,1000")
    wanted = parser.parse_args()
    store = Library.open(wanted.library).store
    store.expect_many()
    by_vector(store, wanted.songs, [int(one) for one in wanted.probes.split(",") if one])
    by_words(store, wanted.songs, [int(one) for one in wanted.candidates.split(",") if one])


if __name__ == "__main__":
    main()
