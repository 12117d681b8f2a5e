"""Songs for benchmarks, as many as one likes: made, realistic in what costs time, the same for the same number.

    python benchmarks/million/songs.py 1000 > songs.jsonl

What is like real songs: words fall as Zipf's law has it, with a tail of some 40,000 rare ones, and every song keeps to
words of its own subject; five verses, one of them a chorus that comes back; artists of few and of many songs; nine
languages; genres and tags by how common they are; one song in thirty is a live or remastered version of another; fields
are missing as they are in collections. What is not: a line means little. Patterns of lines and the common words are
those of the demo songs, which we wrote; the rare words are made of syllables.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.datasets import demo
from songkin.text import lines
from songkin.types import Lyrics, Song

SEED = 20_261_122
COMMON = 150  # words that stay in a pattern as they are: articles, pronouns, "love"
RARE = 40_000  # made words behind the demo songs' own, per language
SUBJECT = 60  # words that a song keeps to
OWN = 0.55  # of the words that are drawn, those of the song's subject
KEPT = 0.3  # of a pattern's words, those that stay besides the common ones
VERSES, LINES = 5, (4, 7)
VERSION = 30  # one song in so many is another's version
ARTISTS = 9  # songs an artist has, in the mean
ENGLISH = 0.82
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
ONSETS = [
    "b",
    "br",
    "c",
    "ch",
    "cl",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "pr",
    "qu",
    "r",
    "s",
    "sh",
    "sk",
    "sl",
    "st",
    "t",
    "th",
    "tr",
    "v",
    "w",
    "y",
    "z",
]
VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "ee", "ou", "oa"]
CODAS = ["", "l", "m", "n", "r", "s", "t", "nd", "ck", "sh"]
FEATURES = ("valence", "energy", "danceability", "acousticness")


class Tongue(NamedTuple):
    """A language: patterns of lines, cut into words with what stands between them, and words, commonest first."""

    name: str
    patterns: list[list[tuple[str, bool]]]
    words: list[str]
    shares: NDArray[np.float64]


class Made:
    """The made songs; `song(n)` is the same for the same n."""

    def song(self, number: int) -> Song:
        """Return a song by its number, from 0."""
        drawn = np.random.default_rng([SEED, number])
        original = number - 1 - int(drawn.integers(20))
        if number % VERSION == VERSION - 1 and original >= 0 and original % VERSION != VERSION - 1:
            return self._version(number, self.song(original), drawn)
        tongue = self.tongues[0 if drawn.random() < ENGLISH else 1 + int(drawn.integers(len(self.tongues) - 1))]
        verses = list(self._verses(tongue, drawn)) if drawn.random() > 0.05 else []
        title = _titled(verses[1] if verses else self._line(tongue, self._subject(tongue, drawn), drawn))
        return self._described(number, title, verses, tongue, drawn)

    def songs(self, first: int, count: int) -> Iterator[Song]:
        """Yield so many songs from a number on."""
        yield from map(self.song, range(first, first + count))

    def _described(
        self, number: int, title: str, verses: Sequence[str], tongue: Tongue, drawn: np.random.Generator
    ) -> Song:
        artist = int(number // ARTISTS * drawn.power(0.7)) if drawn.random() < 0.3 else number // ARTISTS
        known = drawn.random(4)
        base = self.described[int(drawn.integers(len(self.described)))]
        tags = dict(zip(self._tags(drawn), np.round(drawn.uniform(0.3, 1.0, 4), 2).tolist(), strict=False))
        return Song(
            id=f"made-{number:08d}",
            title=title,
            artists=(f"{self.names[artist % len(self.names)]} {artist // len(self.names) + 1}",),
            album=f"{title.split()[0]} {number // (ARTISTS * 2)}" if known[0] < 0.8 else None,
            year=int(2026 - drawn.exponential(18)) if known[1] < 0.9 else None,
            duration_s=round(float(np.clip(drawn.normal(215, 50), 60, 900)), 1),
            language=tongue.name,
            explicit=bool(drawn.random() < 0.12) if known[2] < 0.7 else None,
            genres=base.genres[:2],
            lyrics=Lyrics("\n\n".join(verses), language=tongue.name) if verses else None,
            tags=tags,
            features=self._features(drawn) if known[3] < 0.8 else {},
        )

    def _features(self, drawn: np.random.Generator) -> dict[str, float]:
        values = dict(zip(FEATURES, np.round(drawn.beta(2.2, 2.0, len(FEATURES)), 3).tolist(), strict=True))
        return values | {"tempo_bpm": round(float(np.clip(drawn.normal(120, 28), 50, 220)), 1)}

    def _tags(self, drawn: np.random.Generator) -> list[str]:
        places = np.searchsorted(self.tag_shares, drawn.random(4))
        return list(dict.fromkeys(self.tags[min(int(place), len(self.tags) - 1)] for place in places))

    def _version(self, number: int, other: Song, drawn: np.random.Generator) -> Song:
        kind = ("Live", "Remastered 2011", "Acoustic Version")[int(drawn.integers(3))]
        fields = {name: getattr(other, name) for name in Song.__slots__}
        return Song(**fields | {"id": f"made-{number:08d}", "title": f"{other.title} ({kind})"})

    def _verses(self, tongue: Tongue, drawn: np.random.Generator) -> Iterator[str]:
        """Yield the verses of a song, the second and the fourth of which are its chorus."""
        subject = self._subject(tongue, drawn)
        written = [
            "\n".join(self._line(tongue, subject, drawn) for _ in range(int(drawn.integers(*LINES))))
            for _ in range(VERSES - 1)
        ]
        yield from (written[0], written[1], written[2], written[1], written[3])

    def _subject(self, tongue: Tongue, drawn: np.random.Generator) -> NDArray[np.int64]:
        return np.searchsorted(tongue.shares, drawn.random(SUBJECT))

    def _line(self, tongue: Tongue, subject: NDArray[np.int64], drawn: np.random.Generator) -> str:
        """Return a line: a pattern whose less common words are drawn anew, mostly from the song's subject."""
        pattern = tongue.patterns[int(drawn.integers(len(tongue.patterns)))]
        chance = drawn.random((3, len(pattern)))
        at = np.where(
            chance[1] < OWN,
            subject[(chance[2] ** 2 * len(subject)).astype(np.int64)],
            np.searchsorted(tongue.shares, chance[2]),
        ).tolist()
        stays = (chance[0] < KEPT).tolist()
        words = tongue.words
        said = "".join(
            part if not drawable or stays[place] else words[min(at[place], len(words) - 1)]
            for place, (part, drawable) in enumerate(pattern)
        )
        return said[:1].upper() + said[1:]

    @cached_property
    def tongues(self) -> list[Tongue]:
        """The languages of the demo songs that write words with letters and blanks, English first."""
        by: dict[str, list[str]] = {}
        for song in demo.songs():
            if song.lyrics and song.language not in (None, "ja"):
                by.setdefault(str(song.language), []).extend(x.text for x in lines(song.lyrics.text) if x.text)
        names = sorted(by, key=lambda name: (name != "en", name))
        return [_tongue(name, by[name], np.random.default_rng([SEED, at])) for at, name in enumerate(names)]

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
        return _zipf(len(self.tags))

    @cached_property
    def names(self) -> list[str]:
        """Names of artists."""
        drawn = np.random.default_rng([SEED, 99])
        return sorted({f"The {_word(drawn).capitalize()} {_word(drawn).capitalize()}s" for _ in range(20_000)})


def _tongue(name: str, said: Sequence[str], drawn: np.random.Generator) -> Tongue:
    counted = [word for word, _ in Counter(word.lower() for line in said for word in WORD.findall(line)).most_common()]
    common = set(counted[:COMMON])
    rare = sorted({_word(drawn) for _ in range(RARE)} - set(counted))
    drawn.shuffle(rare)
    words = [*counted[COMMON:], *rare] or counted
    patterns = [_pattern(line, common) for line in said if len(WORD.findall(line)) > 2]
    return Tongue(name, patterns, words, _zipf(len(words), shift=COMMON))


def _pattern(line: str, common: set[str]) -> list[tuple[str, bool]]:
    """Cut a line into words and what stands between; only words that are not common are drawn anew."""
    parts = []
    end = 0
    for found in WORD.finditer(line):
        parts += [(line[end : found.start()], False), (found[0], found[0].lower() not in common)]
        end = found.end()
    return [(part, drawable) for part, drawable in (*parts, (line[end:], False)) if part]


def _zipf(count: int, *, shift: int = 0) -> NDArray[np.float64]:
    """Return what share of draws fall on the first, the first two, ... of words by Zipf's law."""
    weights = 1.0 / (np.arange(1, count + 1) + shift)
    return np.array(list(accumulate(weights / weights.sum())))


def _word(drawn: np.random.Generator) -> str:
    parts = [(ONSETS, VOWELS, CODAS)[place % 3] for place in range(3 * int(drawn.integers(1, 4)))]
    return "".join(part[int(drawn.integers(len(part)))] for part in parts)


def _titled(verse: str) -> str:
    return " ".join(WORD.findall(verse.split("\n")[0])[:4]).capitalize() or "Untitled"


def row(song: Song) -> dict[str, Any]:
    """Return a song as a line of JSONL that `songkin add` reads."""
    plain: dict[str, Any] = {"id": song.id, "title": song.title, "artists": list(song.artists), "album": song.album}
    plain |= {name: getattr(song, name) for name in ("year", "duration_s", "language", "explicit")}
    plain |= {"genres": list(song.genres), "tags": dict(song.tags), **song.features}
    return plain | {"lyrics": song.lyrics.text if song.lyrics else None}


def main() -> None:
    """Print songs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", type=int)
    parser.add_argument("--first", type=int, default=0)
    wanted = parser.parse_args()
    for song in Made().songs(wanted.first, wanted.songs):
        sys.stdout.write(json.dumps(row(song), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
