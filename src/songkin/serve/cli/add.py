"""songkin add: bring songs in."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json, progress

EXAMPLES = """Examples:  songkin add songs.csv  ·  songkin add catalogue/ more.jsonl -L ~/my-songs  ·  songkin add songs.parquet --no-encode  ·
songkin add songs.csv --encoder ./my-model --reencode"""

LOSSES_SHOWN = 20


def run(
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH...", help="CSV, TSV, JSONL, JSON or Parquet files, or folders of them.")] = None,
    no_encode: Annotated[bool, typer.Option("--no-encode", help="Leave the vectors to a later add; words and lines work at once.")] = False,
    encoder: Annotated[str | None, typer.Option("--encoder", metavar="NAME", help="A folder with an ONNX model, or a hub name; the shipped one otherwise.")] = None,
    reencode: Annotated[bool, typer.Option("--reencode", help="Make every vector again, with the encoder named.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if any record was lost.")] = False,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Add songs from catalogue files. Again = only what changed; stopping keeps what is done, and the next run goes on."""
    if not paths and not reencode:
        raise typer.BadParameter("name at least one file or folder", param_hint="PATH")
    from songkin.library import Library, Reading

    reading = Reading.of(paths or [])
    if not json_out:
        for guess in reading.guesses():
            console(stderr=True).print(guess, style="dim", markup=False)
    with progress(quiet=json_out) as bar:
        task = bar.add_task("adding", total=reading.expected()) if bar else None

        def show(done: Any) -> None:
            if bar and task is not None:
                finished = done.read >= (bar.tasks[0].total or 0) and done.encoded > done.added + done.changed
                bar.update(task, completed=done.read, description="encoding" if finished else "adding")

        done = Library.add(reading.songs(), library, encoder=encoder, encode=not no_encode, reencode=reencode, progress=show)
    report(done, [*reading.lost, *done.lost], json_out=json_out)
    if (strict and (reading.lost or done.lost)) or (paths and not done.read):
        raise typer.Exit(1)


def report(done: Any, lost: list[str], *, json_out: bool) -> None:
    """Say what was done on stdout, and every loss on stderr."""
    for loss in lost if json_out else lost[:LOSSES_SHOWN]:
        print(f"lost: {loss}", file=sys.stderr)
    if len(lost) > LOSSES_SHOWN and not json_out:
        print(f"lost: and {len(lost) - LOSSES_SHOWN:,} more (--json names them all)", file=sys.stderr)
    if json_out:
        print_json({**done.as_json(), "lost": len(lost)})
        return
    words = [f"{done.read:,} songs read", f"{done.added:,} added", f"{done.changed:,} changed", f"{done.unchanged:,} unchanged"]
    words += [f"{done.encoded:,} encoded"] if done.encoded else []
    console().print(", ".join(words + ([f"{len(lost):,} losses"] if lost else [])))
