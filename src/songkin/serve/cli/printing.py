"""What a terminal shows: answers as tables, progress with songs a second, notes on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from songkin.types import Hit, Reason

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

__all__ = ["console", "print_hits", "print_json", "print_notes", "progress", "stamp"]

NAMES = {"meaning": "meaning", "words": "words", "line": "line", "title": "title", "features": "sound-alike"}


def console(*, stderr: bool = False) -> Console:
    """Return a console that is as wide as the terminal, and 100 characters where there is none."""
    from rich.console import Console

    there = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, soft_wrap=False, width=None if there.isatty() else 100)


def print_json(value: Any) -> None:
    """Print one JSON document."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_notes(notes: Sequence[str]) -> None:
    """Print what could not be honoured, where it does not disturb a pipe."""
    for note in notes:
        console(stderr=True).print(f"note: {note}", style="yellow", markup=False)


def print_hits(hits: Sequence[Hit]) -> None:
    """Print hits as a table: rank, song, score, and why."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if not hits:
        console().print("No song found.")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("#", justify="right", style="dim")
    table.add_column("song", ratio=2)
    table.add_column("score", justify="right")
    table.add_column("why", ratio=3)
    for rank, hit in enumerate(hits, 1):
        song = Text(hit.song.title or hit.song.id, style="bold")
        song.append(f"\n{hit.song.artist}{f', {hit.song.year}' if hit.song.year else ''}", style="not bold dim")
        table.add_row(str(rank), song, f"{hit.score:.2f}", Text("\n").join(_why(reason) for reason in hit.reasons))
    console().print(table)


def _why(reason: Reason) -> Any:
    from rich.text import Text

    share = f" {reason.share:.0%}" if reason.share else ""
    text = Text(f"{NAMES.get(reason.channel, reason.channel)}{share}", style="cyan")
    text.append(f" {reason.words}" if reason.words else "", style="not bold default")
    if reason.line:
        at = f" [{stamp(reason.start_ms)}]" if reason.start_ms is not None else ""
        text.append(f"\n  “{reason.line}”{at}", style="italic default")
    return text


def stamp(start_ms: int) -> str:
    """Write a time as minutes and seconds.

    >>> stamp(61_200)
    '1:01'
    """
    return f"{start_ms // 60_000}:{start_ms // 1000 % 60:02d}"


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress | None]:
    """Show a progress bar on stderr with songs a second and the time left; none where nobody looks."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Speed(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f} songs/s" if task.speed else "", style="dim")

    if quiet or not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Speed(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        yield bar
