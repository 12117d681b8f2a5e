"""songkin explain: how one song stands to a request, and word by word where they meet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_hits, print_json, print_notes
from songkin.serve.payloads import answer_json

if TYPE_CHECKING:
    from songkin.library import Library
    from songkin.serve.heat import Layer

EXAMPLES = (
    'songkin explain "Home, Sweet Home" --against "songs about leaving home"',
    'songkin explain "Home, Sweet Home" --against "songs about leaving home" --heat --png home.png',
)


def run(
    song: Annotated[str, typer.Argument(metavar="SONG", help="An id, a title, or 'artist - title'.")],
    against: Annotated[str, typer.Option("--against", metavar="REQUEST", help="The request to hold it against.")],
    heat: Annotated[
        bool, typer.Option("--heat", help="Show what each word of the song and of the request adds to their likeness.")
    ] = False,
    attention: Annotated[
        str | None,
        typer.Option(
            "--attention",
            metavar="WHICH",
            help="Show how the song's words attend to each other: mean, a layer (2), or a head of one (2.5).",
        ),
    ] = None,
    png: Annotated[
        Path | None, typer.Option("--png", metavar="FILE", help="Draw --heat or --attention as a picture too.")
    ] = None,
    json_out: options.JsonOut = False,
    user: options.User = None,
    library: options.LibraryPlace = None,
) -> None:
    """Show why a song is, or is not, an answer to a request: its rank, each channel's share, the lines that speak."""
    from songkin.library import Library

    if heat and attention:
        raise typer.BadParameter("--heat and --attention are two pictures; ask for one of them")
    if png and not (heat or attention):
        raise typer.BadParameter("--png goes with --heat or --attention")
    layer = _layer(attention)
    opened = Library.open(library, user=user)
    if heat or attention:
        _show_heat(opened, song, against, layer, by_attention=bool(attention), png=png, json_out=json_out)
    else:
        _show_standing(opened, song, against, json_out=json_out)


def _show_standing(library: Library, song: str, against: str, *, json_out: bool) -> None:
    standing = library.explain(song, against)
    first = standing.rank or 0  # 0 = beyond the ranks that were looked at
    if json_out:
        own = answer_json(standing.query, standing.hits, standing.notes, first=first)
        print_json({**own, "rank": standing.rank, "of": standing.of})
        return
    if standing.hits:
        print_hits(standing.hits, first=first)
        far = f"not among the first {standing.looked_at:,} of {standing.of:,} songs"
        console().print(f"rank {standing.rank:,} of {standing.of:,} songs" if standing.rank else far)
    print_notes(standing.notes)


def _show_heat(
    library: Library,
    song: str,
    against: str,
    layer: Layer,
    *,
    by_attention: bool,
    png: Path | None,
    json_out: bool,
) -> None:
    from songkin.serve.cli.shading import print_heat
    from songkin.serve.heat import heat_json
    from songkin.serve.heat_picture import draw

    heated = library.heat(song, against, by_attention=by_attention)
    if png:
        heated = heated._replace(notes=(*heated.notes, *draw(heated, png, layer)))
    if json_out:
        print_json(heat_json(heated, layer))
    else:
        print_heat(heated, layer)


def _layer(attention: str | None) -> Layer:
    """Read which attention is meant: "mean", "2" or "2.5"; wrong usage otherwise."""
    from songkin.serve.heat import Layer

    if attention in (None, "mean"):
        return Layer()
    layer, _, head = str(attention).partition(".")
    if not layer.isdecimal() or (head and not head.isdecimal()) or str(attention).endswith("."):
        raise typer.BadParameter(f"--attention takes mean, a layer (2) or a head of one (2.5), not '{attention}'")
    return Layer(int(layer), int(head) if head else None)
