"""songkin feedback: what one likes, skips, and never wants to hear again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json

if TYPE_CHECKING:
    from songkin.library.opinions import Opinion, Opinions

EXAMPLES = (
    'songkin feedback "Night Tram" --like',
    'songkin feedback "Harbour Lights" "Slow Tide" --skip --user anna',
    "songkin feedback a1 --never",
    "songkin feedback --list",
    'songkin feedback --undo "Night Tram"',
)
SAID = {"like": "liked", "skip": "skipped", "never": "never again"}


def run(
    songs: Annotated[
        list[str] | None, typer.Argument(metavar="SONG...", help="An id, a title, or 'artist - title'.")
    ] = None,
    like: Annotated[bool, typer.Option("--like", help="Raise these songs and songs like them a little.")] = False,
    skip: Annotated[bool, typer.Option("--skip", help="Lower these songs and songs like them a little.")] = False,
    never: Annotated[bool, typer.Option("--never", help="Never show these songs again.")] = False,
    show: Annotated[bool, typer.Option("--list", help="Show what was told.")] = False,
    undo: Annotated[
        list[str] | None, typer.Option("--undo", metavar="SONG", help="Take back what was told of a song; repeatable.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take back all that the user told.")] = False,
    user: options.User = None,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Say what you like, skip or never want again: it orders your answers, touches no vector, and can be undone."""
    verdicts = [name for name, given in (("like", like), ("skip", skip), ("never", never)) if given]
    if bool(songs) != bool(verdicts) or sum((len(verdicts), show, bool(undo), clear)) != 1:
        raise typer.BadParameter("name songs with one of --like, --skip and --never, or give --list, --undo or --clear")
    from songkin.library import Library

    opinions = Library.open(library, user=user).opinions
    if show:
        _list(opinions.all(), json_out=json_out)
    elif songs:
        told = [opinions.tell(song, verdicts[0]) for song in songs]
        _say("told", SAID[verdicts[0]], told, json_out=json_out)
    else:
        _take_back(opinions, undo, json_out=json_out)


def _take_back(opinions: Opinions, undo: Sequence[str] | None, *, json_out: bool) -> None:
    gone = opinions.all() if undo is None else [opinions.take_back(song) for song in undo]
    if undo is None:
        opinions.clear()
    _say("taken_back", "taken back", gone, json_out=json_out)


def _say(field: str, said: str, told: Sequence[Opinion], *, json_out: bool) -> None:
    if json_out:
        print_json({field: [_as_json(one) for one in told]})
        return
    for one in told:
        console().print(f"{said}: {one.title}", markup=False, soft_wrap=True)
    if not told:
        console().print("Nothing was told.")


def _list(told: Sequence[Opinion], *, json_out: bool) -> None:
    if json_out:
        print_json({"opinions": [_as_json(one) for one in told]})
    elif not told:
        console().print("Nothing was told.")
    else:
        console().print(_table(told))


def _table(told: Sequence[Opinion]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for name in ("song", "id", "told", "on"):
        table.add_column(name, overflow="fold")
    for one in told:
        table.add_row(Text(one.title), Text(one.song), SAID[one.verdict], one.told_at[:10])
    return table


def _as_json(one: Opinion) -> dict[str, Any]:
    return {"id": one.song, "song": one.title, "verdict": one.verdict, "told_at": one.told_at, "user": one.user}
