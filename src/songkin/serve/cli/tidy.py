"""songkin tidy: merge small files and drop what nobody needs any more."""

from __future__ import annotations

from typing import Annotated

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json

EXAMPLES = ("songkin tidy", "songkin tidy --now -L ~/my-songs")


def run(
    now: Annotated[
        bool,
        typer.Option("--now", help="Drop all but the latest version; searches under way look again by themselves."),
    ] = False,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Merge small files and give back the room that older versions take. Every add does it at its end, too."""
    from songkin.library.tidying import tidied

    done = tidied(library, now=now)
    if json_out:
        print_json({"freed": done.freed, "disk": done.after._asdict() if done.after else None})
        return
    left = f"; {done.after.spare / 1e6:,.1f} MB stay for a while, for who reads them" if done.after and not now else ""
    console().print(f"{done.freed / 1e6:,.1f} MB freed{left}")
