"""A heat map for programs: the one document of `songkin explain --heat --json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.library.heating import Heat, Heated, Warm
from songkin.serve.payloads import query_json

__all__ = ["Layer", "attended", "heat_json"]

DIGITS = 8  # a sum over a thousand pairs of words still agrees with the cosine to five


class Layer(NamedTuple):
    """Which attention to show, counted from 1; None = the mean over all."""

    layer: int | None = None
    head: int | None = None


def attended(matrix: NDArray[Any]) -> NDArray[Any]:
    """Return how much each word is attended to by the text's words (n + 1,), from their rows (n + 1, n + 1)."""
    own = matrix[:-1]  # the rest is no word of the text
    return np.asarray(own.mean(0) if len(own) else np.zeros(matrix.shape[1]))


def heat_json(heated: Heated, layer: Layer) -> dict[str, Any]:
    """Return the document of `songkin explain --heat --json`; the rest is the last row and column, its word null."""
    song = heated.song
    return {
        "query": query_json(heated.query),
        "song": {"id": song.id, "title": song.title, "artists": list(song.artists)},
        "parts": [_part_json(warm, layer) for warm in heated.parts],
        "notes": list(heated.notes),
    }


def _part_json(warm: Warm, layer: Layer) -> dict[str, Any]:
    part, view = warm
    own: dict[str, Any] = {"part": part.name, "start_ms": part.start_ms, "text": part.text}
    if isinstance(view, Heat):
        own |= {"cosine": round(view.cosine, DIGITS)}
        own |= {"request": _words_json(view.request.words, view.of_request, "adds")}
        own |= {"song": _words_json(view.song.words, view.of_song, "adds")}
        return own | {"matrix": _rounded(view.matrix)}
    matrix = view.view(layer=layer.layer, head=layer.head)
    own |= {"layer": layer.layer, "head": layer.head, "layers": view.weights.shape[0], "heads": view.weights.shape[1]}
    return own | {"song": _words_json(view.song.words, attended(matrix), "attended"), "matrix": _rounded(matrix)}


def _words_json(words: Sequence[Any], values: NDArray[Any], name: str) -> list[dict[str, Any]]:
    places = [{"word": word.text, "start": word.start, "end": word.end} for word in words]
    places.append({"word": None, "start": None, "end": None})
    return [{**place, name: value} for place, value in zip(places, _rounded(values), strict=True)]


def _rounded(values: NDArray[Any]) -> Any:
    return values.astype(float).round(DIGITS).tolist()
