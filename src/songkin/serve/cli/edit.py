"""songkin edit: correct what a song says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json, print_notes

if TYPE_CHECKING:
    from songkin.library import Library

EXAMPLES = (
    'songkin edit "Night Tram" --lyrics night-tram.lrc',
    "songkin edit a1 --instrumental",
    "songkin edit a1 --undo",
    "songkin edit --list",
)


def run(
    song: Annotated[str | None, typer.Argument(metavar="SONG", help="An id, a title, or 'artist - title'.")] = None,
    lyrics: Annotated[
        str | None, typer.Option("--lyrics", metavar="FILE", help="Its words, from a text or LRC file; '-' is stdin.")
    ] = None,
    instrumental: Annotated[
        bool | None, typer.Option("--instrumental/--no-instrumental", help="Whether it has no words at all.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="XX", help="The language it is sung in, as en or pt.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Give it the words of its source again.")] = False,
    show: Annotated[bool, typer.Option("--list", help="Show every correction.")] = False,
    user: options.User = None,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Correct a song's words, say that it has none, or name its language; kept through later adds, and undone."""
    corrects = lyrics is not None or instrumental is not None or language is not None
    if sum((corrects, undo, show)) != 1 or (song is None) != show:
        raise typer.BadParameter("name a song with what to correct or --undo, or give --list alone")
    from songkin.library import Library
    from songkin.library.lyrics import lyrics_of

    opened = Library.open(library, user=user)
    if show:
        _list(opened, json_out=json_out)
        return
    assert song is not None, "only --list goes without a song"
    if undo:
        edited = opened.unedit(song)
    else:
        sung = lyrics_of(lyrics) if lyrics is not None else None
        origin = "standard input" if lyrics == "-" else Path(lyrics or "").name
        words = sung.text if sung else None
        edited = opened.edit(song, lyrics=words, instrumental=instrumental, language=language, origin=origin)
        edited = edited._replace(notes=(*(sung.notes if sung else ()), *edited.notes))
    if json_out:
        print_json({"id": edited.id, "song": edited.name, "source": edited.source, "notes": list(edited.notes)})
        return
    console().print(f"{edited.name}: {edited.source or 'as its source says'}", markup=False, soft_wrap=True)
    print_notes(edited.notes)


def _list(library: Library, *, json_out: bool) -> None:
    edited = library.edits()
    if json_out:
        print_json({"edits": [{"id": one.id, "song": one.name, "source": one.source} for one in edited]})
        return
    for one in edited:
        console().print(f"{one.id}  {one.name}: {one.source}", markup=False, soft_wrap=True)
    if not edited:
        console().print("Nothing was corrected.")
