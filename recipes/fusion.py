"""Learn how much `meaning` counts beside `words` for an encoder, and save it beside its weights as fusion.json.

    SONGKIN_DATA=../shared/data python recipes/fusion.py --encoder FOLDER [--forgotten]

The requests are those of songkin's open tasks, which training holds out; none of it is a test of ours. What is learned
for libraries of descriptions comes from each task's own sets, what is learned for lyrics from public-domain songs, and
what is learned for requests that do not say which part they mean from a library of both. `--forgotten` also weighs
requests for forgotten songs, against chart songs whose words must be encoded first (some minutes).
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.encoders import load
from songkin.encoders.weights import FUSION, MANIFEST, read_json
from songkin.errors import QueryError
from songkin.evaluation import TASKS, measure
from songkin.evaluation.tasks import Round, first
from songkin.library import Library
from songkin.training.checkpoints import atomically
from songkin.training.fusion import GRID, chosen
from songkin.types import Encoder, Lyrics, Query, Song

TAGGED, SUNG, FORGOTTEN = ("captions", "retold", "descriptions", "requests"), "stories", "forgotten"
ASKED = 400  # requests a round
DEEP = 100  # songs looked at
CHANNELS = ("meaning", "words")


class Asked(NamedTuple):
    """A library's songs, and the requests put to it: text -> what answers it."""

    songs: list[Song]
    requests: list[tuple[str, frozenset[str]]]


def main() -> None:
    """Print the score of every weight on every task, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--data", type=Path, help="where the data sets lie; default: $SONGKIN_DATA")
    parser.add_argument("--forgotten", action="store_true")
    told = parser.parse_args()
    if told.data:
        os.environ["SONGKIN_DATA"] = str(told.data)
    encoder = load(str(told.encoder))
    encoder.fusion = {}  # what an earlier run saved must not weigh

    tagged = {name: shelf(name) for name in TAGGED}
    sung = shelf(SUNG)
    print("kind", "task", "requests", *(f"meaning {weight}" for weight in GRID), sep="\t")
    kinds = {"description": tagged, "lyrics": {SUNG: sung}, "all": mixed({**tagged, SUNG: sung})}
    if told.forgotten:
        kinds["recalled"] = {FORGOTTEN: shelf(FORGOTTEN)}
    weights = {kind: {"meaning": learned(kind, tasks, encoder), "words": 1.0} for kind, tasks in kinds.items()}
    print(weights)
    told_on = {kind: list(tasks) for kind, tasks in kinds.items()}
    model = read_json(told.encoder / MANIFEST)["model"]["sha256"]  # they are of no use beside another
    text = json.dumps({"model": model, "weights": weights, "learned_on": told_on}, indent=2)
    with atomically(told.encoder / FUSION) as file:
        file.write(text.encode() + b"\n")


def shelf(name: str) -> Asked:
    """Make songs of a task's documents, and keep its first requests."""
    songs, requests = [], []
    for number, drawn in enumerate(TASKS[name].rounds()):
        mark = f"{name}-{number}-"
        songs += [song_of(mark + id, texts, sung=name in (SUNG, FORGOTTEN)) for id, texts in drawn.documents.items()]
        requests += asked_of(first(drawn, ASKED), mark)
    return Asked(songs, requests)


def song_of(name: str, texts: Sequence[str], *, sung: bool) -> Song:
    """Make a song of a document: of passages that are sung, or of a set of tags joined by commas."""
    if sung:
        return Song(name, lyrics=Lyrics("\n\n".join(texts)))
    return Song(name, tags={tag: 1.0 for text in texts for tag in text.split(", ") if tag})


def asked_of(drawn: Round, mark: str) -> Iterable[tuple[str, frozenset[str]]]:
    """Give a round's requests with what answers each."""
    for name, request in drawn.requests.items():
        yield request, frozenset(mark + wanted for wanted in drawn.judgements[name])


def mixed(tasks: dict[str, Asked]) -> dict[str, Asked]:
    """Put the songs of all tasks into one library, and ask each task's requests of it."""
    songs = [song for task in tasks.values() for song in task.songs]
    return {name: task._replace(songs=songs) for name, task in tasks.items()}


def learned(kind: str, tasks: dict[str, Asked], encoder: Encoder) -> float:
    """Return the weight of `meaning` that does best over the tasks of a kind."""
    part = "all" if kind == "recalled" else kind
    scores: dict[str, NDArray[np.float64]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, task in tasks.items():
            place = Path(folder) / ("all" if kind == "all" else name)
            if not place.exists():
                Library.add(task.songs, place, encoder=encoder)
            scores[name] = tried(Library.open(place, encoder=encoder), task, part)
            print(kind, name, len(task.requests), *(f"{v:.4f}" for v in scores[name].mean(1)), sep="\t", flush=True)
    return chosen(GRID, scores).weight


def tried(library: Library, task: Asked, part: str) -> NDArray[np.float64]:
    """Return the score of each weight on each request, the mean of hit@10 and MRR@100: (weights, requests)."""
    judges = [measure("hit@10"), measure("MRR@100")]
    scores = np.zeros((len(GRID), len(task.requests)))
    for row, weight in enumerate(GRID):
        weights = {"meaning": weight, "words": 1.0}
        queries = [Query(text, part=part, weights=weights, channels=CHANNELS, k=DEEP) for text, _ in task.requests]
        for at, ((_, wanted), hits) in enumerate(zip(task.requests, library.batch(queries), strict=True)):
            if isinstance(hits, QueryError):
                raise hits
            found, right = [hit.id for hit in hits], dict.fromkeys(wanted, 1)
            scores[row, at] = np.mean([judge(found, right) for judge in judges])
    return scores


if __name__ == "__main__":
    main()
