"""Judge songs found for a seed by what the channels do not read: tags and genres that people gave.

    SONGKIN_DATA=../shared/data python benchmarks/similar.py [--library DIR] [--half 1]

Seeds are chart songs with lyrics and tags, 600 a half; the halves share no artist. The first half is to choose by, the
second to report. Hits are held to `part="lyrics"`, so that no channel sees tags or genres. `tags` is the mean cosine of
a seed's tags to those of the ten best songs by other artists (0 for a song without tags), `genre` the share of the ten
in the seed's main genre, and `artist` the share of the ten best songs of any artist that are by the seed's. `chance`
draws ten other songs at random. Without --library the chart songs are added to a folder that vanishes, which takes some
minutes.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from songkin.evaluation import interval
from songkin.library import Library, Reading
from songkin.text.names import artist_key, title_key
from songkin.types import Query, Song

SEEDS = 600  # of each half
SHOWN = 10
LOOKED_AT = 60  # hits, of which up to ten are by others
SYSTEMS = {
    "words": Query(part="lyrics", channels=("words",)),
    "meaning": Query(part="lyrics", channels=("meaning",)),
    "words and meaning": Query(part="lyrics", channels=("words", "meaning")),
    "and features": Query(part="lyrics", channels=("words", "meaning", "features")),
}

Asking = Callable[[Sequence[str]], Iterable[Sequence[str]]]


class Judged(NamedTuple):
    """How good one answer is, each in [0, 1]."""

    tags: float
    genre: float
    artist: float


class Shelf(NamedTuple):
    """What is known of songs by id: who plays them, their title, their tags and their main genre."""

    artists: Mapping[str, frozenset[str]]
    titles: Mapping[str, str]
    tags: Mapping[str, frozenset[str]]
    genres: Mapping[str, str]


def main() -> None:
    """Print a row a system: its means with 95 % bootstrap intervals over seeds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("SONGKIN_DATA", "../shared/data")))
    parser.add_argument("--library", type=Path, help="a library of popular_songs")
    parser.add_argument("--half", type=int, choices=(1, 2), default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = given.library or Path(folder) / "library"
        if not given.library:
            Library.add(Reading.of([given.data / "popular_songs" / "songs.parquet"]), place)
        library = Library.open(place)
        shelf = shelved(library)
        seeds = chosen(library, shelf)[given.half - 1]
        print(f"n={len(seeds)}", *Judged._fields, sep="\t")
        for name, asking in {"chance": by_chance(library), **asked(library)}.items():
            values = [judged(seed, hits, shelf) for seed, hits in zip(seeds, asking(seeds), strict=True)]
            print(name, *(told([value[at] for value in values]) for at in range(len(Judged._fields))), sep="\t")


def told(values: Sequence[float]) -> str:
    """Write a mean and its bounds."""
    mean, low, high = interval(values)
    return f"{mean:.4f} [{low:.4f}, {high:.4f}]"


def every(library: Library) -> list[Song]:
    """Return all songs with their lyrics."""
    return [song for song in library.store.songs(library.store.catalogue()[0], lyrics=True) if song]


def shelved(library: Library) -> Shelf:
    """Read what songs are judged by."""
    songs = every(library)
    return Shelf(
        {song.id: frozenset(map(artist_key, song.artists)) for song in songs},
        {song.id: title_key(song.title) for song in songs},
        {song.id: frozenset(song.tags) for song in songs},
        {song.id: song.genres[0] for song in songs if song.genres},
    )


def chosen(library: Library, shelf: Shelf) -> tuple[list[str], list[str]]:
    """Draw the seeds of both halves, among songs that have words, tags and a main genre."""
    chance = random.Random(1)
    able = [song for song in every(library) if song.lyrics and song.lyrics.text and song.tags and song.genres]
    firsts = sorted({min(shelf.artists[song.id]) for song in able if song.artists})
    ones = set(chance.sample(firsts, len(firsts) // 2))
    halves: tuple[list[str], list[str]] = [], []
    for song in sorted(able, key=lambda song: song.id):
        if song.artists:
            halves[min(shelf.artists[song.id]) not in ones].append(song.id)
    one, two = (sorted(chance.sample(half, min(SEEDS, len(half)))) for half in halves)
    return one, two


def asked(library: Library) -> dict[str, Asking]:
    """Return the systems on trial."""

    def asking(query: Query) -> Asking:
        def ask(seeds: Sequence[str]) -> Iterable[Sequence[str]]:
            answers = library.batch([Query.of(query, like=(seed,), k=LOOKED_AT) for seed in seeds])
            return [[hit.id for hit in answer] if isinstance(answer, list) else [] for answer in answers]

        return ask

    return {name: asking(query) for name, query in SYSTEMS.items()}


def by_chance(library: Library) -> Asking:
    """Return a system that draws songs at random."""
    chance, ids = random.Random(2), library.store.catalogue()[1].to_pylist()
    return lambda seeds: [chance.sample(ids, LOOKED_AT) for _ in seeds]


def judged(seed: str, hits: Sequence[str], shelf: Shelf) -> Judged:
    """Judge one answer; other versions of the seed do not count, and too few hits count as wrong ones."""
    others = [hit for hit in hits if hit != seed and shelf.titles[hit] != shelf.titles[seed]]
    of_others = [hit for hit in others if not shelf.artists[hit] & shelf.artists[seed]][:SHOWN]
    alike = [overlap(shelf.tags[seed], shelf.tags[hit]) for hit in of_others]
    same = [shelf.genres.get(hit) == shelf.genres[seed] for hit in of_others]
    by_artist = [bool(shelf.artists[hit] & shelf.artists[seed]) for hit in others[:SHOWN]]
    return Judged(sum(alike) / SHOWN, sum(same) / SHOWN, sum(by_artist) / SHOWN)


def overlap(own: frozenset[str], other: frozenset[str]) -> float:
    """Return the cosine of two sets of tags, 0 where either is empty."""
    return len(own & other) / float(np.sqrt(len(own) * len(other))) if own and other else 0.0


if __name__ == "__main__":
    main()
