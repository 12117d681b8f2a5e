"""A space of two genres, fitted to the made-up songs of `little_heads` with the toy encoder."""

from __future__ import annotations

from functools import lru_cache

from little_heads import SMALL, annotator, heads, texts
from songkin.annotate import TagSpace
from songkin.library.score_basis import InSpace
from songkin.library.song_space import SongSpace
from songkin.testing import ToyEncoder
from songkin.training.heads import fit_space, folds_of, read_texts
from songkin.types import Lyrics, Song


@lru_cache(maxsize=1)
def space() -> TagSpace:
    """The space of sixty songs, once a session."""
    given = texts()
    songs = [
        Song(
            f"k{at}",
            genres=(own.genre or "",),
            tags={"fiddle" if own.genre == "country" else "beats": 1.0},
            year=1970 + at % 6 if own.genre == "country" else 2005 + at % 6,
            lyrics=Lyrics(own.text),
        )
        for at, own in enumerate(given)
    ]
    reading = read_texts([own.text for own in given], ToyEncoder())
    return fit_space(songs, reading, heads(), folds_of([own.key for own in given]), options=SMALL)


def song_space() -> SongSpace:
    return SongSpace(space(), annotator())


def basis() -> InSpace:
    return InSpace(song_space())
