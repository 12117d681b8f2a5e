"""songkin shard: a library in shards, for one that outgrows a machine."""

from __future__ import annotations

from typing import Annotated

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json, progress
from songkin.serve.counting import songs_counted

EXAMPLES = (
    "songkin shard /shared/in-shards --shards 4",
    "songkin shard /shared/in-shards -L ~/my-songs",
    "songkin serve -L /shared/in-shards --replicas 2",
)


def run(
    place: Annotated[str, typer.Argument(metavar="PLACE", help="Where the shards go: a folder, or s3://bucket/path.")],
    shards: Annotated[
        int | None,
        typer.Option("--shards", metavar="N", min=1, help="How many; needed the first time, and kept after it."),
    ] = None,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Copy the library into shards, which are asked like one library. Again = only what changed is copied."""
    from songkin.library.splitting import split_into

    with progress(quiet=json_out) as bar:
        task = bar.add_task("copying") if bar else None

        def show(copied: int) -> None:
            if bar and task is not None:
                bar.update(task, completed=copied)

        done = split_into(place, shards, library=library, progress=show)
    if json_out:
        print_json(done._asdict())
        return
    said = f"{songs_counted(done.songs)} in {done.shards} shards, {done.copied:,} copied, {done.removed:,} removed"
    console().print(said, markup=False, soft_wrap=True)
