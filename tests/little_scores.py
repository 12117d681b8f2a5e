"""What scores rest on in tests: the space and heads of `little_space`, read with the toy encoder."""

from __future__ import annotations

from little_heads import annotator
from little_space import space
from songkin.library.score_basis import InSpace
from songkin.library.song_space import SongSpace


def song_space() -> SongSpace:
    """The space, and an annotator that reads for it."""
    return SongSpace(space(), annotator())


def basis() -> InSpace:
    return InSpace(song_space())
