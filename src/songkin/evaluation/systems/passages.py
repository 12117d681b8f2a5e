"""A song as one vector: the mean of its passages, as an encoder reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from songkin.evaluation.tasks.stories import cut
from songkin.types import Encoder

__all__ = ["mean_passages"]

AT_ONCE = 64  # songs whose passages are encoded between two tellings


def mean_passages(
    lyrics: Sequence[str], encoder: Encoder, *, tell: Callable[[int], None] | None = None
) -> NDArray[np.float64]:
    """Return the mean vector of each song's passages, (n, dim), of unit length; zeros where nothing is sung.

    `tell` is called with how many more songs have been read.
    """
    found = [np.empty((0, encoder.dim))]
    for start in range(0, len(lyrics), AT_ONCE):
        chunk = lyrics[start : start + AT_ONCE]
        found.append(_means([cut(text) for text in chunk], encoder))
        if tell:
            tell(len(chunk))
    return np.concatenate(found)


def _means(songs: Sequence[Sequence[str]], encoder: Encoder) -> NDArray[np.float64]:
    passages = [passage for song in songs for passage in song]
    sums = np.zeros((len(songs), encoder.dim))
    if passages:
        np.add.at(sums, np.repeat(np.arange(len(songs)), [len(song) for song in songs]), encoder.encode_songs(passages))
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return sums / np.where(lengths > 0, lengths, 1.0)
