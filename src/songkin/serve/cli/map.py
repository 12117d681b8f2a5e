"""songkin map: the library as a plane, in a page that opens from disk."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json, print_notes

if TYPE_CHECKING:
    from songkin.library.charting import SongMap

EXAMPLES = (
    "songkin map",
    "songkin map --out ~/songs.html --parquet songs-on-a-map.parquet",
    "songkin map --fresh --json",
)
PAGE = Path("map.html")
TELLING = 3  # songs, of which one has a nearer and a farther neighbour


def run(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="MAP.html", help="Where the page goes; map.html unless you say.")
    ] = None,
    parquet: Annotated[
        Path | None,
        typer.Option("--parquet", metavar="MAP.parquet", help="Write places and columns; no page unless --out."),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Lay all songs out anew, instead of placing new ones among the others.")
    ] = False,
    json_out: options.JsonOut = False,
    user: options.User = None,
    library: options.LibraryPlace = None,
) -> None:
    """Draw every song at a place where its neighbours are songs like it, in one page that opens from disk."""
    from songkin.library import Library
    from songkin.library.charting import write_parquet
    from songkin.library.whole_files import check_place, whole

    page = out or (None if parquet else PAGE)
    for place, option in ((page, "--out"), (parquet, "--parquet")):
        if place:
            check_place(place, option)
    if page and parquet and page.resolve() == parquet.resolve():
        raise typer.BadParameter(f"{page}: --out and --parquet name the same file; give each its own")
    opened = Library.open(library, user=user)
    with _waiting("laying the map out", quiet=json_out):
        song_map = opened.map(fresh=fresh)
    if page:
        _write(page, song_map, opened.store.tables.at.name)
    if parquet:
        with whole(parquet, "--parquet") as draft:
            write_parquet(song_map, draft)
    if json_out:
        print_json(_json(song_map, page, parquet))
    else:
        _show(song_map, [path for path in (page, parquet) if path])
        print_notes(song_map.notes)


def _write(path: Path, song_map: SongMap, title: str) -> None:
    from songkin.library.whole_files import whole
    from songkin.serve.map_page import page

    with whole(path) as draft:
        draft.write_text(page(song_map, title=title), encoding="utf-8")


def _json(song_map: SongMap, page: Path | None, parquet: Path | None) -> dict[str, object]:
    trust = None if math.isnan(song_map.trustworthiness) else round(song_map.trustworthiness, 4)
    places = {"page": str(page) if page else None, "parquet": str(parquet) if parquet else None}
    return {"songs": len(song_map.ids), "trustworthiness": trust, **places, "notes": list(song_map.notes)}


def _show(song_map: SongMap, written: list[Path]) -> None:
    songs = len(song_map.ids)
    said = f"{songs:,} song{'s' * (songs != 1)} on the map"
    if not math.isnan(song_map.trustworthiness):
        said += f"; trustworthiness {song_map.trustworthiness:.2f} (1 = all neighbours on the map are true neighbours)"
    elif songs >= TELLING:
        said += "; all songs are alike here, so there is no trustworthiness to tell"
    console().print(f"{said}.", markup=False, soft_wrap=True)
    for path in written:
        console().print(f"written: {path}", markup=False, soft_wrap=True)


@contextmanager
def _waiting(said: str, *, quiet: bool) -> Iterator[None]:
    """Show on a terminal that work goes on."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    with console(stderr=True).status(f"{said} ..."):
        yield
