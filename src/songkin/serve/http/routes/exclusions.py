"""Exclusions: songs a user never wants to see, until that is taken back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from starlette.responses import Response

from songkin.errors import QueryError
from songkin.library import Library
from songkin.library.excluding import Excluded
from songkin.serve.http.answers import Json
from songkin.serve.http.asking import Asked, Asker
from songkin.serve.http.errors import Refusal
from songkin.serve.http.schemas import Asking, Text, Told

__all__ = ["router"]

router = APIRouter(tags=["decisions"])


class ExclusionBody(Asking):
    """A condition as in `where`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"where": 'artist:"Nina Simone"'}]})
    where: Annotated[Text, Field(min_length=1)]


class ExclusionTold(Told):
    """An exclusion: its number in the list, its text and words, whose it is, and how many songs it hides now."""

    number: int
    where: str
    words: str
    user: str
    songs: int


class ExclusionsTold(Told):
    """What is excluded for who asks, how many songs there are, and how many are left."""

    exclusions: list[ExclusionTold]
    songs: int
    left: int


class TakenBack(Told):
    """What is shown again."""

    taken_back: list[str]


@router.get("/exclusions", response_model=ExclusionsTold, summary="List what is never shown")
def exclusions(library: Asked, user: Asker) -> Response:
    """List the exclusions of the library and of who asks."""
    return Json(_listed(library, library.exclusions(user=user), user))


@router.post("/exclusions", response_model=ExclusionsTold, status_code=201, summary="Never show songs again")
def exclude(body: ExclusionBody, library: Asked, user: Asker) -> Response:
    """Never show songs that meet a condition to who asks; nothing is removed. One that is kept already stays."""
    return Json(_listed(library, library.exclude(body.where, user=user), user), 201)


@router.delete("/exclusions", response_model=TakenBack, summary="Show songs again")
def include(where: Annotated[str, Query(min_length=1, max_length=10_000)], library: Asked, user: Asker) -> Response:
    """Take back the exclusion with this text, as the list has it; one's own, not the library's."""
    mine = [one for one in library.exclusions(user=user) if one.exclusion.user == user and one.where == where.strip()]
    if not mine:
        raise Refusal(
            404, f"no exclusion of yours is '{where[:200]}'; GET /api/v1/exclusions lists them", field="where"
        )
    try:
        return Json({"taken_back": [library.include(mine[0].number, user=user).where]})
    except QueryError as error:  # somebody took it back in between
        raise Refusal(404, str(error), field="where") from error


def _listed(library: Library, some: list[Excluded], user: str) -> dict[str, Any]:
    rows = [
        {"number": one.number, "where": one.where, "words": one.words, "user": one.exclusion.user, "songs": one.songs}
        for one in some
    ]
    return {"exclusions": rows, "songs": library.store.counts().songs, "left": library.left(user=user)}
