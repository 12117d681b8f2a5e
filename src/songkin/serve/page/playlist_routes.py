"""Playlists as views of the page: the list and the form that makes one, the editor, files out and files in."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, RedirectResponse, Response

from songkin.errors import QueryError, SongkinError
from songkin.library import Library
from songkin.library.playlists import MOST_NAMES, Saved, kind_of
from songkin.serve.http.asking import asker, held_of
from songkin.serve.http.downloads import downloaded
from songkin.serve.http.errors import refused, status_of
from songkin.serve.http.hosts import is_loopback
from songkin.serve.page.playlist_edits import MOST, Order, edited, ids_of
from songkin.serve.page.playlist_views import listed, playlist_link, playlist_view
from songkin.serve.page.problems import PageRoute
from songkin.serve.page.rendering import render
from songkin.serve.page.wish_forms import FIELDS, form_of, is_asked, name_for, wish_of
from songkin.serve.playlist_files import KINDS

__all__ = ["router"]

LANGUAGES = 20  # of a library, offered in the form
LARGEST_FILE = 1_000_000  # bytes of a playlist that is read back; the guard admits little more
NOTHING = dict.fromkeys(FIELDS, "")
SHAPES = ("rise", "fall", "peak", "dip")

router = APIRouter(include_in_schema=False, route_class=PageRoute)


async def _fields(request: Request) -> AsyncIterator[dict[str, Any]]:
    """Give a form's fields, of one sent twice the last; a file that was sent is closed after the answer."""
    async with request.form(max_files=1, max_fields=80) as form:
        yield dict(form)


Form = Annotated[dict[str, Any], Depends(_fields)]

# -- the list, and making one ------------------------------------------------------------------------------------------


@router.get("/playlists")
def overview(request: Request) -> Response:
    """Show the saved playlists and the form; with a form filled in, the playlist it makes."""
    asked = dict(request.query_params)
    if asked.get("name") is not None and not is_asked(asked):
        return opened(request, asked["name"])
    return _overview(request, asked)


@router.post("/playlists/make")
def made(request: Request, form: Form) -> Response:
    """Show the playlist a form makes, as the list's own form does: for wishes longer than an address may be."""
    return _overview(request, form)


def _overview(
    request: Request, form: Mapping[str, str], *, status: int = 200, problem: str = "", read: Any = None
) -> Response:
    library, user, made = held_of(request).library, asker(request), None
    if is_asked(form) and not problem and read is None:
        try:
            wish = wish_of(form, user=user)
            made = playlist_view(library.playlists.make(wish, name=name_for(wish)), wish)
        except SongkinError as error:
            problem, status = str(error), 400
    return render(
        request, "playlists.html", status=status, problem=problem, made=made, read=read,
        saved=[listed(one) for one in reversed(library.playlists.all(user=user))],
        form={**NOTHING, **{name: form.get(name, "") for name in FIELDS}}, **_offers(library),
    )  # fmt: skip


def _offers(library: Library) -> dict[str, Any]:
    """Return what the form offers to choose from."""
    languages = library.views.languages(most=LANGUAGES)
    return {"features": [*library.store.features(), "year"], "languages": languages, "shapes": SHAPES}


@router.post("/playlists/save")
def saved(request: Request, form: Form) -> Response:
    """Make a playlist of a form and save it under a name that is free."""
    library, user = held_of(request).library, asker(request)
    try:
        wish = wish_of(form, user=user)
        name = library.playlists.free_name(str(form.get("name", "")) or name_for(wish), user=user)
        kept = library.playlists.save(name, wish, library.playlists.make(wish, name=name), user=user)
    except SongkinError as error:
        return _overview(request, form, status=status_of(error).status, problem=str(error))
    return _to(kept.name)


@router.post("/playlists/keep")
def kept(request: Request, form: Form) -> Response:
    """Save songs chosen by hand, in their order, under a name that is free."""
    library, user = held_of(request).library, asker(request)
    try:
        ids = ids_of(str(form.get("ids", "")))
        if not ids:
            raise QueryError("no song is chosen; choose some, then keep them")
        name = library.playlists.free_name(str(form.get("name", "")), user=user)
        found = library.playlists.keep(name, ids, user=user)
    except SongkinError as error:
        if _wants_json(request):
            return refused(error)
        return _overview(request, {}, status=status_of(error).status, problem=str(error))
    if _wants_json(request):
        told = {"name": found.name, "address": playlist_link(found.name), "songs": len(found.playlist.hits)}
        return JSONResponse(told)
    return _to(found.name)


@router.post("/playlists/read")
def read_back(request: Request, form: Form) -> Response:
    """Read a playlist's file: what of it is here can be seeds of another, or a playlist as it is."""
    library, sent = held_of(request).library, form.get("file")
    try:
        if not isinstance(sent, UploadFile):
            raise QueryError("no file was chosen; choose an .m3u8, .xspf, .jspf or .csv")
        name, text = str(sent.filename or ""), _text(sent.file.read(LARGEST_FILE + 1))
        told = library.playlists.read(text, kind_of(Path(name)))
    except SongkinError as error:
        return _overview(request, {}, status=400, problem=str(error))
    read = {
        "file": name, "songs": told.songs, "missing": told.missing, "notes": told.notes,
        "name": name.rpartition(".")[0] or name, "ids": json.dumps([song.id for song in told.songs]),
    }  # fmt: skip
    return _overview(request, {"like": "\n".join(song.id for song in told.songs[:MOST_NAMES])}, read=read)


def _text(raw: bytes) -> str:
    if len(raw) > LARGEST_FILE:
        raise QueryError(f"the file is larger than {LARGEST_FILE // 1_000_000} MB; is it a playlist?")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")  # as players wrote .m3u before .m3u8


# -- one playlist ------------------------------------------------------------------------------------------------------


@router.get("/playlists/{name:path}")
def opened(request: Request, name: str) -> Response:
    """Show a saved playlist, made anew where the library changed since; `?file=m3u8` gives it as a file."""
    try:
        found = held_of(request).library.playlists.open(name, user=asker(request))
        if kind := request.query_params.get("file", ""):
            return _file(request, found, kind)
    except SongkinError as error:
        return _overview(request, {}, status=404, problem=str(error))
    return _editor(request, found)


def _editor(request: Request, found: Saved, *, status: int = 200, problem: str = "") -> Response:
    library = held_of(request).library
    show = request.query_params.get("show", "")
    view = playlist_view(found.playlist, found.wish, pinned=found.pinned, show=show)
    return render(
        request, "playlist.html", status=status, problem=problem, view=view, saved=found, kinds=KINDS,
        link=playlist_link, ids=json.dumps([row.song.id for row in view.rows]), pins=json.dumps(list(found.pinned)),
        form=form_of(found.wish), **_offers(library),
    )  # fmt: skip


@router.post("/playlists/edit")
def changed(request: Request, form: Form) -> Response:
    """Do what a button of the editor says, or keep the order that was sent."""
    library, user, name = held_of(request).library, asker(request), str(form.get("name", ""))
    try:
        order = edited(Order(ids_of(str(form.get("ids", ""))), ids_of(str(form.get("pins", "")), "pins")), form)
        if form.get("add"):
            order = _with(library, order, str(form["add"]))
        done = library.playlists.edit(name, order.ids, pinned=order.pins, user=user)
    except SongkinError as error:
        return refused(error) if _wants_json(request) else _again(request, name, str(error))
    if _wants_json(request):
        return JSONResponse({"name": done.name, "songs": len(done.playlist.hits), "notes": list(done.playlist.notes)})
    return _to(done.name, at=order.at)


def _with(library: Library, order: Order, asked: str) -> Order:
    """Put a song that is named at the end, where it is not in yet."""
    own = library.song(asked).song.id
    if own in order.ids:
        return order._replace(at=order.ids.index(own) + 1)
    if len(order.ids) >= MOST:
        raise QueryError(f"a playlist holds at most {MOST:,} songs")
    return Order((*order.ids, own), (*order.pins, own), len(order.ids) + 1)


@router.post("/playlists/remake")
def remade(request: Request, form: Form) -> Response:
    """Make a saved playlist anew from another wish, under its name."""
    library, user, name = held_of(request).library, asker(request), str(form.get("name", ""))
    try:
        wish = wish_of(form, user=user)
        library.playlists.open(name, user=user, refresh=False)
        library.playlists.save(name, wish, library.playlists.make(wish, name=name), user=user)
    except SongkinError as error:
        return _again(request, name, str(error))
    return _to(name)


@router.post("/playlists/refresh")
def refreshed(request: Request, form: Form) -> Response:
    """Make a saved playlist anew from its own wish, pinned songs kept."""
    name = str(form.get("name", ""))
    try:
        held_of(request).library.playlists.refresh(name, user=asker(request))
    except SongkinError as error:
        return _again(request, name, str(error))
    return _to(name)


@router.post("/playlists/drop")
def dropped(request: Request, form: Form) -> Response:
    """Forget a saved playlist."""
    try:
        held_of(request).library.playlists.drop(str(form.get("name", "")), user=asker(request))
    except SongkinError as error:
        return _overview(request, {}, status=404, problem=str(error))
    return RedirectResponse("/playlists", status_code=303)


def _again(request: Request, name: str, problem: str) -> Response:
    """Show the editor with what went wrong, or the list where there is no such playlist."""
    try:
        found = held_of(request).library.playlists.open(name, user=asker(request), refresh=False)
    except SongkinError:
        return _overview(request, {}, status=404, problem=problem)
    return _editor(request, found, status=400, problem=problem)


def _file(request: Request, found: Saved, kind: str) -> Response:
    """Return a playlist's file; where songs lie is told to who asks on this machine alone."""
    if kind not in KINDS:
        raise QueryError(f"'{kind[:40]}' is no kind of playlist file; there are {', '.join(KINDS)}")
    here = request.client is not None and is_loopback(request.client.host)
    return downloaded(found.playlist, kind, paths=here)


# -- answers -----------------------------------------------------------------------------------------------------------


def _to(name: str, *, at: int = 0) -> RedirectResponse:
    return RedirectResponse(playlist_link(name) + (f"#song-{at}" if at else ""), status_code=303)


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
