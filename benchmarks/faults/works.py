"""What is done to a library until it is killed, each in a process of its own, and the songs it is done with.

Conventions
-----------
A work says on its pipe what is committed, one JSON line each: {"id": digest}, null = taken out. It returns when it is
done. Song `number` of revision `turn` sings a line that no other song sings.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from songkin.library import Added, Library, adding, importing
from songkin.library.backups import restore
from songkin.library.preparing import digest
from songkin.store import Store, indexes, migrations, writing
from songkin.store.upkeep import AT_ONCE
from songkin.testing import ToyEncoder
from songkin.types import Lyrics, Song

__all__ = ["SONGS", "WORKS", "ancient", "own_word", "small", "song"]

SONGS = 96  # there are never more
GENRES = ("folk", "jazz", "pop")
LATER = ("work", "passage_encoder", "sung_stems", "whole", "w_season")  # columns that schema 1 had not


class FastToy(ToyEncoder):
    """A student of the toy encoder, a little beside it."""

    name, fingerprint = "toy-fast", "toy-fast-1"

    def encode_songs(self, texts: Sequence[str]) -> Any:
        vectors = super().encode_songs(texts)
        vectors[:, 0] += np.float32(0.5)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def own_word(number: int, turn: int) -> str:
    """Return a word that this revision of a song alone sings, told from others also where it is misheard."""
    return "".join("bdfgklmnprstvz"[int(digit, 14)] + "aeiou"[at % 5] for at, digit in enumerate(_base14(number, turn)))


def _base14(number: int, turn: int) -> str:
    value, digits = 97_003 * (number + 1) + 7_919 * 9_973 * (turn + 1), ""
    while value:
        value, rest = divmod(value, 14)
        digits += f"{rest:x}"
    return digits


def song(number: int, turn: int) -> Song:
    """Return song `number` as its source describes it in revision `turn`."""
    words = (
        f"All night {own_word(number, turn)} goes by\nand every engine knows its name\n\nUntil the harbour comes home"
    )
    return Song(
        id=f"s{number}",
        title=f"Harbour Song {number}",
        artists=(f"Artist {number % 7}",),
        year=1960 + number % 60,
        genres=(GENRES[number % 3],),
        features={"valence": number / SONGS},
        lyrics=Lyrics(text=words, language="en"),
    )


def small() -> None:
    """Make chunks, and what is worth an index, small enough for libraries of some dozen songs."""
    adding.CHUNK = adding.FAST_CHUNK = adding.PLAIN_CHUNK = 8
    indexes.INDEX_FROM_ROWS = 40
    migrations.SONGS_AT_ONCE, migrations.WHOLES_AT_ONCE = 8, 24
    importing.student_of = lambda encoder: FastToy()  # type: ignore[assignment,return-value]


def ancient(place: Path) -> None:
    """Make a library what the first songkin would have left."""
    tables = Store.open(place).tables
    tables.run(tables.songs.drop_columns([*LATER]))
    tables.run(tables.passages.drop_columns([LATER[-1]]))
    tables.tell("schema", "1")


def add(place: Path, numbers: Sequence[int], turn: int, say: Callable[[Mapping[str, Any]], None], **how: Any) -> None:
    songs = [song(number, turn) for number in numbers]

    def told(done: Added) -> None:
        say({one.id: digest(one) for one in songs[: done.added + done.changed]})  # all are news, and come in order

    Library.add(songs, place, encoder=ToyEncoder(), progress=told, **how)


def remove(place: Path, numbers: Sequence[int], turn: int, say: Callable[[Mapping[str, Any]], None]) -> None:
    for at in range(0, len(numbers), 6):
        gone = [f"s{number}" for number in numbers[at : at + 6]]
        Library.remove(gone, place)
        say(dict.fromkeys(gone))


def tidy(place: Path, numbers: Sequence[int], turn: int, say: Callable[[Mapping[str, Any]], None]) -> None:
    for _ in range(3):
        with writing(place, dim=64) as writer:
            writer.tell("turn", str(turn))
            writer.finish(kept=AT_ONCE)


def migrate(place: Path, numbers: Sequence[int], turn: int, say: Callable[[Mapping[str, Any]], None]) -> None:
    Store.open(place)


def bring_back(place: Path, numbers: Sequence[int], turn: int, say: Callable[[Mapping[str, Any]], None]) -> None:
    restore(place.with_name("library.songkin"), place, replace=True)


WORKS: dict[str, Callable[..., None]] = {
    "add": partial(add, encode=True),
    "fast": partial(add, fast=True),
    "plain": partial(add, encode=False),
    "remove": remove,
    "tidy": tidy,
    "migrate": migrate,
    "import": bring_back,
}


def run(name: str, place: str, numbers: Sequence[int], turn: int, pipe: Any) -> None:
    """Do a work, saying on a pipe what is committed."""
    small()
    handle = pipe.fileno()
    os.write(handle, b"{}\n")
    WORKS[name](Path(place), numbers, turn, lambda done: os.write(handle, f"{json.dumps(done)}\n".encode()))
