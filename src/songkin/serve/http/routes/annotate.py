"""Annotate: genre, mood, valence and more of posted songs, told from their words; nothing is kept."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter
from pydantic import ConfigDict, Field
from starlette.responses import Response

from songkin.serve.http.answers import Json, json_bytes
from songkin.serve.http.posted import posted
from songkin.serve.http.schemas import Asking, Told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from songkin.library.labelling import Labels
    from songkin.types import Song

__all__ = ["router"]

router = APIRouter(tags=["annotate"])
MOST = 500
TERMS = (
    "the label heads (songkin-labels) were trained on data whose terms are unverified: for research and your own use; "
    "its card says more"
)
_at_a_time = threading.Lock()  # labelling takes every core it may have


class AnnotateBody(Asking):
    """Songs as a catalogue has them: id or title, lyrics, and whatever else is known."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"songs": [{"id": "one", "title": "Rain", "lyrics": "Rain is drumming on the tin above my bed"}]}
            ]
        },
    )
    songs: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST)]


class Labelled(Told):
    """The labels of each song that could be read, in order, what was lost on the way, and the labels' terms."""

    songs: list[dict[str, Any]]
    lost: list[str]
    notes: list[str]


@router.post("/annotate", response_model=Labelled, summary="Label songs from their words")
def annotate(body: AnnotateBody) -> Response:
    """Label posted songs: one row each, by the names that `songkin annotate` gives its columns."""
    from songkin.library.labelling import row

    lines = b"\n".join(json_bytes(song) for song in body.songs)
    with posted(lines, ".jsonl") as reading, _at_a_time:
        rows = [_plain(row(labels)) for labels in labelling()(list(reading.songs()))]
        return Json({"songs": rows, "lost": [*reading.lost, *reading.kept], "notes": [TERMS]})


@cache
def labelling() -> Callable[[Sequence[Song]], Iterable[Labels]]:
    """Return what labels songs, the shipped heads and their encoder, loaded once; MissingExtra without them."""
    from songkin.library.labelling import annotator

    return annotator().labels


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without what is no number."""
    return {name: None if value != value else value for name, value in row.items()}
