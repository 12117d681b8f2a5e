"""songkin clusters: the themes of a library, with names, and the songs that fit none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json, print_notes
from songkin.serve.counting import songs_counted

if TYPE_CHECKING:
    from songkin.library.themes import Member, Outlier, Theme, Themes, ThemeSongs

EXAMPLES = (
    "songkin clusters",
    "songkin clusters --grain coarse --json",
    "songkin clusters -k 12",
    'songkin clusters --songs "snow, santa"',
)
LISTED = 3  # outliers in the table
DESCRIPTORS = 2  # beside a name
EXAMPLES_SHOWN = 2
HIGHEST_LIFT = 20  # beyond it a lift hangs on the one or two songs elsewhere


def run(
    grain: Annotated[
        str | None, typer.Option("--grain", metavar="GRAIN", help="coarse, medium (unless you say), or fine.")
    ] = None,
    k: Annotated[int | None, typer.Option("-k", metavar="N", min=1, help="As many themes as this instead.")] = None,
    songs: Annotated[
        str | None, typer.Option("--songs", metavar="THEME", help="List the songs of a theme, by its number or name.")
    ] = None,
    json_out: options.JsonOut = False,
    user: options.User = None,
    library: options.LibraryPlace = None,
) -> None:
    """Show what the library sings about: themes with names, some songs of each, and the songs that fit none."""
    if grain is not None and k is not None:
        raise typer.BadParameter("--grain names a number of themes, and so does -k; give one of them")
    from songkin.library import Library

    opened = Library.open(library, user=user)
    if songs is not None:
        _songs(opened.theme(songs, grain=grain or "medium", k=k), json_out=json_out)
        return
    themes = opened.themes(grain=grain or "medium", k=k)
    if json_out:
        print_json(_json(themes))
    else:
        _show(themes)
        print_notes(themes.notes)


def _songs(found: ThemeSongs, *, json_out: bool) -> None:
    if json_out:
        print_json({"theme": _theme_json(found.theme), "songs": [_member_json(song) for song in found.songs]})
        return
    from rich.table import Table
    from rich.text import Text

    theme = found.theme
    console().print(f"{theme.number} {theme.name}: {songs_counted(theme.songs)}\n", markup=False)
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for song in found.songs:
        table.add_row(f"{song.nearness:.2f}", Text(song.name), Text(song.id, style="dim"))
    console().print(table)
    if hidden := theme.songs - len(found.songs):
        said = "1 of its songs is" if hidden == 1 else f"{hidden:,} of its songs are"
        print_notes([f"{said} excluded, and not shown"])


def _show(themes: Themes) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if not themes.themes:
        console().print("No themes.")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column("#", justify="right")
    table.add_column("theme")
    for column in ("songs", "cohesion", "stable"):
        table.add_column(column, justify="right")
    table.add_column("for example")
    for theme in themes.themes:
        name = Text(theme.name, style="bold")
        single = len(themes.themes) == 1  # then nothing is commoner than elsewhere
        tags = ", ".join(
            tag.name if single else f"{tag.name} {_times(tag.lift)}" for tag in theme.descriptors[:DESCRIPTORS]
        )
        name.append(f"\n{tags}" if tags else "", style="not bold dim")
        songs = "\n".join(song.name for song in theme.examples[:EXAMPLES_SHOWN])
        examples = Text(songs, overflow="ellipsis", no_wrap=True)
        known = "-" if math.isnan(theme.stays) or single else f"{theme.stays:.0%}"
        table.add_row(str(theme.number), name, f"{theme.songs:,}", f"{theme.cohesion:.2f}", known, examples)
    console().print(table)
    console().print()
    _quality(themes)
    _alone(themes.outliers, themes.lone)


def _times(lift: float) -> str:
    """Write how many times commoner a descriptor is here than elsewhere.

    >>> _times(2.345), _times(12.0), _times(306.0)
    ('×2.3', '×12', '>×20')
    """
    if lift > HIGHEST_LIFT:
        return f">×{HIGHEST_LIFT}"
    return f"×{lift:.{0 if lift >= 10 else 1}f}"


def _quality(themes: Themes) -> None:
    """Say in words how far the themes are to be trusted."""
    single = len(themes.themes) == 1
    songs = songs_counted(themes.songs)
    said = [f"{songs} in {'1 theme' if single else f'{len(themes.themes):,} themes'} ({themes.grain})"]
    if not math.isnan(themes.silhouette):
        said.append(f"silhouette {themes.silhouette:.2f} (0 = they touch, 1 = far apart)")
    if not math.isnan(themes.stays) and not single:
        said.append(f"{themes.stays:.0%} of the songs keep their theme when a fifth of the library is left out")
    console().print("; ".join(said) + ".", markup=False, soft_wrap=True)


def _alone(outliers: Sequence[Outlier], lone: int) -> None:
    if not outliers:
        return
    console().print(f"\n{lone:,} song{'s fit' if lone > 1 else ' fits'} nowhere, such as", markup=False)
    for song in outliers[:LISTED]:
        console().print(f"  {song.name}: {song.reason}", markup=False, soft_wrap=True)


# -- JSON --------------------------------------------------------------------------------------------------------------


def _json(themes: Themes) -> dict[str, Any]:
    return {
        "grain": themes.grain,
        "songs": themes.songs,
        "quality": {"silhouette": _number(themes.silhouette), "stays": _number(themes.stays)},
        "themes": [_theme_json(theme) for theme in themes.themes],
        "lone": themes.lone,
        "outliers": [{**song._asdict(), "factor": _number(song.factor)} for song in themes.outliers],
        "notes": list(themes.notes),
    }


def _theme_json(theme: Theme) -> dict[str, Any]:
    own = {name: getattr(theme, name) for name in ("number", "name", "songs", "within")}
    own |= {name: _number(getattr(theme, name)) for name in ("cohesion", "stays")}
    marks = {"words": theme.words, "descriptors": theme.descriptors}
    own |= {name: [_mark_json(mark) for mark in some] for name, some in marks.items()}
    return {**own, "examples": [_member_json(song) for song in theme.examples]}


def _mark_json(mark: Any) -> dict[str, Any]:
    return {name: _number(value) for name, value in mark._asdict().items()}


def _member_json(song: Member) -> dict[str, Any]:
    return {**song._asdict(), "nearness": _number(song.nearness)}


def _number(value: Any) -> Any:
    """Round a number for JSON, which knows no NaN; anything else goes as it is."""
    if not isinstance(value, float):
        return value
    return None if math.isnan(value) else round(value, 4)
