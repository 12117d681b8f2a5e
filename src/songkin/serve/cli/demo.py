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
from songkin.serve.cli.printing import console, print_hits, print_json, print_notes, print_understood, progress
from songkin.serve.payloads import answer_json

if TYPE_CHECKING:
    from songkin.library import Library
    from songkin.types import Hit, Query

EXAMPLES = ("songkin demo", "songkin demo --keep ~/demo-songs", 'songkin search "rain" -L ~/demo-songs')


class Shown(NamedTuple):
    """One way to ask: the command a user would type, and what it answers."""

    says: str
    command: str
    query: Query
    hits: tuple[Hit, ...]
    notes: tuple[str, ...]
    understood: str


class Way(NamedTuple):
    """One way to ask: the method of `Library`, what it is asked, and the conditions."""

    says: str
    method: str
    asked: str
    where: str | None = None
    more: tuple[str, ...] = ()
    part: str = "all"

    def of(self, library: Library) -> Shown:
        """Ask the library."""
        own: dict[str, Any] = {"k": HITS} | ({"where": self.where} if self.where else {})
        own |= {"targets": dict.fromkeys(self.more, 1.0)} if self.more else {}
        own |= {"part": self.part} if self.part != "all" else {}
        answer = getattr(library, self.method)(self.asked, **own)
        return Shown(self.says, self.command(), answer.query, answer.hits, answer.notes, answer.understood)

    def command(self) -> str:
        """Return what a user would type."""
        words = [f'songkin {self.method} "{self.asked}"', f"--in {self.part}" if self.part != "all" else ""]
        words += [
            f'--where "{self.where}"' if self.where else "",
            *(f"--more {name}" for name in self.more),
            f"-k {HITS}",
        ]
        return " ".join(word for word in words if word)


HITS = 2
WAYS = (
    Way("In plain words", "search", "melancholic teen voice over acoustic guitar"),
    Way("By what it says, in any words", "search", "a worker tired at the end of the night", part="lyrics"),
    Way("Under conditions", "search", "dancing until the morning", "language:es,fr year:1990.."),
    Way("By a line, misspelt and cut", "line", "last trian out of harow"),
    Way("By a line, misheard", "line", "there's a lantern on the fairy at the hedge of town"),
    Way("In a sentence", "search", "like Borowed Umbrella but hip-hop and more energetic, not about rain"),
    Way("Like this one, but with more energy", "similar", "Borrowed Umbrella", "genre:pop,electronic", ("energy",)),
    Way("Like this one, but older", "similar", "Nobody's Porch Light", "year:..1990"),
)


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
        opened = Library.open(place)
        shown = [way.of(opened) for way in WAYS]
        if json_out:
            ways = [{"command": s.command, **answer_json(s.query, s.hits, s.notes)} for s in shown]
            print_json({"added": done.as_json(), "ways": ways})
        else:
            _show(done.read, took, shown, keep)


def _show(songs: int, took: float, shown: list[Shown], keep: Path | None) -> None:
    console().print(f"{songs} songs we wrote, read, cleaned and encoded in {took:.1f} s\n")
    for way in shown:
        console().print(f"[bold]{way.says}[/]")
        console().print(f"$ {way.command}", style="green", markup=False, soft_wrap=True)
        print_understood(way.understood)
        print_hits(way.hits)
        print_notes(way.notes)
    here = f'kept: songkin search "..." -L {keep}' if keep else "gone now; songkin demo --keep PATH leaves it"
    console().print(f"That was a library of {songs} songs. It is {here}.", soft_wrap=True, markup=False)
    console().print(
        "Your own songs: songkin add ~/Music songs.csv, then songkin search, line, similar without -L.", soft_wrap=True
    )


@contextmanager
def _place(keep: Path | None) -> Iterator[Path]:
    if keep:
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="songkin-demo-") as folder:
        yield Path(folder) / "library"
