"""Lines as people remember them: typos, lost and swapped words, misheard words, fragments.

Conventions
-----------
A line takes part if it occurs in one song only and has enough words, so that exactly one song is right; a fragment,
too, occurs in that song alone. Misheard words come from NYSIIS, not from Metaphone, which `text.sounds` builds on:
the noise must not be made by the method that is to undo it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from random import Random
from typing import NamedTuple

import jellyfish
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

__all__ = ["KINDS", "SHORTEST", "WORD", "NoisyLine", "mistyped", "noisy_lines"]

KINDS = ("exact", "typos", "lost", "misheard", "fragment")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
FEWEST = 6  # words of a line; a fragment's line needs one less
FRAGMENT = 4
SHORTEST = 3  # letters of a word that is mistyped or misheard
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


class NoisyLine(NamedTuple):
    """A remembered line, how it was spoilt, and the song and line it comes from."""

    kind: str
    text: str
    song_id: str
    line: str


class _Line(NamedTuple):
    """A line that occurs in one song only."""

    song_id: str
    line: str
    words: list[str]


Spoil = Callable[[_Line, Random], Sequence[str] | None]


def noisy_lines(lines_by_song: Mapping[str, Sequence[str]], *, n: int, seed: int = 0) -> list[NoisyLine]:
    """Make up to `n` noisy lines of each kind in KINDS from the songs' lines, song id -> lines.

    "typos" spoils a letter in two words; "lost" drops two words and swaps two of the rest; "misheard" replaces two
    words by the collection's words that sound most alike; "fragment" is four words in a row. Equal seeds give equal
    lines; where fewer than `n` lines fit, fewer come.
    """
    pool = _lines_of_one_song(lines_by_song)
    found: list[NoisyLine] = []
    for kind, spoil in _spoilers(lines_by_song).items():
        found += islice(_spoilt(kind, spoil, pool, Random(f"{seed} {kind}")), n)
    return found


def _spoilt(kind: str, spoil: Spoil, pool: Sequence[_Line], rng: Random) -> Iterator[NoisyLine]:
    """Yield noisy lines of one kind from the lines in random order, passing over those that do not fit."""
    for line in rng.sample(pool, len(pool)):
        words = spoil(line, rng) if _long_enough(line, kind) else None
        if words is not None:
            yield NoisyLine(kind, line.line if kind == "exact" else " ".join(words), line.song_id, line.line)


def _spoilers(lines_by_song: Mapping[str, Sequence[str]]) -> Mapping[str, Spoil]:
    """Return how each kind is made, in the order of KINDS."""
    spoilers = (_exact, _typos, _lost, _Misheard(lines_by_song), _Fragments(lines_by_song))
    return dict(zip(KINDS, spoilers, strict=True))


def _words(line: str) -> list[str]:
    return WORD.findall(line.replace("’", "'"))


def _key(line: str) -> str:
    return " ".join(_words(line)).casefold()


def _long_enough(line: _Line, kind: str) -> bool:
    return len(line.words) >= FEWEST - (kind == "fragment")


def _lines_of_one_song(lines_by_song: Mapping[str, Sequence[str]]) -> list[_Line]:
    """Return each distinct line that occurs in one song only, at its first place in it."""
    keyed = {song_id: {_key(line): line for line in reversed(lines)} for song_id, lines in lines_by_song.items()}
    songs = Counter(key for lines in keyed.values() for key in lines)
    return [
        _Line(song_id, line, _words(line))
        for song_id, lines in keyed.items()
        for key, line in reversed(lines.items())
        if songs[key] == 1
    ]


def _exact(line: _Line, rng: Random) -> list[str]:
    return line.words


def _typos(line: _Line, rng: Random) -> list[str] | None:
    places = [n for n, word in enumerate(line.words) if len(word) >= SHORTEST]
    if len(places) < 2:
        return None
    chosen = rng.sample(places, 2)
    return [mistyped(word, rng) if n in chosen else word for n, word in enumerate(line.words)]


def mistyped(word: str, rng: Random) -> str:
    """Swap two neighbouring letters, drop or double one, or hit the key beside it; a word has SHORTEST letters."""
    spoilt = word
    while spoilt == word:
        n = rng.randrange(len(word) - 1)
        head, one, two, tail = word[:n], word[n], word[n + 1], word[n + 2 :]
        spoilt = head + rng.choice((two + one, two, one + one + two, _beside(one, rng) + two)) + tail
    return spoilt


def _beside(letter: str, rng: Random) -> str:
    """Return a key to the left or right of a letter's; what is on no row stays."""
    row = next((row for row in ROWS if letter.lower() in row), letter)
    place = row.index(letter.lower()) if letter.lower() in row else 0
    return rng.choice(row[max(place - 1, 0) : place + 2])


def _lost(line: _Line, rng: Random) -> list[str] | None:
    """Drop two words and let two others, different ones, change places."""
    kept = sorted(rng.sample(range(len(line.words)), len(line.words) - 2))
    words = [line.words[n] for n in kept]
    pairs = [(i, j) for j in range(len(words)) for i in range(j) if words[i].casefold() != words[j].casefold()]
    if not pairs:
        return None
    i, j = rng.choice(pairs)
    words[i], words[j] = words[j], words[i]
    return words


class _Misheard:
    """Replaces two words by others of the collection that sound the same, or most alike."""

    def __init__(self, lines_by_song: Mapping[str, Sequence[str]]) -> None:
        songs = Counter(
            word for lines in lines_by_song.values() for word in {w for line in lines for w in _key(line).split()}
        )
        often = [word for word, count in songs.items() if count > 1] or list(songs)  # leave misspellings out
        self.by_sound: dict[str, list[str]] = {}
        for word in sorted(often):
            if len(word) >= SHORTEST and word.isascii():
                self.by_sound.setdefault(_sound(word), []).append(word)
        self.sounds = list(self.by_sound)

    def __call__(self, line: _Line, rng: Random) -> list[str] | None:
        places = [n for n, word in enumerate(line.words) if len(word) >= SHORTEST and word.isascii()]
        words, heard = list(line.words), 0
        for n in rng.sample(places, len(places)):
            others = self._alike(words[n].casefold()) if heard < 2 else []
            if others:
                words[n], heard = rng.choice(others), heard + 1
        return words if heard == 2 else None

    def _alike(self, word: str) -> list[str]:
        """Return the other words of the same sound, or else of the nearest."""
        own = _sound(word)
        same = [other for other in self.by_sound.get(own, ()) if _letters(other) != _letters(word)]
        if same or not own:
            return same
        rest = [sound for sound in self.sounds if sound != own]
        nearest = process.extractOne(own, rest, scorer=Levenshtein.distance)
        return self.by_sound[nearest[0]] if nearest else []


@lru_cache(maxsize=100_000)
def _sound(word: str) -> str:
    return jellyfish.nysiis(_letters(word))


def _letters(word: str) -> str:
    return word.replace("'", "")


class _Fragments:
    """Takes four words in a row that no other song has in a line."""

    def __init__(self, lines_by_song: Mapping[str, Sequence[str]]) -> None:
        self.texts = {
            song_id: "\n".join(f" {_key(line)} " for line in lines) for song_id, lines in lines_by_song.items()
        }

    def __call__(self, line: _Line, rng: Random) -> list[str] | None:
        start = rng.randrange(len(line.words) - FRAGMENT + 1)
        words = line.words[start : start + FRAGMENT]
        looked_for = f" {' '.join(words).casefold()} "
        alone = all(looked_for not in text for song_id, text in self.texts.items() if song_id != line.song_id)
        return words if alone else None
