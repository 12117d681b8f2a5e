"""Playlists on a terminal: a table of songs with their reasons, the arc drawn in blocks, the saved ones listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from songkin.serve.cli.printing import console, reasons_grid, stamp
from songkin.serve.playlist_payload import arc_values, minutes_of

if TYPE_CHECKING:
    from songkin.library.playlists import Saved, Wish
    from songkin.types import Playlist

__all__ = ["drawn", "print_playlist", "print_saved"]

BLOCKS = "▁▂▃▄▅▆▇█"
SONG_WIDTH = 34
REASONS = 2  # shown of each song, the strongest; --json has all


def print_playlist(playlist: Playlist, wish: Wish) -> None:
    """Print the songs in order with length and reasons, the arc's picture above them and how long they last below."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if not playlist.hits:
        console().print("No song found.")
        return
    if playlist.understood:
        console().print(f"understood: {playlist.understood}\n", style="dim", markup=False, soft_wrap=True)
    feature = wish.arc.partition(":")[0].strip()
    values = arc_values(playlist, feature) if feature else []
    if any(value is not None for value in values):
        console().print(f"{feature} {drawn(values)} {_ends(values)}\n", markup=False, soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column("#", justify="right", style="dim")
    table.add_column("song", max_width=SONG_WIDTH)
    table.add_column("length", justify="right")
    table.add_column("score", justify="right")
    table.add_column("why")
    for number, hit in enumerate(playlist.hits, 1):
        song = Text(hit.song.title or hit.song.id, style="bold")
        about = ", ".join(part for part in (hit.song.artist, str(hit.song.year or "")) if part)
        song.append(f"\n{about}" if about else "", style="not bold dim")
        lasts = "?" if hit.song.duration_s is None else stamp(round(1000 * hit.song.duration_s))
        table.add_row(str(number), song, lasts, f"{hit.score:.2f}", reasons_grid(hit.reasons[:REASONS]))
    console().print(table)
    count = "1 song" if len(playlist.hits) == 1 else f"{len(playlist.hits)} songs"
    console().print(f"\n{count}, {minutes_of(playlist):.0f} minutes")


def drawn(values: Sequence[float | None]) -> str:
    """Draw values in blocks between the lowest and the highest; what is not known is a gap.

    >>> drawn([0.2, 0.4, None, 0.9])
    '▁▃ █'
    """
    known = [value for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    top = len(BLOCKS) - 1
    return "".join(
        " " if value is None else BLOCKS[round(top * (value - low) / (high - low)) if high > low else top // 2]
        for value in values
    )


def _ends(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{known[0]:.3g} → {known[-1]:.3g}"


def print_saved(saved: Sequence[Saved]) -> None:
    """Print the saved playlists: name, whose, how many songs, how long, and when it was made."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if not saved:
        console().print("No playlist is saved.")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for name in ("playlist", "for"):
        table.add_column(name)
    for name in ("songs", "minutes", "by hand"):
        table.add_column(name, justify="right")
    table.add_column("made")
    for one in saved:
        changed = len(one.pinned) + len(one.dropped)
        numbers = (str(len(one.playlist.hits)), f"{minutes_of(one.playlist):.0f}", str(changed or ""))
        table.add_row(Text(one.name), Text(one.user or "everybody"), *numbers, one.refreshed_at[:16].replace("T", " "))
    console().print(table)
