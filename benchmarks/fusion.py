"""Weigh the `meaning` channel against `words` on three open kinds of request, none of which is a test of ours.

    SONGKIN_DATA=../shared/data python benchmarks/fusion.py

captions: sentences of MusicCaps' training part against descriptor sets sampled from their aspects (hit@10);
topics: a hymn's topics against its words (nDCG@10); forgotten: people's requests for a song they forgot, against chart
songs (MRR). Each library is made in a folder that vanishes; adding the chart songs takes some minutes on two cores.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from songkin.evaluation import measure
from songkin.library import Library, Reading
from songkin.text.names import artist_key, title_key
from songkin.types import Query, Song

WEIGHTS = (0.0, 0.15, 0.3, 0.6, 1.0, 1.5)
CAPTIONS = 1200
FEWEST_SONGS = 5  # of a topic


class Asked(NamedTuple):
    """A request, the ids that answer it, and the part of songs it is held against."""

    text: str
    relevant: frozenset[str]
    part: str = "all"


def main() -> None:
    """Print a row a weight and a column a kind of request."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("SONGKIN_DATA", "../shared/data")))
    data = parser.parse_args().data
    kinds = {"captions": (captions, "hit@10"), "topics": (topics, "nDCG@10"), "forgotten": (forgotten, "MRR@100")}
    print("weight of meaning", *WEIGHTS, sep="\t")
    for name, (kind, measured_by) in kinds.items():
        with tempfile.TemporaryDirectory() as folder:
            library, asked = kind(data, Path(folder) / "library")
            scores = [score(library, asked, weight, measured_by) for weight in WEIGHTS]
        print(f"{name}, {measured_by}, n={len(asked)}", *(f"{value:.4f}" for value in scores), sep="\t")


def score(library: Library, asked: Sequence[Asked], weight: float, measured_by: str) -> float:
    """Return the mean of a measure over requests."""
    judge = measure(measured_by)
    queries = [
        Query(a.text, part=a.part, weights={"meaning": weight}, channels=("meaning", "words"), k=100) for a in asked
    ]
    answers = library.batch(queries)
    values = [
        judge([hit.id for hit in hits], dict.fromkeys(a.relevant, 1)) for a, hits in zip(asked, answers, strict=True)
    ]
    return sum(values) / max(len(values), 1)


def made(songs: Iterable[Song], place: Path) -> Library:
    """Make a library of songs."""
    Library.add(songs, place)
    return Library.open(place)


def captions(data: Path, place: Path) -> tuple[Library, list[Asked]]:
    """Sample a descriptor set for each sentence as Epure et al. 2024 do: named aspects and as many others at most."""
    chance = random.Random(1)
    asked, sets = [], {}
    for row in pq.read_table(data / "musiccaps" / "train.parquet").to_pylist():
        aspects = ast.literal_eval(row["aspects"]) if isinstance(row["aspects"], str) else list(row["aspects"])
        for sentence in filter(str.strip, row["caption"].split(". ")):
            named = [aspect for aspect in aspects if aspect and aspect in sentence]
            others = [aspect for aspect in aspects if aspect not in sentence]
            if named:
                chosen = chance.sample(named, chance.randint(1, len(named)))
                chosen += chance.sample(others, chance.randint(0, min(len(named), len(others))))
                chance.shuffle(chosen)
                name = sets.setdefault(", ".join(chosen), str(len(sets)))
                asked.append(Asked(sentence, frozenset([name]), "description"))
    asked = chance.sample(asked, CAPTIONS)
    kept = {name for a in asked for name in a.relevant}
    songs = [Song(name, tags=dict.fromkeys(said.split(", "), 1.0)) for said, name in sets.items() if name in kept]
    return made(songs, place), asked


def topics(data: Path, place: Path) -> tuple[Library, list[Asked]]:
    """Ask for each topic of the public-domain songs, in their words alone."""
    file = data / "public_domain_songs" / "songs.jsonl"
    about: dict[str, set[str]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for topic in row.get("topics") or ():
            about.setdefault(topic.split("(")[0].replace("&amp;", "and").strip(), set()).add(row["id"])
    asked = [Asked(topic, frozenset(ids), "lyrics") for topic, ids in about.items() if len(ids) >= FEWEST_SONGS]
    return made(Reading.of([file]).songs(), place), asked


def forgotten(data: Path, place: Path) -> tuple[Library, list[Asked]]:
    """Ask with the open requests of tot_music whose song is among the chart songs."""
    songs = list(Reading.of([data / "popular_songs" / "songs.parquet"]).songs())
    known: dict[tuple[str, str], set[str]] = {}
    for song in songs:
        for artist in song.artists:
            known.setdefault((artist_key(artist), title_key(song.title)), set()).add(song.id)
    rows: list[Mapping[str, Any]] = pq.read_table(data / "tot_music" / "open.parquet").to_pylist()
    found = ((row["query"], known.get((artist_key(row["artist"]), title_key(row["song"])))) for row in rows)
    return made(songs, place), [Asked(text, frozenset(ids)) for text, ids in found if ids]


if __name__ == "__main__":
    main()
