"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "AllVersions",
    "Batch",
    "Channels",
    "Clusters",
    "JsonOut",
    "K",
    "Less",
    "LibraryPlace",
    "More",
    "NoExplain",
    "Out",
    "Part",
    "PerArtist",
    "Strategy",
    "Unlike",
    "User",
    "Variety",
    "Verbatim",
    "Weights",
    "Where",
    "one_of",
    "strategy_of",
]

LibraryPlace = Annotated[
    str | None,
    typer.Option(
        "--library",
        "-L",
        metavar="PATH",
        help="The library's folder, or s3://BUCKET/PATH; else SONGKIN_LIBRARY, or the platform's data folder.",
    ),
]
JsonOut = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else there.")]
User = Annotated[
    str | None,
    typer.Option("--user", metavar="NAME", help="Who asks: whose exclusions hold; SONGKIN_USER otherwise."),
]
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
AllVersions = Annotated[
    bool,
    typer.Option(
        "--all-versions",
        help="Show each version of a song by itself: remaster, live, cover. A batch does, unless a row is grouped.",
    ),
]
Weights = Annotated[
    str | None,
    typer.Option(
        "--weights",
        metavar="C=W,...",
        help="Weigh channels for this request: 'words=0.5,meaning=2'; 'lyrics' is those that read words together: "
        "'lyrics=0.7,sound=0.3'.",
    ),
]
Channels = Annotated[
    str | None,
    typer.Option(
        "--channels", metavar="A,B", help="Ask only these channels: meaning, words, line, title, features, sound."
    ),
]
Part = Annotated[str, typer.Option("--in", metavar="PART", help="Hold the request against all, lyrics or description.")]
Strategy = Annotated[
    str,
    typer.Option(
        "--strategy",
        metavar="NAME",
        help="Another way to look: clusters (nearest cluster of lyrics; --more and --less are hard conditions), "
        "cosine (the same among all songs) or keywords (songs that sing the seed's keywords, by both).",
    ),
]
Clusters = Annotated[
    int | None,
    typer.Option(
        "--clusters",
        metavar="K",
        min=1,
        help="With --strategy clusters: how many there are (5); with keywords: keep to the nearest of so many.",
    ),
]
Batch = Annotated[
    Path | None, typer.Option("--batch", metavar="IN.jsonl", help="Answer a file of requests, one JSON object a line.")
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="OUT.jsonl", help="Where the batch's hits go; stdout otherwise.")
]
Verbatim = Annotated[
    bool, typer.Option("--verbatim", help="Take the request as words: read no seeds, conditions or denials out of it.")
]
NoExplain = Annotated[bool, typer.Option("--no-explain", help="Batch: ids and scores only, much faster.")]


def strategy_of(strategy: str, clusters: int | None) -> str:
    """Return the strategy as a query names it: "clusters=4"; --clusters without its strategy is wrong usage."""
    if clusters is None:
        return strategy
    if strategy not in ("clusters", "keywords"):
        raise typer.BadParameter("--clusters goes with --strategy clusters or keywords")
    return f"{strategy}={clusters}"


def one_of(asked: bool, batch: Path | None, out: Path | None, cure: str) -> None:
    """Make sure a command was given one request, or a file of them, and --out only with the file; else wrong usage."""
    if asked == (batch is not None):
        raise typer.BadParameter(cure)
    if out and not batch:
        raise typer.BadParameter("--out goes with --batch FILE; one answer goes to stdout")
