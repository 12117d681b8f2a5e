"""Songs: what the library knows of each, one by one, or of those that meet a condition."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from songkin.errors import QueryError
from songkin.library import Library
from songkin.serve.http.asking import Asker, HeldLibrary
from songkin.serve.http.errors import Refusal
from songkin.serve.http.etags import answered
from songkin.serve.http.pages import paged_json
from songkin.serve.http.schemas import Asking, Name, Text, Told
from songkin.serve.payloads import named_json
from songkin.types import Song

__all__ = ["router", "song_json", "song_of"]

router = APIRouter(tags=["songs"])
MOST = 500


class SongsParams(Asking):
    """Which songs, and which stretch of the list."""

    where: Text = Field("", description="Only songs that meet all terms.", examples=["genre:folk year:1990.."])
    id: Annotated[list[Name], Field(max_length=MOST)] = Field([], description="Only these songs, in this order.")
    offset: Annotated[int, Field(ge=0, le=100_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


class LyricsTold(Told):
    """What is known of a song's words, without them."""

    language: str | None
    instrumental: bool
    source: str | None


class SongTold(Told):
    """A song as its source describes it; what is not known is null or empty, and `predicted` is only believed."""

    id: str
    title: str
    artists: list[str]
    album: str | None
    year: int | None
    duration_s: float | None
    language: str | None
    explicit: bool | None
    genres: list[str]
    description: str | None
    tags: dict[str, float]
    features: dict[str, float]
    predicted: dict[str, float]
    links: dict[str, str]
    lyrics: LyricsTold | None
    local: bool


class Version(Told):
    """Another version of a song."""

    id: str
    title: str
    artists: list[str]


class SongWhole(SongTold):
    """A song with its other versions."""

    versions: list[Version]


class SongsTold(Told):
    """A stretch of a list of songs, and the address of the next one, null on the last."""

    songs: list[SongTold]
    total: int
    offset: int
    next: str | None


@router.get("/songs", response_model=SongsTold, summary="List songs")
def songs(request: Request, params: Annotated[SongsParams, Query()], held: HeldLibrary, user: Asker) -> Response:
    """List the songs that who asks may see, in the order they came in, those that meet a condition, or some by id."""
    served = held.now()
    return answered(request, served, user, lambda: _listed(request, served.library, params, user))


def _listed(request: Request, library: Library, params: SongsParams, user: str) -> dict[str, Any]:
    if params.id:
        found = [song_json(song) for song in library.views.songs(params.id)]
        return {"songs": found, "total": len(found), "offset": 0, "next": None}
    where = library.where(params.where)
    part = library.views.listed(where, offset=params.offset, limit=params.limit, user=user)
    rows = [song_json(song) for song in part.songs]
    return paged_json(request, "songs", rows, total=part.total, offset=params.offset, limit=params.limit)


@router.get("/songs/{id:path}", response_model=SongWhole, summary="Tell all that is known of a song")
def song(request: Request, id: str, held: HeldLibrary, user: Asker) -> Response:
    """Tell a song by its id, exactly as its source has it, and its other versions; never its whole lyrics."""
    served = held.now()
    return answered(request, served, user, lambda: _whole(served.library, id, user))


def _whole(library: Library, name: str, user: str) -> dict[str, Any]:
    found = song_of(library, name)
    versions = [named_json(other) for other in library.views.versions(found, user=user)]
    return {**song_json(found), "versions": versions}


def song_of(library: Library, name: str) -> Song:
    """Return the song with exactly this id; 404 where there is none."""
    try:
        return library.views.song(name)
    except QueryError as error:
        raise Refusal(404, str(error), field="id") from error


def song_json(song: Song) -> dict[str, Any]:
    """Return a song as programs get it: no words, and no path of this machine."""
    words = song.lyrics
    own = {name: getattr(song, name) for name in ("album", "year", "duration_s", "language", "explicit", "description")}
    maps = {name: dict(getattr(song, name)) for name in ("tags", "features", "predicted", "links")}
    said = {"language": words.language, "instrumental": words.instrumental, "source": words.source} if words else None
    own |= {"genres": list(song.genres), "lyrics": said, "local": song.audio is not None}
    return {**named_json(song), **own, **maps}
