"""Say what each way to keep and index vectors finds, costs and takes, on real vectors of real words.

    SONGKIN_DATA=../shared/data python benchmarks/quantisation.py [--vectors 160000] [--fast] [--keep FOLDER]

Vectors are the encoder's own (--fast: its student's), of every passage of the corpora with lyrics, and then of windows
of one to six lines of the same songs until there are enough: real words and real vectors, though windows overlap.
Requests are 60 that people really wrote (tot_music). Nothing is jittered or copied. --keep keeps the vectors, which
take a quarter of an hour a hundred thousand on two busy cores, for the next run; the library's words are not kept.

    r@10, r@100   of the exact nearest ten or hundred by float32, the share that is found
    cpu, wall     median milliseconds a search with the keys of what it found, all threads of the process together
    bytes         a vector takes in the index, beside its 768 as float16 in the table

Choices: `as it was` asked for 1,200 rows and fetched the vectors of 2,400; the others ask for 600, which holds the
300 songs that are wanted, and fetch the vectors of 64, or of none where it says `bare`. --choices names some. A number
of bits is of a number of a vector; `5 %` holds the search to one row in twenty.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from songkin import encoders
from songkin.datasets import data_folder
from songkin.filters import parse
from songkin.store import probing
from songkin.store.engine import lancedb
from songkin.text import lines, passages
from songkin.types import Where

VECTORS, REQUESTS, LIMIT, PROBES = 160_000, 60, 600, 40
WINDOWS = (1, 2, 3, 4, 6)  # lines
AT_ONCE = 10_000

Floats = NDArray[np.float32]


class Choice(NamedTuple):
    """An index of LanceDB, how much of it is looked into, and how many candidates are looked at exactly."""

    kind: str
    options: dict[str, Any]
    probes: int = PROBES
    refined: int = 64
    refine: int | None = None
    few: bool = False
    limit: int = LIMIT


CHOICES = {
    "as it was: 1 bit": Choice("IvfRq", {"distance_type": "cosine"}, refine=2, limit=2 * LIMIT),
    "3 bits": Choice("IvfRq", {"distance_type": "dot", "num_bits": 3}),
    "4 bits": Choice("IvfRq", {"distance_type": "dot", "num_bits": 4}),
    "4 bits, 20 probes": Choice("IvfRq", {"distance_type": "dot", "num_bits": 4}, probes=20),
    "4 bits, bare": Choice("IvfRq", {"distance_type": "dot", "num_bits": 4}, refined=0),
    "4 bits, 5 %": Choice("IvfRq", {"distance_type": "dot", "num_bits": 4}, probes=2 * PROBES, few=True),
    "5 bits": Choice("IvfRq", {"distance_type": "dot", "num_bits": 5}),
    "7 bits, bare": Choice("IvfRq", {"distance_type": "dot", "num_bits": 7}, refined=0),
    "scalar, bare": Choice("IvfSq", {"distance_type": "dot"}, refined=0),
    "product, 96": Choice("IvfPq", {"distance_type": "dot", "num_sub_vectors": 96}),
}


def main() -> None:
    """Print one line a choice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=int, default=VECTORS)
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--choices", default=",".join(CHOICES).replace(", ", ";"), help="names, ';' for ', ' in them")
    given = parser.parse_args()
    names = [name.replace(";", ", ") for name in given.choices.split(",")]
    vectors, requests = read(given.keep, given.vectors, "songkin-fast" if given.fast else None)
    print(f"{len(vectors):,} vectors of {vectors.shape[1]} numbers, {len(requests)} requests")
    told_exact(vectors, requests)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(folder, vectors, requests, [(name, CHOICES[name]) for name in names]))


def read(keep: Path | None, count: int, encoder: str | None) -> tuple[Floats, Floats]:
    """Return unit vectors (n, dim) as float16 leaves them, and those of requests (m, dim), kept or encoded."""
    kept = keep and keep / f"{encoder or 'songkin'}.npz"
    if kept and kept.is_file():
        held = np.load(kept)
        vectors, requests = held["vectors"][:count], held["requests"]
    else:
        reader, asker = encoders.load(encoder), encoders.load(None)
        texts, asked = corpus_texts(count), [row["query"] for row in rows("tot_music/open.parquet")]
        vectors = np.concatenate(
            [
                np.asarray(reader.encode_songs(texts[at : at + AT_ONCE]), np.float16)
                for at in range(0, len(texts), AT_ONCE)
            ]
        )
        drawn = np.random.default_rng(1).permutation(len(asked))[:REQUESTS]
        requests = np.asarray(asker.encode_queries([asked[at] for at in drawn]), np.float32)
    if kept and not kept.is_file():
        np.savez(kept, vectors=vectors, requests=requests)
    vectors = vectors.astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), requests


def rows(name: str) -> list[dict[str, Any]]:
    """Return a corpus's records."""
    place = data() / name
    if place.suffix == ".jsonl":
        return [json.loads(line) for line in place.read_text(encoding="utf-8").splitlines()]
    if place.suffix == ".csv":
        with place.open(encoding="utf-8", errors="replace", newline="") as file:
            return list(csv.DictReader(file))
    return list(pq.read_table(place).to_pylist())


def data() -> Path:
    """Return where the corpora lie."""
    folder = data_folder()
    if folder is None:
        raise SystemExit("set SONGKIN_DATA to the folder of the corpora: docs/datasets.md")
    return folder


def corpus_texts(count: int) -> list[str]:
    """Return so many different texts: all passages first, then windows of lines in random order."""
    whole: dict[str, None] = {}
    windows: dict[str, None] = {}
    for lyrics in all_lyrics():
        cut = lines(lyrics)
        whole |= dict.fromkeys(passage.text for passage in passages(cut))
        sung = [line.text for line in cut if line.text.strip()]
        for size in WINDOWS:
            windows |= dict.fromkeys("\n".join(sung[at : at + size]) for at in range(len(sung) - size + 1))
    rest = [text for text in windows if text not in whole]
    np.random.default_rng(0).shuffle(rest)
    return [*whole, *rest][:count]


def all_lyrics() -> Iterator[str]:
    """Yield the words of every song."""
    for name in ("popular_songs/songs.parquet", "public_domain_songs/songs.jsonl", "musicmood/train.csv"):
        for row in rows(name):
            text = row.get("lyrics") or row.get("text") or ""
            if isinstance(text, str) and text.strip():
                yield text


# -- measuring ---------------------------------------------------------------------------------------------------------


def told_exact(vectors: Floats, requests: Floats) -> None:
    """Print what exact search in memory costs: the oracle's own time."""
    cpu, wall = medians([partial(np.matmul, vectors, vector) for vector in requests])
    print(f"{'exact in memory, float32':26} {1.0:6.3f} {1.0:6.3f} {cpu:6.1f} cpu ms {wall:6.1f} wall ms")


def medians(works: Sequence[Callable[[], Any]]) -> tuple[float, float]:
    """Return the median processor and wall milliseconds of some calls, after one round that is not counted."""
    for work in works[:8]:
        work()
    spent = []
    for work in works:
        before, began = processor(), time.perf_counter()
        work()
        spent.append((processor() - before, time.perf_counter() - began))
    cpu, wall = np.median(spent, axis=0) * 1e3
    return float(cpu), float(wall)


def processor() -> float:
    """Return the processor seconds of all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def measure(folder: str, vectors: Floats, requests: Floats, choices: Sequence[tuple[str, Choice]]) -> None:
    """Index the vectors as each choice has it, ask, and print."""
    connection = await lancedb().connect_async(folder)
    table = await connection.create_table("vectors", columns(vectors))
    made = ""
    for name, choice in choices:
        if made != repr(choice[:2]):
            made = repr(choice[:2])
            await indexed(table, choice)
        few = parse("year:1", ()) if choice.few else None
        near = await answers(table, requests, choice, few)
        among = np.arange(0, len(vectors), 20) if choice.few else np.arange(len(vectors))
        cosines = requests @ vectors[among].T  # (m, n)
        shares = [recall(near.found, among[np.argsort(-cosines, axis=1)[:, :k]], k) for k in (10, 100)]
        size = sum(file.stat().st_size for file in newest(Path(folder) / "vectors.lance" / "_indices")) / len(vectors)
        told = f"{near.cpu:6.1f} cpu ms {near.wall:6.1f} wall ms {size:6.0f} bytes"
        print(f"{name:26} {shares[0]:6.3f} {shares[1]:6.3f} {told}", flush=True)


def columns(vectors: Floats) -> pa.Table:
    """Return the vectors as a table has them."""
    kind = pa.list_(pa.float16(), vectors.shape[1])
    halves = pa.FixedSizeListArray.from_arrays(pa.array(vectors.astype(np.float16).ravel()), type=kind)
    count = np.arange(len(vectors))
    years = (count % 20 == 0).astype(np.int64)
    return pa.table({"key": count, "part": np.zeros(len(vectors), np.int32), "w_year": years, "vector": halves})


async def indexed(table: Any, choice: Choice) -> None:
    """Put an index in place of the last one."""
    from lancedb import index

    began, before = time.perf_counter(), processor()
    await table.create_index("vector", config=getattr(index, choice.kind)(**choice.options))
    told = f"{processor() - before:.0f} cpu s {time.perf_counter() - began:.0f} wall s"
    print(f"  {choice.kind} {choice.options} made in {told}", flush=True)


def newest(folder: Path) -> list[Path]:
    """Return the files of the index made last."""
    return list(max(folder.iterdir(), key=lambda own: own.stat().st_mtime).iterdir())


class Answers(NamedTuple):
    """The keys found for each request, and median milliseconds."""

    found: list[NDArray[np.int64]]
    cpu: float
    wall: float


async def answers(table: Any, requests: Floats, choice: Choice, few: Where | None) -> Answers:
    """Ask for each request."""
    probing.REFINED = choice.refined
    ask = fetched if choice.refine else searched
    found, spent = [], []
    for number, vector in enumerate([*requests[:8], *requests]):
        before, began = processor(), time.perf_counter()
        keys = await ask(table, vector, choice, few)
        if number >= 8:
            spent.append((processor() - before, time.perf_counter() - began))
            found.append(keys)
    cpu, wall = np.median(spent, axis=0) * 1e3
    return Answers(found, float(cpu), float(wall))


async def searched(table: Any, vector: Floats, choice: Choice, few: Where | None) -> NDArray[np.int64]:
    """Search as the store does."""
    near = await probing.Near(vector, few, choice.limit, choice.probes).ask(table, ["key", "part"])
    return np.asarray(near.rows["key"].to_numpy()[np.argsort(-near.cosines, kind="stable")])


async def fetched(table: Any, vector: Floats, choice: Choice, few: Where | None) -> NDArray[np.int64]:
    """Search as the store did: LanceDB fetches the vectors of `refine` times as many rows as are asked for."""
    query = table.query().nearest_to(vector).column("vector").distance_type("cosine").maximum_nprobes(0)
    query = query.minimum_nprobes(choice.probes).refine_factor(choice.refine).select(["key", "part", "_distance"])
    return np.asarray((await query.limit(choice.limit).to_arrow())["key"].to_numpy())


def recall(found: Sequence[NDArray[np.int64]], wanted: NDArray[np.int64], k: int) -> float:
    """Return the share of the exact nearest `k` among the first `k` found, the mean over requests."""
    return float(np.mean([np.isin(own, keys[:k]).mean() for own, keys in zip(wanted, found, strict=True)]))


if __name__ == "__main__":
    main()
