"""A song's words shaded by what they add to their likeness with a request: a heat map that is text.

Conventions
-----------
A shade is a whole number from -5 (speaks against) over 0 (says nothing) to 5 (speaks most), in fifths of the strongest
word of the part; it becomes a class, for the page allows no style of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.library.heating import Heat, Heated, Part

__all__ = ["Shaded", "WarmPart", "Warmest", "warm_parts"]

SHADES = 5
WORDS_SHOWN, REQUEST_SHOWN = 8, 8  # a side of the table


class Shaded(NamedTuple):
    """A stretch of text and its shade, -5 to 5; 0 = no word, or one that says nothing."""

    text: str
    shade: int
    adds: float = 0.0


class Warmest(NamedTuple):
    """A word of the song, what it adds in all, and with each word of the request (value and shade)."""

    word: str
    adds: float
    cells: tuple[Shaded, ...]


class WarmPart(NamedTuple):
    """A part of a song held against a request: its text and the request's, shaded, and the words that count most."""

    name: str
    start_ms: int | None
    cosine: float
    text: tuple[Shaded, ...]
    request: tuple[Shaded, ...]
    columns: tuple[str, ...]
    table: tuple[Warmest, ...]


def warm_parts(heated: Heated) -> tuple[WarmPart, ...]:
    """Return the parts of a song, the nearest first, shaded."""
    return tuple(_part(warm.part, warm.view, heated) for warm in heated.parts if isinstance(warm.view, Heat))


def _part(part: Part, view: Heat, heated: Heated) -> WarmPart:
    text = _shaded(part.text, view.song.words, view.of_song[:-1])
    request = _shaded(heated.query.text, view.request.words, view.of_request[:-1])
    rows, columns = _most(view.of_song[:-1], WORDS_SHOWN), _most(view.of_request[:-1], REQUEST_SHOWN)
    named = tuple(view.request.words[at].text for at in columns)
    cells = view.matrix[:-1, :-1].T[np.ix_(rows, columns)] if len(rows) and len(columns) else np.zeros((0, 0))
    most = float(np.abs(cells).max(initial=0.0))
    table = tuple(
        Warmest(
            view.song.words[at].text,
            float(view.of_song[at]),
            tuple(Shaded(f"{cell:+.3f}", _shade(cell, most), float(cell)) for cell in own),
        )
        for at, own in zip(rows, cells, strict=True)
    )
    return WarmPart(part.name, part.start_ms, view.cosine, text, request, named, table)


def _shaded(text: str, words: Sequence[Any], adds: NDArray[Any]) -> tuple[Shaded, ...]:
    """Part a text into its words, shaded, and what is between."""
    most, at = float(np.abs(adds).max(initial=0.0)), 0
    pieces: list[Shaded] = []
    for word, own in zip(words, adds, strict=True):
        shaded = Shaded(text[word.start : word.end], _shade(float(own), most), float(own))
        pieces, at = [*pieces, Shaded(text[at : word.start], 0), shaded], word.end
    return tuple(piece for piece in (*pieces, Shaded(text[at:], 0)) if piece.text)


def _shade(value: float, most: float) -> int:
    return round(SHADES * value / most) if most > 0 else 0


def _most(adds: NDArray[Any], many: int) -> NDArray[np.int64]:
    """Return the places of the words that count most, in the order of the text."""
    return np.sort(np.argsort(-np.abs(adds), kind="stable")[:many])
