"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "Batch",
    "Channels",
    "JsonOut",
    "K",
    "Less",
    "LibraryPlace",
    "More",
    "NoExplain",
    "Out",
    "Part",
    "PerArtist",
    "Unlike",
    "Variety",
    "Weights",
    "Where",
    "one_of",
]

LibraryPlace = Annotated[
    str | None,
    typer.Option(
        "--library",
        "-L",
        metavar="PATH",
        help="The library's folder; SONGKIN_LIBRARY or the platform's data folder otherwise.",
    ),
]
JsonOut = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else there.")]
K = Annotated[int, typer.Option("-k", metavar="N", min=1, help="How many songs to show.")]
Where = Annotated[
    str | None,
    typer.Option(
        "--where",
        "-w",
        metavar="TERMS",
        help="Only songs that meet all terms: 'genre:jazz,blues year:1990.. -artist:\"Queen\"'.",
    ),
]
More = Annotated[
    list[str] | None,
    typer.Option("--more", metavar="FEATURE", help="More of a feature than the seed has; may be repeated."),
]
Less = Annotated[
    list[str] | None,
    typer.Option("--less", metavar="FEATURE", help="Less of a feature than the seed has; may be repeated."),
]
Unlike = Annotated[
    list[str] | None, typer.Option("--unlike", metavar="SONG", help="Keep away from this song; may be repeated.")
]
Variety = Annotated[
    float, typer.Option("--variety", metavar="0..1", help="Trade closeness for difference among the hits.")
]
PerArtist = Annotated[
    int | None, typer.Option("--per-artist", metavar="N", min=1, help="At most N songs of one artist.")
]
Weights = Annotated[
    str | None,
    typer.Option("--weights", metavar="C=W,...", help="Weigh channels for this request: 'words=0.5,meaning=2'."),
]
Channels = Annotated[
    str | None,
    typer.Option("--channels", metavar="A,B", help="Ask only these channels: meaning, words, line, title, features."),
]
Part = Annotated[str, typer.Option("--in", metavar="PART", help="Hold the request against all, lyrics or description.")]
Batch = Annotated[
    Path | None, typer.Option("--batch", metavar="IN.jsonl", help="Answer a file of requests, one JSON object a line.")
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="OUT.jsonl", help="Where the batch's hits go; stdout otherwise.")
]
NoExplain = Annotated[bool, typer.Option("--no-explain", help="Batch: ids and scores only, much faster.")]


def one_of(asked: bool, batch: Path | None, out: Path | None, cure: str) -> None:
    """Make sure a command was given one request, or a file of them, and --out only with the file; else wrong usage."""
    if asked == (batch is not None):
        raise typer.BadParameter(cure)
    if out and not batch:
        raise typer.BadParameter("--out goes with --batch FILE; one answer goes to stdout")
