"""The further views of the page in one router: the map, playlists, the library."""

from __future__ import annotations

from fastapi import APIRouter

from songkin.serve.page import library_routes, map_routes, playlist_routes

__all__ = ["router"]


def router() -> APIRouter:
    """Return the routes of `/map`, `/playlists` and `/library`."""
    made = APIRouter(include_in_schema=False)
    for own in (map_routes.router, playlist_routes.router, library_routes.router):
        made.include_router(own)
    return made
