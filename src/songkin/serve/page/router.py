"""All views of the page in one router."""

from __future__ import annotations

from fastapi import APIRouter

from songkin.serve.page import assets, audio, opinions, search, signin, song

__all__ = ["router"]


def router() -> APIRouter:
    """Return the page's routes: the views, their parts, and the files they need."""
    made = APIRouter(include_in_schema=False)
    for own in (search.router, song.router, opinions.router, signin.router, audio.router, assets.router):
        made.include_router(own)
    return made
