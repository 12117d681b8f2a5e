"""songkin lyrics: words for songs that have none, asked for online when one says so, and taken back where wrong."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json, print_notes, progress
from songkin.serve.counting import songs_counted

if TYPE_CHECKING:
    from songkin.library import Library
    from songkin.library.missing_lyrics import FoundLyrics, Told

EXAMPLES = (
    "songkin lyrics --find",
    'songkin lyrics --find --where "language:en" --limit 100 --yes',
    'songkin lyrics --wrong "Night Tram"',
    'songkin lyrics --right "Night Tram"',
    "songkin lyrics --list",
)
SENT = "artist, title, album and length"


def run(
    find: Annotated[
        bool, typer.Option("--find", help="Ask LRCLIB for the words of songs that have none. This goes online.")
    ] = False,
    where: options.Where = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="Ask for N songs at most.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Go online without asking first.")] = False,
    server: Annotated[
        str | None, typer.Option("--server", metavar="URL", help="A server that speaks LRCLIB's API, in its place.")
    ] = None,
    wrong: Annotated[
        str | None,
        typer.Option("--wrong", metavar="SONG", help="Take found words off a song, and never take them again."),
    ] = None,
    right: Annotated[
        str | None, typer.Option("--right", metavar="SONG", help="Give a song the words back that were called wrong.")
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="Show what was found, and what was called wrong.")] = False,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Find words for songs that have none, online and only when you say so; given and corrected words stay."""
    if sum(map(bool, (find, wrong, right, show))) != 1:
        raise typer.BadParameter("give one of --find, --wrong SONG, --right SONG and --list")
    if not find and (where is not None or limit is not None or yes or server is not None):
        raise typer.BadParameter("--where, --limit, --yes and --server go with --find")
    from songkin.library import Library

    opened = Library.open(library)
    if find:
        _find(opened, where, limit, server, consents=yes, json_out=json_out)
    elif show:
        _list(opened.missing_lyrics.findings(), json_out=json_out)
    else:
        told = opened.missing_lyrics.wrong(wrong) if wrong else opened.missing_lyrics.right(right or "")
        _say(told, json_out=json_out)


def _find(
    library: Library, where: str | None, limit: int | None, server: str | None, *, consents: bool, json_out: bool
) -> None:
    from platformdirs import user_cache_path

    from songkin.library.missing_lyrics import lrclib

    wanted = library.lyrics_wanted(where)
    count = min(len(wanted.songs), limit or len(wanted.songs))
    client = lrclib(server, cache=user_cache_path("songkin", appauthor=False) / "lrclib")
    if count and not consents:
        _consent(count, client.host)
    with progress(quiet=json_out) as bar:
        task = bar.add_task("asking", total=count) if bar else None

        def tell(done: FoundLyrics) -> None:
            if bar and task is not None:
                bar.update(task, completed=done.asked)

        done = library.find_lyrics(client, where=library.where(where), limit=limit, progress=tell)
    client.close()
    if json_out:
        print_json(done.as_json())
        return
    told = f"{done.found:,} found, {done.instrumental:,} without words to sing, {done.absent:,} not there"
    console().print(f"{songs_counted(done.asked)} asked for: {told}", soft_wrap=True)
    print_notes(_notes(done))


def _consent(count: int, host: str) -> None:
    """Say what goes out and where to, and ask; wrong usage where nobody can answer, nothing done where it is no."""
    songs = songs_counted(count)
    said = f"This sends {SENT} of {songs} to {host}."
    if not sys.stdin.isatty():
        raise typer.BadParameter(f"{said} Say --yes to go online.")
    console(stderr=True).print(said, markup=False, soft_wrap=True)
    typer.confirm("Go on?", abort=True, err=True)


def _notes(done: FoundLyrics) -> list[str]:
    said = []
    if done.unaskable:
        said.append(
            f"{done.unaskable:,} songs without words lack a length, a title or an artist, and cannot be asked for"
        )
    if done.failed:
        said.append(f"{done.failed:,} songs got no answer; the same command asks for them again")
    return said


def _say(told: Told, *, json_out: bool) -> None:
    if json_out:
        print_json(_as_json(told))
    else:
        console().print(f"{told.name}: {told.source or 'no words now'}", markup=False, soft_wrap=True)


def _list(listed: list[Told], *, json_out: bool) -> None:
    if json_out:
        print_json({"found": [_as_json(one) for one in listed]})
        return
    for one in listed:
        wrong = f" (wrong: {', '.join(one.wrong)})" if one.wrong else ""
        console().print(f"{one.id}  {one.name}: {one.source or 'no words now'}{wrong}", markup=False, soft_wrap=True)
    if not listed:
        console().print("Nothing was found online.")


def _as_json(told: Told) -> dict[str, Any]:
    return {"id": told.id, "song": told.name, "source": told.source, "wrong": list(told.wrong)}
