"""songkin export: the library as one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json, progress
from songkin.serve.counting import songs_counted

EXAMPLES = (
    "songkin export --out songs.songkin",
    "songkin export -L ~/my-songs --out /backup/songs.songkin --replace",
    "songkin export --format jsonl --out songs.jsonl",
)
FORMATS = ("songkin", "jsonl")


def run(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the library goes; it is there once whole.")],
    format: Annotated[
        str,
        typer.Option(
            "--format", metavar="NAME", help="songkin: all of it; jsonl: its songs, as songkin add reads them."
        ),
    ] = "songkin",
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Write the library to one file with checksums, for songkin import. Others may search and add meanwhile."""
    if format not in FORMATS:
        raise typer.BadParameter(f"'{format}' is no format; it is songkin or jsonl", param_hint="--format")
    from songkin.library.backups import export, export_songs

    write = export if format == "songkin" else export_songs
    with progress(quiet=json_out, counted="rows") as bar:
        task = bar.add_task("exporting") if bar else None
        done = write(
            library,
            out,
            replace=replace,
            progress=lambda rows: bar.advance(task, rows) if bar and task is not None else None,
        )
    if json_out:
        print_json(done.as_json())
    else:
        size = f"{done.bytes / 1e6:,.1f} MB"
        console().print(f"{songs_counted(done.songs)} in {done.path}, {size}", markup=False, soft_wrap=True)
