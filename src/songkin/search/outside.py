"""A song outside the library, described by hand: its words, cut as a song's own are, and its features.

Conventions
-----------
`Query.lyrics` of a single passage (six lines, or some forty words) are words to look for. More than that, or any
lyrics beside features, are what a song says that the library lacks: a seed like the songs of `Query.like`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from songkin.text.description import feature_words
from songkin.text.language import detect
from songkin.text.lyrics import fold, lines, passages
from songkin.text.words import content_words, stems
from songkin.types import Query

__all__ = ["GIVEN", "Given", "given"]

GIVEN = "the given song"
REMEMBERED = 16


class Given(NamedTuple):
    """A song described by hand: its passages' texts (n,), their stems (n,), joined, and the stems of how it sounds."""

    passages: tuple[str, ...]
    stems: tuple[str, ...]
    about_stems: tuple[str, ...]


def given(query: Query) -> Given | None:
    """Return the song a query describes by hand; None where it describes none, but at most has words to look for."""
    if not query.features and not query.lyrics:
        return None
    song = _sung(query.lyrics)
    if query.features:
        return song._replace(about_stems=tuple(stems(content_words(feature_words(query.features)))))
    return song if len(song.passages) > 1 else None


@lru_cache(maxsize=REMEMBERED)
def _sung(lyrics: str) -> Given:
    """Clean lyrics, cut them into passages, and stem them in their own language."""
    cut = tuple(passage.text for passage in passages(fold(lines(lyrics))))
    language = detect(lyrics).language if cut else None
    return Given(cut, tuple(" ".join(stems(content_words(text), language)) for text in cut), ())
