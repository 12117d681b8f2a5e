"""songkin search: find songs for a request in plain words."""

from __future__ import annotations

from typing import Annotated

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import print_answer, print_notes, print_understood
from songkin.serve.payloads import fields_of_flags

EXAMPLES = (
    'songkin search "quiet songs about leaving home"',
    'songkin search "drums of war" --where "year:..1900"',
    'songkin search "like Borrowed Umbrella but folk and more upbeat, not about rain, under 4 minutes"',
    'songkin search "a train at night" --where "genre:country,folk -explicit:true" --more energy',
    "songkin search --batch requests.jsonl --out hits.jsonl --no-explain",
)


def run(
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="What the song is about, says, or sounds like.")
    ] = None,
    where: options.Where = None,
    k: options.K = 10,
    more: options.More = None,
    less: options.Less = None,
    like: Annotated[
        list[str] | None, typer.Option("--like", metavar="SONG", help="Also be like this song; may be repeated.")
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
    verbatim: options.Verbatim = False,
    batch: options.Batch = None,
    out: options.Out = None,
    no_explain: options.NoExplain = False,
    timing: Annotated[
        bool, typer.Option("--timing", help="Say where the time of the request went, step by step.")
    ] = False,
    json_out: options.JsonOut = False,
    user: options.User = None,
    library: options.LibraryPlace = None,
) -> None:
    """Find songs for a request in plain words, with the line or the descriptors that say why."""
    if timing and batch:
        raise typer.BadParameter("--timing tells of one request; leave out --batch")
    options.one_of(
        text is not None or bool(like and not batch), batch, out, "give a request in quotes, or --batch FILE"
    )
    from songkin.library import Library, timed
    from songkin.types import Query

    opened = Library.open(library, user=user)
    liked, unliked = ([opened.song(name) for name in names or ()] for names in (like, unlike))
    read = fields_of_flags(opened, weights=weights, channels=channels, where=where, more=more, less=less)
    asked = {"k": k, "variety": variety, "per_artist": per_artist, "part": part, **read}
    asked |= {"grouped": not (all_versions or batch)}
    asked |= {"strategy": options.strategy_of(strategy, clusters)}
    asked |= {"like": tuple(seed.song.id for seed in liked), "unlike": tuple(seed.song.id for seed in unliked)}
    said = tuple(seed.note for seed in (*liked, *unliked) if seed.note)
    if batch:
        from songkin.serve.cli.batches import answer_file

        print_notes(said)
        asked["verbatim"] = verbatim
        answer_file(opened, batch, out, defaults=asked, explain=None if no_explain else opened.search)
        return
    request = Query(text=text or "", **asked) if verbatim else text or ""
    with timed() as told:
        answer = opened.search(request, **({} if verbatim else asked))
    if not json_out:
        print_understood(answer.understood)
    shown = told if timing else None
    print_answer(answer.query, answer.hits, said + answer.notes, json_out=json_out, timing=shown)
