"""What the likeness of two songs rests on: the space of songkin-labels, or without it lyric vectors and genres.

Conventions
-----------
A basis turns songs into vectors (n, dim) and pairs of songs into their expected agreement, (p,) in [0, 1], NaN where it
has nothing to go by. Vectors are rounded as they are kept, to float16, so that a kept one gives the same score.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from songkin.annotate import shipped_heads, shipped_space
from songkin.annotate.annotator import Annotator
from songkin.annotate.reading import read
from songkin.encoders import load
from songkin.errors import EncoderError, MissingExtra
from songkin.library.same_words import Terms, cosines, hashed
from songkin.library.song_space import SongSpace
from songkin.text.words import tokens
from songkin.types import Encoder, Lyrics, Song, Vectors

__all__ = ["Basis", "InSpace", "Placed", "Plainly", "shipped_basis"]

log = logging.getLogger(__name__)

CURE = "pip install 'songkin[labels]', or in a clone: pip install packages/labels"


class Placed(NamedTuple):
    """What a basis knows of one song: its vector (dim,), zeros = nothing, whether genres or tags are given, genres.

    `reason` says why its words were not judged.
    """

    vector: Vectors
    given: bool
    genres: Terms
    reason: str = ""


class Basis(Protocol):
    """What likeness rests on."""

    maker: str  # of kept vectors that will do; '' = none will
    note: str

    def placed(self, songs: Sequence[Song]) -> list[Placed]:
        """Read songs, with their lyrics."""
        ...

    def kept(self, song: Song, vector: Vectors) -> Placed | None:
        """Return what is known of a song by its kept vector; None where that will not do."""
        ...

    def mark_of(self, song: Song) -> str:
        """Return the mark of the kept vector that is this song's as it is now."""
        ...

    def agreement(self, left: Sequence[Placed], right: Sequence[Placed]) -> NDArray[np.float64]:
        """Return the expected agreement of pairs (p,)."""
        ...


class InSpace:
    """The space of genres, tags and eras: agreement is what pairs at such a distance turned out to share."""

    note = ""

    def __init__(self, space: SongSpace) -> None:
        self.own, self.maker = space, space.maker

    def placed(self, songs: Sequence[Song]) -> list[Placed]:
        """Read songs' words, and lay what is given of them beside."""
        located = self.own.located(songs)
        rows = zip(songs, _halved(located.vectors), located.given.tolist(), strict=True)
        return [Placed(row, given, genres_of(song), located.reasons.get(song.id, "")) for song, row, given in rows]

    def kept(self, song: Song, vector: Vectors) -> Placed | None:
        """Take the kept vector."""
        return Placed(vector, bool(self.own.space.is_given([song])[0]), genres_of(song))

    def mark_of(self, song: Song) -> str:
        """Return the space's mark of a song."""
        return self.own.mark_of(song)

    def agreement(self, left: Sequence[Placed], right: Sequence[Placed]) -> NDArray[np.float64]:
        """Return what dot products mean, by the evidence on both sides."""
        dots = dot_products([own.vector for own in left], [own.vector for own in right])
        given = [np.array([own.given for own in side], bool) for side in (left, right)]
        return self.own.space.agreement(dots.astype(np.float32), *given).astype(np.float64)


class Plainly:
    """Without songkin-labels: the mean of the lyric vectors' cosine and the share of genres in common.

    It is not calibrated. Where one of the two is missing on a side the other speaks alone.
    """

    maker: str = ""

    def __init__(self, encoder: Encoder, why: str = "") -> None:
        self._encoder = encoder
        self.note = f"judged by lyric vectors and shared genres, not calibrated: {why or CURE}"

    def placed(self, songs: Sequence[Song]) -> list[Placed]:
        """Read songs' words with the encoder."""
        vectors = _halved(read([song.lyrics or Lyrics() for song in songs], self._encoder).vectors)
        return [Placed(row, bool(song.genres), genres_of(song)) for song, row in zip(songs, vectors, strict=True)]

    def kept(self, song: Song, vector: Vectors) -> Placed | None:
        """Take no kept vector: those are of the space."""
        return None

    def mark_of(self, song: Song) -> str:
        """Return no mark that anything was kept by."""
        return ""

    def agreement(self, left: Sequence[Placed], right: Sequence[Placed]) -> NDArray[np.float64]:
        """Return the mean of cosine and Jaccard's index, of those that both sides allow."""
        cosine = np.clip(dot_products([own.vector for own in left], [own.vector for own in right]), 0.0, 1.0)
        sung = np.array([own.vector.any() and other.vector.any() for own, other in zip(left, right, strict=True)], bool)
        shared, both = jaccard([own.genres for own in left], [own.genres for own in right])
        total = np.where(sung, cosine, 0.0) + np.where(both, shared, 0.0)
        parts = sung.astype(np.int64) + both
        mean: NDArray[np.float64] = np.divide(total, parts, out=np.full(len(total), np.nan), where=parts > 0)
        return mean


def shipped_basis(*, threads: int | None = None, runtime: str | None = None) -> Basis:
    """Return the space of songkin-labels, or what there is without it; its note says the cure."""
    encoder = load(None, threads=threads, runtime=runtime)
    try:
        heads = shipped_heads()
        return InSpace(SongSpace(shipped_space(heads), Annotator(heads, encoder)))
    except MissingExtra:
        return Plainly(encoder)
    except EncoderError as error:
        return Plainly(encoder, str(error))


def genres_of(song: Song) -> Terms:
    """Return a song's genres, hashed; "Hip-Hop" and "hip hop" are one."""
    return hashed(dict.fromkeys((" ".join(tokens(genre)) for genre in song.genres), 1.0))


def dot_products(left: Sequence[Vectors], right: Sequence[Vectors]) -> NDArray[np.float64]:
    """Return the dot product of each pair (p,), exactly the same with the sides exchanged."""
    if not left:
        return np.empty(0)
    product: Any = np.stack(left).astype(np.float64) * np.stack(right)
    return np.asarray(product.sum(1), np.float64)


def jaccard(left: Sequence[Terms], right: Sequence[Terms]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the share of names that pairs have in common (p,), and which pairs have names on both sides (p,)."""
    ours, theirs = (np.array([len(own.codes) for own in side], np.float64) for side in (left, right))
    shared = cosines(left, right) * np.sqrt(ours * theirs)  # all names weigh alike
    union = ours + theirs - shared
    return np.divide(shared, union, out=np.zeros(len(shared)), where=union > 0), (ours > 0) & (theirs > 0)


def _halved(vectors: Vectors) -> Vectors:
    return np.asarray(vectors, np.float16).astype(np.float32)
