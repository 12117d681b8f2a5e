"""songkin line: find the song a remembered line comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import print_hits, print_json, print_notes
from songkin.serve.payloads import answer_json

EXAMPLES = """Examples:  songkin line "mid pleasures and palaces"  ·  songkin line "the ants are my friends blowing in the wind"  ·
songkin line --batch lines.jsonl --out hits.jsonl"""


def run(
    text: Annotated[str | None, typer.Argument(help="The line, as you remember it; spelling and hearing may be off.")] = None,
    where: options.Where = None,
    k: options.K = 5,
    batch: Annotated[Path | None, typer.Option("--batch", metavar="IN.jsonl", help="Answer a file of lines.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="OUT.jsonl", help="Where the batch's hits go; stdout otherwise.")] = None,
    no_explain: Annotated[bool, typer.Option("--no-explain", help="Batch: ids and scores only.")] = False,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Find the song, the line and its time stamp from a remembered line: misheard, misspelt, cut or shuffled."""
    if (text is None) == (batch is None):
        raise typer.BadParameter("give a line in quotes, or --batch FILE", param_hint="TEXT")
    from songkin.library import Library

    opened = Library.open(library)
    if batch:
        from songkin.serve.cli.batches import answer_file

        asked: dict[str, Any] = {"k": k, "where": opened.where(where)}
        answer_file(opened, batch, out, defaults=asked, explain=None if no_explain else opened.line, lines=True)
        return
    answer = opened.line(text or "", where=where, k=k)
    if json_out:
        print_json(answer_json(answer.query, answer.hits, answer.notes))
    else:
        print_hits(answer.hits)
        print_notes(answer.notes)
