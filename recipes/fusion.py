"""Learn how much `meaning` counts beside `words` for an encoder, and save it beside its weights as fusion.json.

    SONGKIN_DATA=../shared/data python recipes/fusion.py --encoder FOLDER [--sung]

Requests are such as the encoder was not trained on: captions of MusicCaps tracks and texts of our own that its training
holds out, among the documents of all. None of it is a test of ours. `--sung` also weighs topics of hymns and requests
for forgotten songs, against songs whose words must be encoded first (some minutes).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import fusion as kinds

from songkin.encoders import load
from songkin.evaluation import measure
from songkin.library import Library
from songkin.search import Meaning, Words
from songkin.search.engine import pool_of
from songkin.search.fuse import fuse
from songkin.training.data.splits import split_of
from songkin.training.fusion import GRID, chosen
from songkin.types import Query, Song

TEXTS = Path(__file__).parent / "texts"
FILES = ("listeners_instrumental.jsonl", "listeners_songs.jsonl")
DOCUMENTS = 1500
ASKED = 300  # requests a task
FOUND = 100  # songs looked at
JUDGED = {"topics": "nDCG@10", "forgotten": "MRR@100"}
SUNG = ("topics", "forgotten")
ROWS = {
    "description": ("captions", "whole", "unsaid", "texts"),
    "all": ("captions", "whole", "unsaid", "texts", "topics"),
    "lyrics": ("topics",),
    "recalled": ("forgotten",),
}


def main() -> None:
    """Print the score of every weight on every task, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("SONGKIN_DATA", "../shared/data")))
    parser.add_argument("--sung", action="store_true")
    told = parser.parse_args()
    encoder = load(str(told.encoder))
    encoder.fusion = {}  # what an earlier run saved must not weigh

    def made(songs: Iterable[Song], place: Path) -> Library:
        Library.add(songs, place, encoder=encoder)
        return Library.open(place, encoder=encoder)

    kinds.made = made
    scores = {}
    print("weight of meaning", *GRID, sep="\t")
    for name in ("captions", "whole", "unsaid", "texts", *(SUNG if told.sung else ())):
        with tempfile.TemporaryDirectory() as folder:
            library, asked = TASKS[name](told.data, Path(folder) / "library")
            scores[name] = tried(library, asked, JUDGED.get(name, "hit@10"))
        print(f"{name}, n={len(asked)}", *(f"{value:.4f}" for value in scores[name].mean(1)), sep="\t", flush=True)
    weights = {}
    for kind, names in ROWS.items():
        own = {name: scores[name] for name in names if name in scores}
        if own:
            weights[kind] = {"meaning": chosen(GRID, own).weight, "words": 1.0}
    print(weights)
    text = json.dumps({"weights": weights, "learned_on": sorted(scores)}, indent=2)
    (told.encoder / "fusion.json").write_text(text + "\n", encoding="utf-8")


def tried(library: Library, asked: Sequence[kinds.Asked], measured_by: str) -> NDArray[np.float64]:
    """Return the score of each weight on each request: (weights, requests)."""
    judge, store = measure(measured_by), library.store
    assert library.encoder is not None
    channels = (Meaning(store, library.encoder), Words(store))
    queries = [Query(a.text, part=a.part, k=FOUND) for a in asked]
    channels[0].look_ahead(queries, pool_of)
    scores = np.zeros((len(GRID), len(asked)))
    for at, (query, a) in enumerate(zip(queries, asked, strict=True)):
        found = {channel.name: channel(query, pool_of(query)) for channel in channels}
        for row, weight in enumerate(GRID):
            keys = fuse(found, {"meaning": weight, "words": 1.0}).top(FOUND).keys
            names = [name for name in store.ids(keys) if name is not None]
            scores[row, at] = judge(names, dict.fromkeys(a.relevant, 1))
    return scores


Made = tuple[Library, list[kinds.Asked]]


def unseen(kind: Callable[[Path, Path], Made]) -> Callable[[Path, Path], Made]:
    """Ask only with captions that training holds out, among the documents of all."""

    def make(data: Path, place: Path) -> Made:
        held = set(_held_captions(data))
        kinds.CAPTIONS = DOCUMENTS
        library, asked = kind(data, place)
        own = [a for a in asked if any(a.text in caption for caption in held)]
        return library, own[:ASKED]

    return make


def _held_captions(data: Path) -> Iterator[str]:
    rows = kinds.pq.read_table(data / "musiccaps" / "train.parquet").to_pylist()
    yield from (row["caption"] for row in rows if split_of(str(row["ytid"])) == "valid")


def texts(_: Path, place: Path) -> Made:
    """Ask with our own texts that training holds out, for some of their tags among the tags of all."""
    chance, asked, sets = random.Random(1), [], {}
    rows = [json.loads(line) for file in FILES for line in (TEXTS / file).read_text(encoding="utf-8").splitlines()]
    for row in rows:
        if len(row["tags"]) > 1:
            drawn = chance.sample(row["tags"], chance.randint(2, min(6, len(row["tags"]))))
            name = sets.setdefault(", ".join(drawn), str(len(sets)))
            if split_of(row["text"]) == "valid":
                asked.append(kinds.Asked(row["text"], frozenset([name]), "description"))
    songs = [Song(name, tags=dict.fromkeys(said.split(", "), 1.0)) for said, name in sets.items()]
    return kinds.made(songs, place), asked[:ASKED]


TASKS = {
    "captions": unseen(kinds.captions), "whole": unseen(kinds.whole), "unsaid": unseen(kinds.unsaid),
    "texts": texts, "topics": kinds.topics, "forgotten": kinds.forgotten,
}  # fmt: skip

if __name__ == "__main__":
    main()
