"""The options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["Channels", "JsonOut", "K", "Less", "LibraryPlace", "More", "Part", "PerArtist", "Unlike", "Variety", "Weights", "Where"]

LibraryPlace = Annotated[
    str | None,
    typer.Option("--library", "-L", metavar="PATH", help="The library's folder.", show_default="SONGKIN_LIBRARY, or the platform's data folder"),
]  # fmt: skip
JsonOut = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else there.")]
K = Annotated[int, typer.Option("-k", metavar="N", min=1, help="How many songs to show.")]
Where = Annotated[
    str | None,
    typer.Option("--where", "-w", metavar="TERMS", help="Only songs that meet all terms: 'genre:jazz,blues year:1990.. -artist:\"Queen\"'."),
]  # fmt: skip
More = Annotated[list[str] | None, typer.Option("--more", metavar="FEATURE", help="More of a feature than the seed has; may be repeated.")]
Less = Annotated[list[str] | None, typer.Option("--less", metavar="FEATURE", help="Less of a feature than the seed has; may be repeated.")]
Unlike = Annotated[list[str] | None, typer.Option("--unlike", metavar="SONG", help="Keep away from this song; may be repeated.")]
Variety = Annotated[float, typer.Option("--variety", metavar="0..1", help="Trade closeness for difference among the hits.")]
PerArtist = Annotated[int | None, typer.Option("--per-artist", metavar="N", min=1, help="At most N songs of one artist.")]
Weights = Annotated[
    str | None, typer.Option("--weights", metavar="C=W,...", help="Weigh channels for this request: 'words=0.5,meaning=2'.")
]
Channels = Annotated[str | None, typer.Option("--channels", metavar="A,B", help="Ask only these channels: meaning, words, line, title, features.")]
Part = Annotated[str, typer.Option("--in", metavar="all|lyrics|description", help="What the request is held against.")]
