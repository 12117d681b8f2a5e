"""songkin exclude: songs one never wants to see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json, print_notes

if TYPE_CHECKING:
    from songkin.library import Library
    from songkin.library.excluding import Excluded

EXAMPLES = (
    'songkin exclude artist:"Nina Simone" season:christmas',
    'songkin exclude "genre:jazz year:..1940" --user anna',
    "songkin exclude --list",
    "songkin exclude --undo 2",
)


def run(
    terms: Annotated[
        list[str] | None,
        typer.Argument(metavar="TERMS...", help="Conditions as in --where; each argument is an exclusion of its own."),
    ] = None,
    undo: Annotated[
        list[str] | None,
        typer.Option("--undo", metavar="N|TERMS", help="Take an exclusion back, by number or text; may be repeated."),
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take back every exclusion of the user.")] = False,
    show: Annotated[bool, typer.Option("--list", help="Show what is excluded, and how many songs each hides.")] = False,
    user: options.User = None,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Never show songs that meet a condition, in any search, until it is taken back. Nothing is removed."""
    if sum(map(bool, (terms, undo, clear, show))) != 1:
        raise typer.BadParameter("give what to exclude, or one of --list, --undo and --clear")
    from songkin.library import Library

    opened = Library.open(library, user=user)
    if terms:
        _exclude(opened, terms, json_out=json_out)
    elif show:
        _list(opened, json_out=json_out)
    else:
        _take_back(opened, undo, json_out=json_out)


def _exclude(library: Library, terms: Sequence[str], *, json_out: bool) -> None:
    excluded = library.exclude(*map(quoted_again, terms))
    if json_out:
        print_json({"excluded": [_as_json(one) for one in excluded], "notes": _notes(library, excluded)})
        return
    for one in excluded:
        songs = "1 song is" if one.songs == 1 else f"{one.songs:,} songs are"
        console().print(f"{songs} never shown: {one.words}", markup=False, soft_wrap=True)
    print_notes(_notes(library, excluded))


def quoted_again(term: str) -> str:
    """Put back the quotes that a shell takes off: artist:"Nina Simone" arrives as artist:Nina Simone.

    >>> quoted_again("artist:Nina Simone,Queen")
    'artist:"Nina Simone",Queen'
    """
    field, colon, value = term.partition(":")
    if not colon or '"' in term or ":" in value or " " not in value.strip():
        return term
    return f"{field}:" + ",".join(f'"{part}"' if " " in part else part for part in re.split(r",(?! )", value.strip()))


def _notes(library: Library, excluded: Sequence[Excluded]) -> list[str]:
    """Say which exclusions hide nothing, and whether any song is left."""
    total, left = library.store.counts().songs, library.left()
    notes = [f"no song meets {one.where} now; it holds for songs that come" for one in excluded if not one.songs]
    everything = [
        f"{one.where} hides every song; to take it back: {one.undo}" for one in excluded if one.songs == total > 0
    ]
    if total and not left and not everything:
        everything = ["no song is left; songkin exclude --list shows what hides them"]
    return notes + everything


def _list(library: Library, *, json_out: bool) -> None:
    listed = library.exclusions()
    total, left = library.store.counts().songs, library.left()
    if json_out:
        print_json({"exclusions": [_as_json(one) for one in listed], "songs": total, "left": left})
        return
    if not listed:
        console().print("Nothing is excluded.")
        return
    console().print(_table(listed))
    console().print(f"\n{left:,} of {total:,} songs are left")


def _table(listed: Sequence[Excluded]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column("#", justify="right", style="dim")
    for name in ("excluded", "for"):
        table.add_column(name)
    table.add_column("songs", justify="right")
    for one in listed:
        table.add_row(str(one.number), Text(one.where), Text(one.exclusion.user or "everybody"), f"{one.songs:,}")
    return table


def _take_back(library: Library, undo: Sequence[str] | None, *, json_out: bool) -> None:
    """Take exclusions back, all named ones before any is gone, so that numbers mean what the list said."""
    mine = [one for one in library.exclusions() if one.exclusion.user == library.user]
    named = [library.exclusion(quoted_again(one)) for one in undo] if undo else [one.exclusion for one in mine]
    gone = [library.include(one.where).where for one in dict.fromkeys(named)]
    if json_out:
        print_json({"taken_back": gone})
    else:
        for where in gone:
            console().print(f"shown again: {where}", markup=False, soft_wrap=True)
        if not gone:
            console().print("Nothing was excluded.")


def _as_json(one: Excluded) -> dict[str, Any]:
    return {
        "number": one.number,
        "where": one.where,
        "words": one.words,
        "user": one.exclusion.user,
        "songs": one.songs,
    }
