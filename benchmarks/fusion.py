"""Weigh the `meaning` channel against `words` on open kinds of request, none of which is a test of ours.

    SONGKIN_DATA=../shared/data python benchmarks/fusion.py

captions: sentences of MusicCaps' training part against descriptor sets sampled from their aspects (hit@10); whole: the
same with whole captions; unsaid: whole captions against sets of aspects they do not name; topics: a hymn's topics
against its words (nDCG@10); forgotten: people's requests for a song they forgot, against chart songs (MRR). Each
library is made in a folder that vanishes; adding the chart songs takes some minutes on two cores.
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
    kinds = {"captions": (captions, "hit@10"), "whole": (whole, "hit@10"), "unsaid": (unsaid, "hit@10")}
    kinds |= {"topics": (topics, "nDCG@10"), "forgotten": (forgotten, "MRR@100")}
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
    return sampled(((text, row[1]) for row in captioned(data) for text in row[0].split(". ") if text.strip()), place)


def whole(data: Path, place: Path) -> tuple[Library, list[Asked]]:
    """Sample a descriptor set for each whole caption."""
    return sampled(captioned(data), place)


def unsaid(data: Path, place: Path) -> tuple[Library, list[Asked]]:
    """Sample two to six aspects that a caption does not name: what is left is other words, and luck."""
    chance = random.Random(1)
    asked, sets = [], {}
    for text, aspects in captioned(data):
        others = [aspect for aspect in aspects if aspect.casefold() not in text.casefold()]
        if len(others) >= 2:
            chosen = chance.sample(others, chance.randint(2, min(len(others), 6)))
            name = sets.setdefault(", ".join(chosen), str(len(sets)))
            asked.append(Asked(text, frozenset([name]), "description"))
    return shelved(chance.sample(asked, CAPTIONS), sets, place)


def captioned(data: Path) -> list[tuple[str, list[str]]]:
    """Return the captions of MusicCaps' training part, each with its aspects."""
    rows = pq.read_table(data / "musiccaps" / "train.parquet").to_pylist()
    listed = ((row, row["aspects"]) for row in rows)
    read = ((row, ast.literal_eval(told) if isinstance(told, str) else list(told)) for row, told in listed)
    return [(row["caption"], [aspect for aspect in told if aspect]) for row, told in read]


def sampled(texts: Iterable[tuple[str, list[str]]], place: Path) -> tuple[Library, list[Asked]]:
    """Sample a set for each text that names an aspect: one to all named ones, and as many others at most."""
    chance = random.Random(1)
    asked, sets = [], {}
    for text, aspects in texts:
        named = [aspect for aspect in aspects if aspect in text]
        others = [aspect for aspect in aspects if aspect not in text]
        if named:
            chosen = chance.sample(named, chance.randint(1, len(named)))
            chosen += chance.sample(others, chance.randint(0, min(len(named), len(others))))
            chance.shuffle(chosen)
            name = sets.setdefault(", ".join(chosen), str(len(sets)))
            asked.append(Asked(text, frozenset([name]), "description"))
    return shelved(chance.sample(asked, CAPTIONS), sets, place)


def shelved(asked: list[Asked], sets: Mapping[str, str], place: Path) -> tuple[Library, list[Asked]]:
    """Make a library of the descriptor sets that are asked for."""
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
