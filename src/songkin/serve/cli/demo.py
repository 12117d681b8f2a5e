"""songkin demo: the songs we ship, searched in every way."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_hits, print_json, print_notes, progress
from songkin.serve.payloads import answer_json

if TYPE_CHECKING:
    from songkin.library import Library

EXAMPLES = ("songkin demo", "songkin demo --keep ~/demo-songs", 'songkin search "rain" -L ~/demo-songs')


class Shown(NamedTuple):
    """One way to ask: the command a user would type, and what it answers."""

    says: str
    command: str
    answer: Any


def run(
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="PATH", help="Leave the demo library here, to go on with.")
    ] = None,
    json_out: options.JsonOut = False,
) -> None:
    """Build a library from the songs we ship, search it in every way, and end."""
    from songkin.datasets import demo
    from songkin.library import Library, Reading

    with _place(keep) as place:
        reading = Reading.of([demo.path()])
        start = time.perf_counter()
        with progress(quiet=json_out) as bar:
            task = bar.add_task("adding", total=reading.expected()) if bar else None
            done = Library.add(
                reading.songs(),
                place,
                progress=lambda done: bar.update(task, completed=done.read) if bar and task is not None else None,
            )
        took = time.perf_counter() - start
        shown = list(ways(Library.open(place)))
        if json_out:
            ways_json = [{"command": way.command, **answer_json(*way.answer)} for way in shown]
            print_json({"added": done.as_json(), "ways": ways_json})
            return
        console().print(f"{done.read} songs we wrote, read, cleaned and encoded in {took:.1f} s\n")
        for way in shown:
            console().print(f"[bold]{way.says}[/]\n[green]$ {way.command}[/]")
            print_hits(way.answer[1])
            print_notes(way.answer[2])
        here = (
            f'it is kept: songkin search "..." -L {keep}'
            if keep
            else "it is gone now; songkin demo --keep PATH leaves it"
        )
        console().print(
            f"That was a library of {done.read} songs; {here}.\nYour own: songkin add songs.csv", soft_wrap=True
        )


@contextmanager
def _place(keep: Path | None) -> Iterator[Path]:
    if keep:
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="songkin-demo-") as folder:
        yield Path(folder) / "library"


def ways(library: Library) -> Iterator[Shown]:
    """Ask the demo library in each way there is."""
    k = 3
    asked = "melancholic voice over acoustic guitar"
    yield Shown("In plain words", f'songkin search "{asked}"', _parts(library.search(asked, k=k)))
    asked = "leaving the small town where I grew up"
    yield Shown(
        "By what it says", f'songkin search "{asked}" --in lyrics', _parts(library.search(asked, k=k, part="lyrics"))
    )
    asked, where = "dancing all night", "year:1990.. language:es"
    yield Shown(
        "Under conditions",
        f'songkin search "{asked}" --where "{where}"',
        _parts(library.search(asked, k=k, where=where)),
    )


def _parts(answer: Any) -> tuple[Any, Any, Any]:
    return answer.query, answer.hits, answer.notes
