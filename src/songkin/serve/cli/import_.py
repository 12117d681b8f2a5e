"""songkin import: a library out of the file that songkin export wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json, progress
from songkin.serve.counting import songs_counted

EXAMPLES = (
    "songkin import songs.songkin -L ~/my-songs",
    "songkin import songs.songkin -L ~/my-songs --replace",
    "songkin import /backup/songs.songkin --check",
)


def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What songkin export wrote.")],
    check: Annotated[bool, typer.Option("--check", help="Only read it all and compare every checksum.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of the library that is there.")
    ] = False,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Make a library of an exported file. It is there once every checksum holds, and not before."""
    if check and replace:
        raise typer.BadParameter("--check changes nothing, and --replace goes without it")
    from songkin.library import backups

    with progress(quiet=json_out, counted="rows") as bar:
        task = bar.add_task("checking" if check else "importing") if bar else None

        def show(rows: int) -> None:
            if bar and task is not None:
                bar.advance(task, rows)

        done = (
            backups.check(file, progress=show)
            if check
            else backups.restore(file, library, replace=replace, progress=show)
        )
    if json_out:
        print_json(done._asdict())
    else:
        where = "it is whole" if check else f"they are in {done.place}"
        said = f"{songs_counted(done.songs)}, exported {done.made_at} by {done.made_by}; {where}"
        console().print(said, markup=False, soft_wrap=True)
