"""Our space of genres, tags and eras as a system that `songkin evaluate colisten` can judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from songkin.annotate.heads import scored
from songkin.annotate.reading import Reading
from songkin.annotate.tag_space import laid
from songkin.evaluation import Resembling
from songkin.evaluation.likeness import Closeness
from songkin.evaluation.tasks.similar import SungSong
from songkin.training.heads.fitting import fit_layer
from songkin.training.heads.tag_space import axes_of, targets
from songkin.types import Lyrics, Song

__all__ = ["by_space", "song_of"]


def song_of(song: SungSong) -> Song:
    """Return what the space looks at of a song."""
    tags = dict.fromkeys(song.tags, 1.0)
    return Song(song.id, genres=song.genres, tags=tags, year=song.year, lyrics=Lyrics(song.lyrics))


def by_space(
    others: Sequence[SungSong],
    *,
    words_only: bool,
    reader: Callable[[Sequence[str]], Reading],
) -> Resembling:
    """Return the space, fitted to those of the `others` whose artists are not among the songs that are judged.

    It looks at the words alone, or at genres, tags and year as well. `reader` reads raw lyrics (n,).
    """

    def fit(songs: Sequence[SungSong]) -> Closeness:
        judged = {song.key for song in songs}
        known = [song for song in others if song.key not in judged]
        described = [song_of(song) for song in known]
        blocks = axes_of(described)
        layer = fit_layer(reader([song.lyrics for song in known]), targets(blocks, described))
        own = [song_of(song) for song in songs]
        given = [block.given(own) for block in blocks]
        if words_only:
            given = [(rows, np.zeros_like(there)) for rows, there in given]
        vectors = laid(blocks, given, scored(reader([song.lyrics for song in songs]), *layer))
        return lambda asked: np.asarray(vectors[asked] @ vectors.T, np.float64)

    name, says = ("ours-words", "genres predicted from words") if words_only else ("ours", "all that is given")
    return Resembling(name, says, fit)
