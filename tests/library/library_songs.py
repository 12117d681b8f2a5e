"""Small songs, and the library they go into with the toy encoder: what the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from songkin.library import Added, Library, encoding
from songkin.testing import ToyEncoder
from songkin.types import Lyrics, Song

THEMES = ("rain", "train", "ocean", "bicycle", "winter", "kitchen", "harbour", "engine")


class WideToy(ToyEncoder):
    """The toy with more places, as another encoder."""

    name = "wide"
    dim = 96
    fingerprint = "wide-1"


class FastToy(ToyEncoder):
    """The fast student of the toy: in its space, and a little beside it."""

    name = "toy-fast"
    fingerprint = "toy-fast-1"

    def encode_songs(self, texts: Any) -> Any:
        vectors = super().encode_songs(texts)
        vectors[:, 0] += np.float32(0.5)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class CountingToy(ToyEncoder):
    """The toy, which notes the texts it was given."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode_songs(self, texts: Any) -> Any:
        self.read += texts
        return super().encode_songs(texts)


def song(number: int, **more: Any) -> Song:
    """Song `number`: its theme in title, description and lyrics, with a line of its own."""
    theme = THEMES[number % len(THEMES)]
    words = f"All night the {theme} goes by\nNumber{number} is the word I know\n\nAnd the {theme} comes home again"
    own: dict[str, Any] = {
        "id": f"s{number}",
        "title": f"The {theme.title()} Song {number}",
        "artists": (f"Artist {number % 3}",),
        "year": 1960 + number,
        "genres": ("folk",) if number % 2 else ("pop",),
        "lyrics": Lyrics(text=words, language="en"),
        "description": f"a song about a {theme}",
        "features": {"energy": round(0.1 + 0.1 * (number % 9), 2), "valence": 0.5},
    }
    return Song(**{**own, **more})


def load_toys(name: str | None = None, **how: object) -> ToyEncoder:
    """Load a toy by name, as `songkin.encoders.load` loads encoders."""
    return WideToy() if name == "wide" else ToyEncoder()


def add(place: Path, songs: Iterable[Song], **more: Any) -> Added:
    return Library.add(songs, place, **more)


def use(encoder: ToyEncoder) -> Any:
    """Return a loader that always gives `encoder`."""
    return lambda name=None, **how: encoder


LOAD = (encoding, "load")
