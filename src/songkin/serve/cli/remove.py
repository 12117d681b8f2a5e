"""songkin remove: take songs out."""

from __future__ import annotations

from typing import Annotated

import typer

from songkin.errors import QueryError
from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json

EXAMPLES = ("songkin remove 2EjXfH91m7f8HiJN1yQg97", "songkin remove demo-001 demo-002 -L ~/my-songs")


def run(
    ids: Annotated[
        list[str], typer.Argument(metavar="ID...", help="The songs' ids, as search shows them with --json.")
    ],
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Take songs out of the library, by id. The files they came from are not touched."""
    from songkin.library import Library

    removed = Library.remove(ids, library)
    unknown = len(set(ids)) - removed
    if json_out:
        print_json({"removed": removed, "unknown": unknown})
    elif removed:
        console().print(f"{removed:,} removed" + (f", {unknown:,} ids unknown" if unknown else ""))
    if not removed:
        raise QueryError(f"no song has the id '{ids[0]}'; songkin search ... --json shows ids")
