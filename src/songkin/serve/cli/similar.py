"""songkin similar: songs like this one, but ..."""

from __future__ import annotations

from typing import Annotated

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import print_answer
from songkin.serve.payloads import features_of, fields_of_flags

EXAMPLES = (
    'songkin similar "Queen - We Are the Champions" --where genre:hip-hop --more energy --more valence',
    'songkin similar "Song A" "Song B" --unlike "Song C" --variety 0.3 --per-artist 1',
    'songkin similar --lyrics new-song.lrc --features "valence=0.7,tempo_bpm=120" --less energy',
    'songkin similar "Song A" --strategy clusters --where genre:country --more valence',
)


def run(
    songs: Annotated[
        list[str] | None, typer.Argument(metavar="SONG...", help="An id, a title, or 'artist - title'.")
    ] = None,
    where: options.Where = None,
    k: options.K = 10,
    more: options.More = None,
    less: options.Less = None,
    lyrics: Annotated[
        str | None,
        typer.Option("--lyrics", metavar="FILE", help="Words of a song the library lacks, text or LRC; - is stdin."),
    ] = None,
    features: Annotated[
        str | None,
        typer.Option("--features", metavar="F=V,...", help="The features of such a song: 'valence=0.7,energy=0.5'."),
    ] = None,
    unlike: options.Unlike = None,
    variety: options.Variety = 0.0,
    per_artist: options.PerArtist = None,
    all_versions: options.AllVersions = False,
    weights: options.Weights = None,
    channels: options.Channels = None,
    part: options.Part = "all",
    strategy: options.Strategy = "",
    clusters: options.Clusters = None,
    batch: options.Batch = None,
    out: options.Out = None,
    no_explain: options.NoExplain = False,
    json_out: options.JsonOut = False,
    user: options.User = None,
    library: options.LibraryPlace = None,
) -> None:
    """Find songs like one of the library's, or like one described by hand, with more or less of a feature."""
    given = lyrics is not None or features is not None
    options.one_of(bool(songs) or given, batch, out, "name a song, describe one with --lyrics, or give --batch FILE")
    from songkin.library import Library
    from songkin.library.lyrics import lyrics_of

    opened = Library.open(library, user=user)
    read = fields_of_flags(opened, weights=weights, channels=channels, where=where, more=more, less=less)
    asked = {"k": k, "variety": variety, "per_artist": per_artist, "part": part, "grouped": not all_versions, **read}
    asked |= {"strategy": options.strategy_of(strategy, clusters)}
    if batch:
        from songkin.serve.cli.batches import answer_file

        asked["unlike"] = tuple(opened.song(name).song.id for name in unlike or ())
        answer_file(opened, batch, out, defaults=asked, explain=None if no_explain else opened.search)
        return
    text, said = lyrics_of(lyrics) if lyrics is not None else ("", ())
    own = {"lyrics": text, "features": features_of(features)}
    answer = opened.similar(*(songs or []), unlike=unlike or (), **asked, **own)
    print_answer(answer.query, answer.hits, said + answer.notes, json_out=json_out)
