"""songkin similar: songs like this one, but ..."""

from __future__ import annotations

from typing import Annotated

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import print_answer
from songkin.serve.payloads import fields_of_flags

EXAMPLES = (
    'songkin similar "Queen - We Are the Champions" --where genre:hip-hop --more energy --more valence',
    'songkin similar "Song A" "Song B" --unlike "Song C" --variety 0.3 --per-artist 1',
)


def run(
    songs: Annotated[
        list[str] | None, typer.Argument(metavar="SONG...", help="An id, a title, or 'artist - title'.")
    ] = None,
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
    batch: options.Batch = None,
    out: options.Out = None,
    no_explain: options.NoExplain = False,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Find songs like one of the library's, under conditions and with more or less of a feature."""
    options.one_of(bool(songs), batch, out, "name a song, or give --batch FILE")
    from songkin.library import Library

    opened = Library.open(library)
    read = fields_of_flags(opened, weights=weights, channels=channels, where=where, more=more, less=less)
    asked = {"k": k, "variety": variety, "per_artist": per_artist, "part": part, **read}
    if batch:
        from songkin.serve.cli.batches import answer_file

        asked["unlike"] = tuple(opened.song(name).song.id for name in unlike or ())
        answer_file(opened, batch, out, defaults=asked, explain=None if no_explain else opened.search)
        return
    answer = opened.similar(*(songs or []), unlike=unlike or (), **asked)
    print_answer(answer.query, answer.hits, answer.notes, json_out=json_out)
