"""Passages of public-domain songs: two of one song, a theme and a passage, a request we wrote and a passage."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from songkin.datasets import corpus
from songkin.text import fold, lines, passages
from songkin.training.data.example import Example, Ground
from songkin.training.data.reading import json_lines
from songkin.training.data.splits import split_of

__all__ = ["Passages", "Requests", "Sung", "Themes", "songs"]

FILE = "songs.jsonl"


class Sung(NamedTuple):
    """A public-domain song: its passages, its themes and topics, its genre ('' = unknown)."""

    id: str
    passages: tuple[str, ...]
    themes: tuple[str, ...]
    genre: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passages:
    """Two passages of the same song, drawn anew every epoch."""

    def files(self, ground: Ground) -> tuple[Path, ...]:
        """Return the songs."""
        return (ground.corpus(corpus("public_domain_songs"), FILE),)

    def examples(self, ground: Ground, split: str, rng: np.random.Generator) -> list[Example]:
        """Draw two passages of every song that has two."""
        found = []
        for song in songs(self.files(ground)[0]).values():
            if split_of(song.id) == split and len(song.passages) > 1:
                one, other = rng.permutation(len(song.passages))[:2]
                found.append(Example(song.passages[one], song.passages[other], group=song.id, sung=True))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Themes:
    """A song's themes against a passage of it; `most` themes an anchor. `path` may name our own file of themes."""

    most: int = 3
    path: str = ""

    def files(self, ground: Ground) -> tuple[Path, ...]:
        """Return the songs, and our themes."""
        own = (ground.beside(self.path),) if self.path else ()
        return (ground.corpus(corpus("public_domain_songs"), FILE), *own)

    def examples(self, ground: Ground, split: str, rng: np.random.Generator) -> list[Example]:
        """Draw themes and a passage of every song that has themes."""
        place, *own = self.files(ground)
        ours = {row["id"]: tuple(row["themes"]) for path in own for row in json_lines(path, "id", "themes")}
        found = []
        for song in songs(place).values():
            themes = ours.get(song.id, ()) + song.themes
            if themes and song.passages and split_of(song.id) == split:
                few = [themes[at] for at in rng.permutation(len(themes))[: 1 + rng.integers(self.most)]]
                passage = song.passages[rng.integers(len(song.passages))]
                found.append(Example(", ".join(few).lower(), passage, group=song.id))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """A file of {"id", "requests"}: what somebody would ask for, against a passage of the song with that id."""

    path: str
    repeat: int = 1

    def files(self, ground: Ground) -> tuple[Path, ...]:
        """Return the songs and the requests."""
        return (ground.corpus(corpus("public_domain_songs"), FILE), ground.beside(self.path))

    def examples(self, ground: Ground, split: str, rng: np.random.Generator) -> list[Example]:
        """Draw a passage for every request, `repeat` times; the validation split draws once."""
        place, own = self.files(ground)
        known = songs(place)
        found = []
        for row in json_lines(own, "id", "requests"):
            song = known.get(row["id"])
            if song and song.passages and split_of(song.id) == split:
                for request in row["requests"] * (self.repeat if split == "train" else 1):
                    passage = song.passages[rng.integers(len(song.passages))]
                    found.append(Example(request, passage, group=song.id))
        return found


@lru_cache(maxsize=4)
def songs(path: Path) -> Mapping[str, Sung]:
    """Read the songs, cleaned and cut into passages as an encoder meets them, by id."""
    found = {}
    for row in json_lines(path, "id", "lyrics"):
        cut = tuple(passage.text for passage in passages(fold(lines(row["lyrics"] or ""))))
        themes = (*_texts(row.get("theme")), *_texts(row.get("topics")))
        found[row["id"]] = Sung(row["id"], cut, tuple(dict.fromkeys(themes)), row.get("genre") or "")
    return found


def _texts(value: object) -> tuple[str, ...]:
    """Return a theme, or the list of topics that the file holds as Python writes it."""
    if not isinstance(value, str) or not value.strip():
        return ()
    if value.startswith("["):
        return tuple(str(one) for one in ast.literal_eval(value))
    return (value,)
