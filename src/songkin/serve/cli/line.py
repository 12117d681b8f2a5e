"""songkin line: find the song a remembered line comes from."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import print_answer

EXAMPLES = (
    'songkin line "mid pleasures and palaces"',
    'songkin line "the ants are my friends blowing in the wind" --where "year:1950.."',
    "songkin line --batch lines.jsonl --out hits.jsonl",
)


def run(
    text: Annotated[
        str | None,
        typer.Argument(metavar="LINE", help="The line, as you remember it; spelling and hearing may be off."),
    ] = None,
    where: options.Where = None,
    k: options.K = 5,
    all_versions: options.AllVersions = False,
    batch: options.Batch = None,
    out: options.Out = None,
    no_explain: options.NoExplain = False,
    json_out: options.JsonOut = False,
    user: options.User = None,
    library: options.LibraryPlace = None,
) -> None:
    """Find the song, the line and its time stamp from a remembered line: misheard, misspelt, cut or shuffled."""
    options.one_of(text is not None, batch, out, "give a line in quotes, or --batch FILE")
    from songkin.library import Library

    opened = Library.open(library, user=user)
    if batch:
        from songkin.serve.cli.batches import answer_file

        asked: dict[str, Any] = {"verbatim": True, "k": k, "where": opened.where(where), "grouped": False}
        answer_file(opened, batch, out, defaults=asked, explain=None if no_explain else opened.line, lines=True)
        return
    answer = opened.line(text or "", where=where, k=k, grouped=not all_versions)
    print_answer(answer.query, answer.hits, answer.notes, json_out=json_out)
