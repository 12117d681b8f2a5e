"""Feedback: what a user thinks of songs, which orders that user's answers, and is taken back at will."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import ConfigDict
from starlette.responses import Response

from songkin.errors import QueryError
from songkin.library.opinions import Opinion
from songkin.serve.http.answers import Json
from songkin.serve.http.asking import Asked, Asker
from songkin.serve.http.errors import Refusal
from songkin.serve.http.schemas import Asking, Name, Told

__all__ = ["router"]

router = APIRouter(tags=["decisions"])


class OpinionBody(Asking):
    """A song, and what one thinks of it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"song": "demo-001", "verdict": "like"}]})
    song: Name
    verdict: Literal["like", "skip", "never"]


class OpinionTold(Told):
    """What a user thinks of a song."""

    song: str
    title: str
    verdict: str
    told_at: str
    user: str


class OpinionsTold(Told):
    """What who asks thinks, oldest first."""

    opinions: list[OpinionTold]


class Forgotten(Told):
    """How many opinions are forgotten."""

    forgotten: int


@router.get("/feedback", response_model=OpinionsTold, summary="List what you think of songs")
def opinions(library: Asked, user: Asker) -> Response:
    """List the opinions of who asks; nobody else's are shown."""
    return Json({"opinions": [_told(one) for one in library.opinions.all(user=user)]})


@router.post("/feedback", response_model=OpinionTold, status_code=201, summary="Say what you think of a song")
def tell(body: OpinionBody, library: Asked, user: Asker) -> Response:
    """Keep an opinion in the place of an older one; "never" hides the song from who asks as well."""
    return Json(_told(library.opinions.tell(body.song, body.verdict, user=user)), 201)


@router.delete("/feedback", response_model=Forgotten, summary="Forget what you think")
def forget(
    library: Asked, user: Asker, song: Annotated[str | None, Query(min_length=1, max_length=500)] = None
) -> Response:
    """Forget the opinion of a song, or, without one, all that who asks thinks."""
    if song is None:
        return Json({"forgotten": library.opinions.clear(user=user)})
    try:
        library.opinions.take_back(song, user=user)
    except QueryError as error:
        raise Refusal(404, str(error), field="song") from error
    return Json({"forgotten": 1})


def _told(one: Opinion) -> dict[str, Any]:
    return {name: getattr(one, name) for name in OpinionTold.model_fields}
