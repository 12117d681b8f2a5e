"""Songs for benchmarks, as many as one likes: made, realistic in what costs time, the same for the same number.

    python benchmarks/million/songs.py 1000 [--first 0] > songs.jsonl
    python benchmarks/million/songs.py 1000000 --into FOLDER [--processes 2]

What is like real songs: words fall as Zipf's law has it, with a tail of some 40,000 rare ones a language, and every
song keeps to words of its own subject; five or six verses, one of them a chorus that comes back, which songkin cuts
into five passages in the mean; artists of few and of many songs; nine languages; genres and tags by how common they
are; one song in thirty is another's live, acoustic or remastered version, or the same on another album; fields are
missing as they are in collections. What is not: a line means little. Patterns of lines and the common words are those
of the demo songs, which we wrote; the rare words are made of syllables, so that no text of anybody else's is needed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, cached_property
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))  # also where another benchmark imports this by its path
from wording import SEED, WORD, Tongue, made_word, tongues, zipf

from songkin.datasets import demo
from songkin.types import Lyrics, Song

__all__ = ["Made", "parts", "row", "written"]

SUBJECT = 60  # words that a song keeps to
OWN = 0.55  # of the words that are drawn, those of the song's subject
KEPT = 0.3  # of a pattern's words, those that stay besides the common ones
LINES = (4, 7)  # of a verse, the second not included
FIVE = 0.65  # of the songs, those with five verses besides the repeated chorus; the others have four
WORDLESS = 0.05
VERSION = 30  # one song in so many is another's version
VERSIONS = (" (Live)", " (Remastered 2011)", " (Acoustic Version)", "")
ARTISTS = 9  # songs an artist has, in the mean
ENGLISH = 0.82
FEATURES = ("valence", "energy", "danceability", "acousticness")
PART = 10_000  # songs of a file


class Made:
    """The made songs; `song(n)` is the same for the same n."""

    def song(self, number: int) -> Song:
        """Return a song by its number, from 0."""
        drawn = np.random.default_rng([SEED, number])
        original = number - 1 - int(drawn.integers(20))
        if number % VERSION == VERSION - 1 and original >= 0 and original % VERSION != VERSION - 1:
            return self._version(number, self.song(original), drawn)
        tongue = self.tongues[0 if drawn.random() < ENGLISH else 1 + int(drawn.integers(len(self.tongues) - 1))]
        verses = _verses(tongue, drawn)
        title = _titled(verses[1])
        return self._described(number, title, verses if drawn.random() > WORDLESS else [], tongue, drawn)

    def songs(self, first: int, count: int) -> Iterator[Song]:
        """Yield so many songs from a number on."""
        yield from map(self.song, range(first, first + count))

    def _described(
        self, number: int, title: str, verses: Sequence[str], tongue: Tongue, drawn: np.random.Generator
    ) -> Song:
        artist = int(number // ARTISTS * drawn.power(0.7)) if drawn.random() < 0.3 else number // ARTISTS
        known = drawn.random(4)
        base = self.described[int(drawn.integers(len(self.described)))]
        tags = dict(zip(self._tags(drawn), drawn.integers(30, 101, 4).tolist(), strict=False))
        return Song(
            id=f"made-{number:08d}",
            title=title,
            artists=(f"{self.names[artist % len(self.names)]} {artist // len(self.names) + 1}",),
            album=f"{title.split()[0]} {number // (ARTISTS * 2)}" if known[0] < 0.8 else None,
            year=int(2026 - drawn.exponential(18)) if known[1] < 0.9 else None,
            duration_s=round(min(max(drawn.normal(215, 50), 60.0), 900.0), 1),
            language=tongue.name,
            explicit=bool(drawn.random() < 0.12) if known[2] < 0.7 else None,
            genres=base.genres[:2],
            lyrics=Lyrics("\n\n".join(verses), language=tongue.name) if verses else None,
            tags={tag: weight / 100 for tag, weight in tags.items()},
            features=_features(drawn) if known[3] < 0.8 else {},
        )

    def _tags(self, drawn: np.random.Generator) -> list[str]:
        places = np.minimum(np.searchsorted(self.tag_shares, drawn.random(4)), len(self.tags) - 1)
        return list(dict.fromkeys(self.tags[place] for place in places.tolist()))

    def _version(self, number: int, other: Song, drawn: np.random.Generator) -> Song:
        kind = VERSIONS[int(drawn.integers(len(VERSIONS)))]
        fields = {name: getattr(other, name) for name in Song.__slots__}
        own = {"id": f"made-{number:08d}", "title": other.title + kind, "album": f"The Best of {number % 97 + 1}"}
        return Song(**fields | own)

    @cached_property
    def tongues(self) -> list[Tongue]:
        """The languages, English first."""
        return tongues()

    @cached_property
    def described(self) -> list[Song]:
        """The demo songs with genres."""
        return [song for song in demo.songs() if song.genres]

    @cached_property
    def tags(self) -> list[str]:
        """The demo songs' tags, commonest first."""
        return [tag for tag, _ in Counter(tag for song in self.described for tag in song.tags).most_common()]

    @cached_property
    def tag_shares(self) -> NDArray[np.float64]:
        """What share of the tags drawn come before each."""
        return zipf(len(self.tags), shift=0)

    @cached_property
    def names(self) -> list[str]:
        """Names of artists."""
        drawn = np.random.default_rng([SEED, 99])
        made = {f"The {made_word(drawn).capitalize()} {made_word(drawn).capitalize()}s" for _ in range(20_000)}
        return sorted(made)


def _verses(tongue: Tongue, drawn: np.random.Generator) -> list[str]:
    """Return the verses of a song, the second and the fourth of which are its chorus."""
    sizes = drawn.integers(*LINES, 5 if drawn.random() < FIVE else 4)
    said = _lines(tongue, int(sizes.sum()), drawn)
    ends = np.cumsum(sizes).tolist()
    cut = ["\n".join(said[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
    return [*cut[:3], cut[1], *cut[3:]]


def _lines(tongue: Tongue, count: int, drawn: np.random.Generator) -> list[str]:
    """Return lines: patterns whose less common words are drawn anew, mostly from the song's subject."""
    picked = drawn.integers(len(tongue.patterns), size=count).tolist()
    own = [tongue.own[at] for at in picked]
    before = np.concatenate(own)  # (W,)
    subject = tongue.drawable(drawn.random(SUBJECT))
    stays, of_subject, place = drawn.random((3, len(before)))  # (3, W) -> three times (W,)
    on_subject = subject[(place**2 * SUBJECT).astype(np.int64)]
    fresh = np.where(of_subject < OWN, on_subject, tongue.drawable(place))
    words = tongue.words[np.where(stays < KEPT, before, fresh)].tolist()
    said, at = [], 0
    for pattern, slots in zip(picked, own, strict=True):
        line = tongue.patterns[pattern] % tuple(words[at : at + len(slots)])
        said.append(line[:1].upper() + line[1:])
        at += len(slots)
    return said


def _features(drawn: np.random.Generator) -> dict[str, float]:
    values = dict(zip(FEATURES, (round(value, 3) for value in drawn.beta(2.2, 2.0, 4).tolist()), strict=True))
    return values | {"tempo_bpm": round(min(max(drawn.normal(120, 28), 50.0), 220.0), 1)}


def _titled(verse: str) -> str:
    return " ".join(WORD.findall(verse.split("\n")[0])[:4]).capitalize() or "Untitled"


def row(song: Song) -> dict[str, Any]:
    """Return a song as a line of JSONL that `songkin add` reads."""
    plain: dict[str, Any] = {"id": song.id, "title": song.title, "artists": list(song.artists), "album": song.album}
    plain |= {name: getattr(song, name) for name in ("year", "duration_s", "language", "explicit")}
    plain |= {"genres": list(song.genres), "tags": dict(song.tags), **song.features}
    return plain | {"lyrics": song.lyrics.text if song.lyrics else None}


_made = cache(Made)  # of each process


def written(first: int, count: int) -> Iterator[str]:
    """Yield songs as lines of JSONL."""
    for song in _made().songs(first, count):
        yield json.dumps(row(song), ensure_ascii=False) + "\n"


def parts(folder: Path, count: int, *, processes: int = 1) -> list[Path]:
    """Write songs into files of 10,000, those that are missing, and return the files; more songs share the first ones.

    A file is whole or not there, so that a run that was stopped goes on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    starts = range(0, count, PART)
    files = [folder / f"{start:08d}-{min(PART, count - start)}.jsonl" for start in starts]
    missing = [(file, start) for file, start in zip(files, starts, strict=True) if not file.exists()]
    if processes == 1 or len(missing) < 2:
        for file, start in missing:
            _write_part(file, start, min(PART, count - start))
        return files
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        sizes = [min(PART, count - start) for _, start in missing]
        list(pool.map(_write_part, *zip(*missing, strict=True), sizes))
    return files


def _write_part(file: Path, first: int, count: int) -> None:
    making = file.with_suffix(".part")
    with making.open("w", encoding="utf-8") as out:
        out.writelines(written(first, count))
    making.rename(file)


def main() -> None:
    """Print songs, or write them into a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", type=int)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--into", type=Path, help="a folder: files of 10,000 songs, those that are missing")
    parser.add_argument("--processes", type=int, default=1, help="that write into the folder")
    wanted = parser.parse_args()
    if wanted.into:
        parts(wanted.into, wanted.songs, processes=wanted.processes)
    else:
        sys.stdout.writelines(written(wanted.first, wanted.songs))


if __name__ == "__main__":
    main()
