"""Requests to a library of made songs, all different, the same for the same size: words, conditions, lines, songs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from songs import Made
from wording import SEED

from songkin.evaluation import noisy_lines
from songkin.text import lines
from songkin.types import Song

__all__ = ["Asked"]

FORMS = (
    "{tag} songs about {one} and {other}",
    "{tag} {genre} about {one}",
    "a song about the {one} and a {other}",
    "{genre} from the {decade}s with {tag}",
    "something {tag} for a night of {one}",
)
COMMONEST = 2000  # words of a language that requests are made of
LONGER = 4  # songs looked at for one line of each kind


class Asked:
    """So many requests of each kind to the first `size` made songs."""

    def __init__(self, size: int, count: int) -> None:
        self._size, self._count = size, count
        self._made = Made()

    @cached_property
    def texts(self) -> list[str]:
        """Requests in plain words."""
        drawn = np.random.default_rng([SEED, 1])
        words = [word for word in self._made.tongues[0].words[:COMMONEST] if len(word) > 3]
        genres = sorted({genre for song in self._made.described for genre in song.genres})

        def one(of: Sequence[str]) -> str:
            return of[int(drawn.integers(len(of)))]

        return [
            FORMS[number % len(FORMS)].format(
                tag=one(self._made.tags), genre=one(genres), one=one(words), other=one(words), decade=one(DECADES)
            )
            for number in range(self._count)
        ]

    @cached_property
    def conditions(self) -> list[str]:
        """Conditions that a tenth to a third of the songs meet."""
        drawn = np.random.default_rng([SEED, 2])
        years = [f"year:{year}..{year + 9}" for year in drawn.integers(1975, 2016, self._count).tolist()]
        return [f"{years[at]} energy:0.3.." if at % 2 else years[at] for at in range(self._count)]

    @cached_property
    def lines(self) -> dict[str, list[str]]:
        """Lines of songs, as they are sung and spoilt: by kind."""
        sung = {song.id: [line.text for line in lines(song.lyrics.text)] for song in self._some(LONGER) if song.lyrics}
        noisy = noisy_lines(sung, n=self._count)
        return {kind: [one.text for one in noisy if one.kind == kind] for kind in ("exact", "typos", "misheard")}

    @cached_property
    def ids(self) -> list[str]:
        """Songs by id."""
        return [song.id for song in self._some(1)]

    def _some(self, times: int) -> list[Song]:
        drawn = np.random.default_rng([SEED, 3])
        numbers = drawn.choice(self._size, min(self._count * times, self._size), replace=False)
        return [self._made.song(int(number)) for number in numbers]


DECADES = ["70", "80", "90"]
