"""songkin similar: songs like this one, but ..."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import print_hits, print_json, print_notes
from songkin.serve.payloads import answer_json, named_numbers, targets_of

EXAMPLES = """Examples:  songkin similar "Queen - We Are the Champions" --where genre:hip-hop --more energy --more valence  ·
songkin similar "Song A" "Song B" --unlike "Song C" --variety 0.3 --per-artist 1"""


def run(
    songs: Annotated[list[str] | None, typer.Argument(metavar="SONG...", help="An id, a title, or 'artist - title'.")] = None,
    where: options.Where = None,
    k: options.K = 10,
    more: options.More = None,
    less: options.Less = None,
    unlike: options.Unlike = None,
    variety: options.Variety = 0.0,
    per_artist: options.PerArtist = None,
    weights: options.Weights = None,
    channels: options.Channels = None,
    part: options.Part = "all",
    batch: Annotated[Path | None, typer.Option("--batch", metavar="IN.jsonl", help="Answer a file of requests.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="OUT.jsonl", help="Where the batch's hits go; stdout otherwise.")] = None,
    no_explain: Annotated[bool, typer.Option("--no-explain", help="Batch: ids and scores only.")] = False,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Find songs like one of the library's, under conditions and with more or less of a feature."""
    if (not songs) == (batch is None):
        raise typer.BadParameter("name a song, or give --batch FILE", param_hint="SONG")
    from songkin.library import Library

    opened = Library.open(library)
    asked: dict[str, Any] = {"k": k, "variety": variety, "per_artist": per_artist, "weights": named_numbers(weights), "part": part}
    asked["channels"] = tuple(name.strip() for name in (channels or "").split(",") if name.strip())
    asked["targets"] = targets_of(more or (), less or ())
    if batch:
        from songkin.serve.cli.batches import answer_file

        asked["where"] = opened.where(where)
        answer_file(opened, batch, out, defaults=asked, explain=None if no_explain else opened.search)
        return
    answer = opened.similar(*(songs or []), where=where, unlike=unlike or (), **asked)
    if json_out:
        print_json(answer_json(answer.query, answer.hits, answer.notes))
    else:
        print_hits(answer.hits)
        print_notes(answer.notes)
