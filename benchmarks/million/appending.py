"""How many songs a second the store takes whose vectors are ready: what an add would cost if nothing were encoded.

python benchmarks/million/appending.py --songs 20000
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from songs import Made
from wording import SEED

from songkin.filters import columns
from songkin.library.preparing import prepared
from songkin.store import SongRow, writing

DIM = 384
CHUNK = 5_000  # songs a commit
PREPARED = 2_000  # different songs; the others are these again under other ids


def main() -> None:
    """Print one cell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--songs", type=int, default=20_000)
    wanted = parser.parse_args()
    base = ready(min(PREPARED, wanted.songs))
    with tempfile.TemporaryDirectory() as folder, writing(Path(folder) / "L", dim=DIM) as writer:
        began, worked = time.perf_counter(), time.process_time()
        spent = spent_cpu = 0.0
        for start in range(0, wanted.songs, CHUNK):
            rows = [again(base[at % len(base)], at) for at in range(start, min(start + CHUNK, wanted.songs))]
            began, worked = time.perf_counter(), time.process_time()
            writer.upsert(rows)
            spent += time.perf_counter() - began
            spent_cpu += time.process_time() - worked
        began, worked = time.perf_counter(), time.process_time()
        writer.finish()
        finish = {"finish_s": round(time.perf_counter() - began, 2)}
        finish |= {"finish_cpu_s": round(time.process_time() - worked, 2)}
    rates = {"a_second": round(wanted.songs / spent), "a_cpu_second": round(wanted.songs / spent_cpu)}
    print(json.dumps({**rates, "songs": wanted.songs, **finish}))


def ready(count: int) -> list[SongRow]:
    """Return songs cut and with vectors, drawn for they are only to be written."""
    drawn = np.random.default_rng(SEED)
    rows = []
    for song in Made().songs(0, count):
        row = prepared(song)
        vectors = drawn.standard_normal((len(row.passages) + 1, DIM)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        passages = tuple(replace(one, vector=own) for one, own in zip(row.passages, vectors[1:], strict=True))
        told = {"vector": vectors[0], "encoder": "drawn", "passage_encoder": "drawn", "filters": columns(row.song)}
        rows.append(replace(row, passages=passages, **told))
    return rows


def again(row: SongRow, number: int) -> SongRow:
    """Return a song under another id."""
    name = f"again-{number:08d}"
    return replace(row, song=replace(row.song, id=name), filters={**(row.filters or {}), "w_id": name})


if __name__ == "__main__":
    main()
