"""Library: what is held and what is missing."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from songkin.serve.http.asking import Asker, HeldLibrary
from songkin.serve.http.etags import answered
from songkin.serve.http.schemas import Told

__all__ = ["router"]

router = APIRouter(tags=["library"])


class LibraryTold(Told):
    """Songs, passages, encoders, languages, genres, tags, features, and how many songs miss each thing."""

    songs: int
    passages: int
    encoders: dict[str, Any]
    languages: dict[str, int]
    genres: dict[str, int]
    tags: dict[str, int]
    features: list[str]
    missing: dict[str, int]


@router.get("/library", response_model=LibraryTold, summary="Say what the library holds and what it lacks")
def library(request: Request, held: HeldLibrary, user: Asker) -> Response:
    """Answer as `songkin info --json` does, without where the library lies."""
    served = held.now()

    def about() -> dict[str, Any]:
        return {name: value for name, value in served.library.info().items() if name != "place"}

    return answered(request, served, user, about)
