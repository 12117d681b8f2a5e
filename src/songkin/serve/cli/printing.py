"""What a terminal shows: answers as tables, progress with songs a second, notes on stderr."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from songkin.serve.payloads import answer_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from songkin.library import Timing
    from songkin.types import Hit, Query, Reason

__all__ = [
    "console",
    "harmless",
    "json_text",
    "pace",
    "print_answer",
    "print_hits",
    "print_json",
    "print_losses",
    "print_notes",
    "print_reasons",
    "print_timing",
    "print_understood",
    "progress",
    "reasons_grid",
    "stamp",
]

NAMES = {"features": "sound-alike"}
NO_TERMINAL = 100  # characters a line where the output is no terminal
LOSSES_SHOWN = 20
SONG_WIDTH = 36
STEP_WIDTH = 16
LEAST_MS = 0.05  # of a step that is worth a line
CHANNEL_WIDTH = len("meaning 100%")
STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def console(*, stderr: bool = False) -> Console:
    """Return a console that is as wide as the terminal, and 100 characters where there is none.

    What steers a terminal is left out of what it prints: ids, columns and names of files come as their source has them.
    """
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    class Plain(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
            for segment in super().render(renderable, options):
                yield segment if segment.control else segment._replace(text=harmless(segment.text))

    there = sys.stderr if stderr else sys.stdout
    width = None if there.isatty() else shutil.get_terminal_size((NO_TERMINAL, 25)).columns
    return Plain(stderr=stderr, highlight=False, soft_wrap=False, width=width)


def harmless(text: str) -> str:
    """Return text without control characters other than line ends and tabs.

    >>> harmless("a\\x1b[31m\\x07 b")
    'a[31m b'
    """
    return STEERS.sub("", text)


def print_losses(word: str, losses: Sequence[str], *, every: bool = True) -> None:
    """Print what was lost on stderr, one line each behind `word`: `every` one, or the first 20 and how many follow."""
    shown = losses if every else losses[:LOSSES_SHOWN]
    for loss in shown:
        print(f"{word}: {' '.join(harmless(loss).split())}", file=sys.stderr)
    if more := len(losses) - len(shown):
        print(f"{word}: and {more:,} more (--json names them all)", file=sys.stderr)


def json_text(value: Any, encoding: str | None, *, indent: int | None = None) -> str:
    """Write JSON with letters as they are, escaped where the encoding has none for them."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        text.encode(encoding or "ascii")
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent)
    return text


def print_json(value: Any) -> None:
    """Print one JSON document."""
    print(json_text(value, sys.stdout.encoding, indent=2))


def print_notes(notes: Sequence[str]) -> None:
    """Print what could not be honoured, where it does not disturb a pipe."""
    for note in notes:
        console(stderr=True).print(f"note: {note}", style="yellow", markup=False, soft_wrap=True)


def print_understood(said: str) -> None:
    """Print what a request was taken for beyond its words; nothing where it was words only."""
    if said:
        console().print(f"understood: {said}", style="dim", markup=False, soft_wrap=True)
        console().print()


def print_answer(
    query: Query, hits: Sequence[Hit], notes: Sequence[str], *, json_out: bool, timing: Timing | None = None
) -> None:
    """Print an answer, as a table or as the contract's JSON, and where its time went."""
    if json_out:
        told = {"timing": timing_json(timing)} if timing else {}
        print_json(answer_json(query, hits, notes) | told)
        return
    print_hits(hits)
    print_notes(notes)
    if timing:
        print_timing(timing)


def print_timing(timing: Timing) -> None:
    """Print where the time of a request went, a line each step, and what of it was waiting for the store."""
    steps = [*timing.steps_ms.items(), ("in all", timing.total_ms)]
    lines = [f"{name:<{STEP_WIDTH}}{took:>9.1f} ms" for name, took in steps if took >= LEAST_MS]
    fetched = f"{len(timing.fetches_ms)} fetches from the store within: {sum(timing.fetches_ms):.1f} ms"
    console().print("\n".join(["", *lines, fetched]), style="dim", markup=False, soft_wrap=True)


def timing_json(timing: Timing) -> dict[str, Any]:
    """Write where the time of a request went."""
    steps = {name: round(took, 2) for name, took in timing.steps_ms.items()}
    store = {"fetches": len(timing.fetches_ms), "ms": round(sum(timing.fetches_ms), 2)}
    return {"total_ms": round(timing.total_ms, 2), "steps_ms": steps, "store": store}


def print_hits(hits: Sequence[Hit], *, first: int = 1) -> None:
    """Print hits as a table: rank from `first`, song, score, and why."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if not hits:
        console().print("No song found.")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column("#", justify="right", style="dim")
    table.add_column("song", max_width=SONG_WIDTH)
    table.add_column("score", justify="right")
    table.add_column("why")
    for rank, hit in enumerate(hits, first):
        song = Text(hit.song.title or hit.song.id, style="bold")
        about = ", ".join(part for part in (hit.song.artist, str(hit.song.year or "")) if part)
        others = [f"+{len(hit.versions)} version{'s' if len(hit.versions) > 1 else ''}"] if hit.versions else []
        song.append("".join(f"\n{line}" for line in (about, *others) if line), style="not bold dim")
        table.add_row(str(rank), song, f"{hit.score:.2f}", reasons_grid(hit.reasons))
    console().print(table)
    console().print()


def print_reasons(reasons: Sequence[Reason]) -> None:
    """Print reasons, a line each: the channel with its share, and what it has to show."""
    console().print(reasons_grid(reasons))


def reasons_grid(reasons: Sequence[Reason]) -> Any:
    """Return a grid of channels and what they have to show; a line is quoted once."""
    from rich.table import Table
    from rich.text import Text

    grid, quoted = Table.grid(padding=(0, 1)), set()
    grid.add_column(style="cyan", no_wrap=True, min_width=CHANNEL_WIDTH)
    for reason, percent in zip(reasons, percents([reason.share for reason in reasons]), strict=True):
        name, share = NAMES.get(reason.channel, reason.channel), f" {percent}%" if reason.share else ""
        said = [] if reason.line and reason.channel in reason.words else [reason.words]
        if reason.line and reason.line not in quoted:
            at = f" [{stamp(reason.start_ms)}]" if reason.start_ms is not None else ""
            said.append(f"“{reason.line}”{at}")
            quoted.add(reason.line)
        grid.add_row(name + share, Text("\n".join(filter(None, said)) or "the same line"))
    return grid


def percents(shares: Sequence[float]) -> list[int]:
    """Round shares so that they still add up: the largest remainders are rounded up.

    >>> percents([0.625, 0.375])
    [63, 37]
    """
    whole = [int(100 * share) for share in shares]
    left = round(100 * sum(shares)) - sum(whole)
    for at in sorted(range(len(shares)), key=lambda at: whole[at] - 100 * shares[at])[:left]:
        whole[at] += 1
    return whole


def stamp(start_ms: int) -> str:
    """Write a time as minutes and seconds.

    >>> stamp(61_200)
    '1:01'
    """
    return f"{start_ms // 60_000}:{start_ms // 1000 % 60:02d}"


@contextmanager
def progress(*, quiet: bool, counted: str = "songs") -> Iterator[Progress | None]:
    """Show a progress bar on stderr: how many of what is counted go by a second, and the time left. None unseen."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
    from rich.text import Text

    class Pace(ProgressColumn):
        said: Mapping[int, tuple[float, str]] = MappingProxyType({})

        def render(self, task: Task) -> Text:
            if task.completed != self.said.get(task.id, (-1.0, ""))[0]:  # songs come in chunks, news only with them
                now = pace(task.completed, task.total, task.elapsed or 0.0, counted)
                self.said = {**self.said, task.id: (task.completed, now)}
            return Text(self.said[task.id][1], style="dim")

    if quiet or not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Pace())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        yield bar


def pace(songs: float, total: float | None, elapsed_s: float, counted: str = "songs") -> str:
    """Say how many songs a second go by, and how long the rest takes where the total is known.

    >>> pace(120, 300, 60.0)
    '2 songs/s, 1:30 left'
    """
    if not songs or elapsed_s <= 0:
        return ""
    speed = songs / elapsed_s
    left = f", {stamp(int(max(total - songs, 0) / speed * 1000))} left" if total is not None else ""
    return (f"{speed:,.0f}" if speed >= 1 else f"{speed:.1f}") + f" {counted}/s{left}"
