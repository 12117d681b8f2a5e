"""Where songs lie in the space of genres, tags and eras: read with the annotator, and kept beside the library.

Conventions
-----------
Vectors (n, dim) are those of `TagSpace`: float32, softly normalised, zeros where nothing is known of a song. A kept
vector's mark names the space and heads it was made by and a digest of all that it was made from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from songkin.annotate import Annotator, TagSpace, shipped_heads, shipped_space
from songkin.annotate.reading import Reading
from songkin.encoders import load
from songkin.store.kept_vectors import KeptVectors
from songkin.store.tables import Tables
from songkin.types import Lyrics, Song, Vectors

__all__ = ["SPACE", "Located", "Placing", "SongSpace", "content_mark"]

SPACE = "space"  # the table the vectors are kept in


class Located(NamedTuple):
    """Songs' vectors (n, dim), of which genres or tags are given (n,), and why the words of some were not judged."""

    vectors: Vectors
    given: NDArray[np.bool_]
    reasons: Mapping[str, str]


class Heeded:
    """Gathers where songs lie by their words, by id."""

    def __init__(self, space: TagSpace) -> None:
        self._space = space
        self.foretold: dict[str, Vectors] = {}

    def __call__(self, ids: Sequence[str], reading: Reading) -> None:
        self.foretold |= dict(zip(ids, self._space.foretold(reading), strict=True))


class SongSpace:
    """A space, and the annotator that reads words for it."""

    def __init__(self, space: TagSpace, annotator: Annotator) -> None:
        self.space, self.annotator = space, annotator

    @classmethod
    def shipped(cls, *, threads: int | None = None, runtime: str | None = None) -> Self:
        """Load the space and heads of songkin-labels, and the encoder they read with.

        MissingExtra where the package is not installed, EncoderError where it is of another songkin.
        """
        heads = shipped_heads()
        return cls(shipped_space(heads), Annotator(heads, load(None, threads=threads, runtime=runtime)))

    @property
    def maker(self) -> str:
        """What changes whenever the same song would get another vector."""
        return self.space.mark

    def mark_of(self, song: Song) -> str:
        """Return the mark of the vector that a song, with its lyrics, gets here."""
        return f"{self.maker}/{content_mark(song)}"

    def heeded(self) -> Heeded:
        """Return what gathers readings for this space."""
        return Heeded(self.space)

    def located(self, songs: Sequence[Song], foretold: Mapping[str, Vectors] | None = None) -> Located:
        """Return where songs lie; those that `foretold` lacks are read."""
        heed, known = self.heeded(), foretold or {}
        unread = [song for song in songs if song.id not in known]
        reasons = self.annotator.read(unread, heed=heed)
        words = {**known, **heed.foretold}
        nothing = np.zeros(self.space.dim, np.float32)
        rows = np.array([words.get(song.id, nothing) for song in songs], np.float32).reshape(-1, self.space.dim)
        return Located(self.space.vectors(songs, rows), self.space.is_given(songs), reasons)


class Placing:
    """Keeps where the songs of a library lie, under the writer's lock; a vector that is there and fresh stays."""

    def __init__(self, tables: Tables, space: SongSpace) -> None:
        self._kept, self._space = KeptVectors(tables, SPACE), space
        kept = self._kept.read(made_by=space.maker)
        self._marks = dict(zip(kept.ids.to_pylist(), kept.marks.to_pylist(), strict=True))
        self.heeded = space.heeded()
        self.done = 0

    def place(self, songs: Sequence[Song]) -> None:
        """Keep vectors of songs, with their lyrics; what `heeded` was shown is not read again, and then forgotten."""
        marks = {song.id: self._space.mark_of(song) for song in songs}
        waiting = [song for song in songs if self._marks.get(song.id) != marks[song.id]]
        if waiting:
            located = self._space.located(waiting, self.heeded.foretold)
            own = [marks[song.id] for song in waiting]
            self._kept.put([song.id for song in waiting], own, located.vectors)
            self._marks |= {song.id: marks[song.id] for song in waiting}
            self.done += len(waiting)
        self.heeded.foretold.clear()

    def finish(self, ids: Sequence[str]) -> None:
        """Drop the vectors of all songs but these, and tidy up where anything changed."""
        if self._kept.only(ids) + self.done:
            self._kept.tidy()


def content_mark(song: Song) -> str:
    """Return what changes with anything a vector is made from: words, languages, genres, tags, year."""
    words = song.lyrics or Lyrics()
    sung = [words.text, sorted(words.bag.items()), words.instrumental, words.language]
    told = [sung, song.language, song.genres, sorted(song.tags.items()), song.year]
    text = json.dumps(told, ensure_ascii=False, default=float)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
