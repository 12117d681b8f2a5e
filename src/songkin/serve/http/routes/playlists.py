"""Playlists: made from a wish, saved, opened again as the library is then, written for players, read back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import ConfigDict, Field, FiniteFloat
from starlette.responses import Response

from songkin.errors import QueryError
from songkin.library import Library
from songkin.library.playlists import Saved, Wish
from songkin.serve.http.answers import Json
from songkin.serve.http.asking import Asked, Asker
from songkin.serve.http.downloads import downloaded
from songkin.serve.http.errors import Refusal
from songkin.serve.http.hosts import is_loopback
from songkin.serve.http.schemas import Asking, Hit, Name, Names, Share, Text, Told
from songkin.serve.playlist_files import MEDIA_TYPES
from songkin.serve.playlist_payload import minutes_of, playlist_json, saved_json
from songkin.types import Playlist

__all__ = ["router"]

router = APIRouter(tags=["playlists"])
Kind = Literal["json", "m3u8", "xspf", "jspf", "csv"]
Format = Annotated[Kind, Query(description="json, or a file that players read.")]
Paths = Annotated[
    bool, Query(description="Name the songs' files in it; only for who asks on the server's own machine.")
]
FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string"}} for kind in MEDIA_TYPES.values() if "json" not in kind}}
}
LONGEST_FILE = 1 << 20


class WishBody(Asking):
    """Everything a playlist is made from; what is left out is not asked for."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"text": "songs about the sea", "minutes": 30, "arc": "energy:rise", "artist_gap": 3},
                {"start": "demo-001", "end": "demo-017", "songs": 8},
            ]
        },
    )
    text: Text = ""
    like: Names = Field([])
    unlike: Names = Field([])
    start: Text = ""
    end: Text = ""
    via: Names = Field([])
    arc: Text = ""
    where: Text = ""
    more: Names = Field([])
    less: Names = Field([])
    minutes: FiniteFloat | None = None
    songs: int | None = None
    floor: Share | None = None
    artist_gap: int | None = None
    album_gap: int | None = None
    per_artist: int | None = None
    language: Text = ""
    variety: Share = 0.0

    def wish(self, user: str) -> Wish:
        """Return the wish in a user's name; QueryError where a value means nothing."""
        return Wish.of_json({**self.model_dump(), "user": user})


class SaveBody(Asking):
    """A wish to save what it makes, or songs by id, in order, chosen by hand."""

    wish: WishBody | None = None
    songs: Annotated[list[Name], Field(max_length=10_000)] | None = None


class FileBody(Asking):
    """The text of a playlist file."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"kind": "m3u8", "text": "#EXTM3U\n#EXTINF:180,The Gutters - Umbrella Parade\n"}]
        },
    )
    kind: Literal["m3u8", "xspf", "jspf", "csv"]
    text: Annotated[str, Field(max_length=LONGEST_FILE)]


class Placed(Hit):
    """A song of a playlist: its place, and why it is there."""

    duration_s: float | None


class PlaylistTold(Told):
    """Songs in playing order, what was asked for and understood, what could not be honoured, and how long it lasts."""

    name: str
    query: dict[str, Any]
    notes: list[str]
    minutes: float
    songs: list[Placed]


class SavedTold(PlaylistTold):
    """A saved playlist: whose it is, when it was saved and last made, and what a hand changed."""

    user: str
    saved_at: str
    refreshed_at: str
    pinned: list[str]
    dropped: list[str]


class JspfTold(Told):
    """A playlist as a JSPF file has it, which is JSON of another shape."""

    playlist: dict[str, Any]


class ListedTold(Told):
    """A saved playlist in a list."""

    name: str
    songs: int
    minutes: float
    user: str
    saved_at: str
    refreshed_at: str


class AllTold(Told):
    """The playlists who asks may see."""

    playlists: list[ListedTold]


class SongNamed(Told):
    """A song by its names."""

    id: str
    title: str
    artists: list[str]


class ReadTold(Told):
    """The songs a playlist file names, and the names that are not found here."""

    songs: list[SongNamed]
    missing: list[str]
    notes: list[str]


class Dropped(Told):
    """The playlist that is gone."""

    dropped: str


@router.post(
    "/playlist", response_model=PlaylistTold | JspfTold, responses=FILES, summary="Make a playlist, and keep nothing"
)
def make(
    request: Request, body: WishBody, library: Asked, user: Asker, format: Format = "json", paths: Paths = False
) -> Response:
    """Make a playlist of a wish: a request, songs it is like, a path between two songs, an arc over a feature."""
    wish = body.wish(user)
    made = library.playlists.make(wish)
    return _written(request, made, format, paths=paths) if format != "json" else Json(playlist_json(made, wish))


@router.get("/playlists", response_model=AllTold, summary="List the saved playlists")
def saved(library: Asked, user: Asker) -> Response:
    """List the library's playlists and one's own, as they were last made."""
    return Json({"playlists": [_listed(one) for one in library.playlists.all(user=user)]})


@router.post("/playlists/read", response_model=ReadTold, summary="Find the songs a playlist file names")
def read(body: FileBody, library: Asked) -> Response:
    """Read a playlist back: its songs of this library, which may be the seeds of another, and the names not found."""
    found = library.playlists.read(body.text, body.kind)
    songs = [{"id": song.id, "title": song.title, "artists": list(song.artists)} for song in found.songs]
    return Json({"songs": songs, "missing": list(found.missing), "notes": list(found.notes)})


@router.post("/playlists/refresh", response_model=AllTold, summary="Make all of one's playlists again")
def refresh_all(library: Asked, user: Asker) -> Response:
    """Make every playlist of who asks again, as the library is now."""
    return Json({"playlists": [_listed(one) for one in library.playlists.refresh(user=user)]})


@router.get(
    "/playlists/{name:path}", response_model=SavedTold | JspfTold, responses=FILES, summary="Open a saved playlist"
)
def opened(
    request: Request, name: str, library: Asked, user: Asker, format: Format = "json", paths: Paths = False
) -> Response:
    """Open a playlist, made again if the library changed since; with `format`, as a file to download."""
    found = _there(library, name, user)
    return _written(request, found.playlist, format, paths=paths) if format != "json" else Json(saved_json(found))


@router.put("/playlists/{name:path}", response_model=SavedTold, summary="Save a playlist")
def save(name: str, body: SaveBody, library: Asked, user: Asker) -> Response:
    """Save what a wish makes, or songs chosen by hand, in the place of one's own playlist of that name."""
    if (body.wish is None) == (body.songs is None):
        raise QueryError("a playlist is saved from a 'wish' or from 'songs'; send one of them")
    if body.songs is not None:
        return Json(saved_json(library.playlists.keep(name, body.songs, user=user)))
    assert body.wish is not None
    wish = body.wish.wish(user)
    return Json(saved_json(library.playlists.save(name, wish, library.playlists.make(wish, name=name), user=user)))


@router.post("/playlists/{name:path}", response_model=SavedTold, summary="Make a saved playlist again")
def refresh(name: str, library: Asked, user: Asker) -> Response:
    """Make a playlist again, as the library is now."""
    _there(library, name, user, refresh=False)
    return Json(saved_json(library.playlists.refresh(name, user=user)[0]))


@router.delete("/playlists/{name:path}", response_model=Dropped, summary="Take a saved playlist away")
def drop(name: str, library: Asked, user: Asker) -> Response:
    """Take one's own playlist away; its songs stay in the library."""
    _there(library, name, user, refresh=False)
    return Json({"dropped": library.playlists.drop(name, user=user).name})


def _there(library: Library, name: str, user: str, *, refresh: bool = True) -> Saved:
    """Return a saved playlist; 404 where who asks sees none of that name."""
    if name not in (known := [one.name for one in library.playlists.all(user=user)]):
        there = f"there are {len(known)}; GET /api/v1/playlists lists them" if known else "there are none yet"
        raise Refusal(404, f"no playlist is called '{name[:200]}'; {there}", field="name")
    return library.playlists.open(name, user=user, refresh=refresh)


def _written(request: Request, playlist: Playlist, kind: str, *, paths: bool) -> Response:
    """Return a playlist as a file to download; 403 where its songs' files are asked for from another machine."""
    if paths and not (request.client and is_loopback(request.client.host)):
        raise Refusal(403, "files are named only to who asks on the server's own machine; leave out 'paths'")
    return downloaded(playlist, kind, paths=paths)


def _listed(one: Saved) -> dict[str, Any]:
    own = {"name": one.name, "songs": len(one.playlist.hits), "minutes": round(minutes_of(one.playlist), 2)}
    return {**own, "user": one.user, "saved_at": one.saved_at, "refreshed_at": one.refreshed_at}
