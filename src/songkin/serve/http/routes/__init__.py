"""The API's routes, one resource a file."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from songkin.serve.http.routes import (
    adds,
    annotate,
    corrections,
    docs,
    exclusions,
    explain,
    feedback,
    health,
    library,
    line,
    map,
    playlists,
    score,
    search,
    similar,
    songs,
)
from songkin.serve.http.schemas import ErrorBody

__all__ = ["router"]

ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorBody, "description": "What the request lacks, in one line with the cure."},
    "5XX": {"model": ErrorBody, "description": "What the server lacks, in one line with the cure."},
}
RESOURCES = (
    search,
    line,
    similar,
    playlists,
    score,
    explain,
    annotate,
    map,
    songs,
    corrections,
    exclusions,
    feedback,
    library,
    adds,
    health,
    docs,
)


def router() -> APIRouter:
    """Return the API without its version's prefix."""
    made = APIRouter(responses=ERRORS)
    for resource in RESOURCES:
        made.include_router(resource.router)
    return made
