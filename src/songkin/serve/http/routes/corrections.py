"""Corrections: what a song truly says, in the place of what its source says, until that is taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import ConfigDict, Field
from starlette.responses import Response

from songkin.serve.http.answers import Json
from songkin.serve.http.asking import Asked, Asker, HeldLibrary
from songkin.serve.http.errors import Refusal
from songkin.serve.http.routes.songs import song_of
from songkin.serve.http.schemas import LONGEST_LYRICS, Asking, Text, Told

__all__ = ["router"]

router = APIRouter(tags=["songs"])


class CorrectionBody(Asking):
    """What a song says truly: its words, that it has none, or the language they are in."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"language": "de"}]})
    lyrics: Annotated[str, Field(max_length=LONGEST_LYRICS)] | None = None
    instrumental: bool | None = None
    language: Text | None = None


class Corrected(Told):
    """A corrected song: what its words are from now on, '' = as its source says."""

    id: str
    name: str
    source: str
    notes: list[str]


class CorrectionsTold(Told):
    """All corrections, by id."""

    corrections: list[Corrected]


@router.get("/corrections", response_model=CorrectionsTold, summary="List corrected songs")
def corrections(library: Asked) -> Response:
    """List the songs whose words were corrected, those that are not here now too."""
    return Json({"corrections": [one._asdict() | {"notes": list(one.notes)} for one in library.edits()]})


@router.put("/corrections/{id:path}", response_model=Corrected, summary="Correct a song's words")
def correct(id: str, body: CorrectionBody, held: HeldLibrary, user: Asker) -> Response:
    """Correct the words, say that there are none, or name the language; it holds through later adds."""
    song_of(held.library, id)
    library = held.for_writing()
    own = body.model_dump()
    edited = library.edit(id, **own, origin="the API" if body.lyrics is not None else "", user=user)
    held.renew()
    return Json(edited._asdict() | {"notes": list(edited.notes)})


@router.delete("/corrections/{id:path}", response_model=Corrected, summary="Take a correction back")
def take_back(id: str, held: HeldLibrary) -> Response:
    """Give a song the words of its source again; the song stays."""
    library = held.for_writing()
    if id not in (one.id for one in library.edits()):
        raise Refusal(404, f"'{id[:200]}' was not corrected; GET /api/v1/corrections lists what was", field="id")
    edited = library.unedit(id)
    held.renew()
    return Json(edited._asdict() | {"notes": list(edited.notes)})
