"""songkin search: find songs for a request in plain words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import print_hits, print_json, print_notes
from songkin.serve.payloads import answer_json, named_numbers, targets_of

EXAMPLES = """Examples:  songkin search "quiet songs about leaving home"  ·  songkin search "drums of war" --where "year:..1900"  ·
songkin search "a train at night" --where "genre:country,folk -explicit:true" --more energy  ·
songkin search --batch requests.jsonl --out hits.jsonl --no-explain"""


def run(
    text: Annotated[str | None, typer.Argument(help="What the song is about, says, or sounds like.")] = None,
    where: options.Where = None,
    k: options.K = 10,
    more: options.More = None,
    less: options.Less = None,
    like: Annotated[list[str] | None, typer.Option("--like", metavar="SONG", help="Also be like this song.")] = None,
    unlike: options.Unlike = None,
    variety: options.Variety = 0.0,
    per_artist: options.PerArtist = None,
    weights: options.Weights = None,
    channels: options.Channels = None,
    part: options.Part = "all",
    batch: Annotated[Path | None, typer.Option("--batch", metavar="IN.jsonl", help="Answer a file of requests.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="OUT.jsonl", help="Where the batch's hits go; stdout otherwise.")] = None,
    no_explain: Annotated[bool, typer.Option("--no-explain", help="Batch: ids and scores only, much faster.")] = False,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Find songs for a request in plain words, with the line or the descriptors that say why."""
    if (text is None) == (batch is None):
        raise typer.BadParameter("give a request in quotes, or --batch FILE", param_hint="TEXT")
    from songkin.library import Library

    opened = Library.open(library)
    asked: dict[str, Any] = {"k": k, "variety": variety, "per_artist": per_artist, "weights": named_numbers(weights), "part": part}
    asked["channels"] = tuple(name.strip() for name in (channels or "").split(",") if name.strip())
    if batch:
        from songkin.serve.cli.batches import answer_file

        asked["where"] = opened.where(where)
        answer_file(opened, batch, out, defaults=asked, explain=None if no_explain else opened.search)
        return
    asked |= {"where": where, "targets": targets_of(more or (), less or ())}
    asked |= {"like": tuple(opened.song(name).song.id for name in like or ())}
    asked |= {"unlike": tuple(opened.song(name).song.id for name in unlike or ())}
    answer = opened.search(text or "", **asked)
    if json_out:
        print_json(answer_json(answer.query, answer.hits, answer.notes))
    else:
        print_hits(answer.hits)
        print_notes(answer.notes)


