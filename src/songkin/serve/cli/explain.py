"""songkin explain: how one song stands to a request."""

from __future__ import annotations

from typing import Annotated

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_hits, print_json, print_notes
from songkin.serve.payloads import answer_json

EXAMPLES = ('songkin explain "Home, Sweet Home" --against "songs about leaving home"',)


def run(
    song: Annotated[str, typer.Argument(metavar="SONG", help="An id, a title, or 'artist - title'.")],
    against: Annotated[str, typer.Option("--against", metavar="REQUEST", help="The request to hold it against.")],
    json_out: options.JsonOut = False,
    user: options.User = None,
    library: options.LibraryPlace = None,
) -> None:
    """Show why a song is, or is not, an answer to a request: its rank, each channel's share, the lines that speak."""
    from songkin.library import Library

    standing = Library.open(library, user=user).explain(song, against)
    first = standing.rank or 0  # 0 = beyond the ranks that were looked at
    if json_out:
        own = answer_json(standing.query, standing.hits, standing.notes, first=first)
        print_json({**own, "rank": standing.rank, "of": standing.of})
        return
    if standing.hits:
        print_hits(standing.hits, first=first)
        far = f"not among the first {standing.looked_at:,} of {standing.of:,} songs"
        console().print(f"rank {standing.rank:,} of {standing.of:,} songs" if standing.rank else far)
    print_notes(standing.notes)
