"""songkin demo: the songs we ship, searched and explored in every way."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from songkin.errors import MissingExtra
from songkin.serve.cli import options
from songkin.serve.cli.annotate import TERMS
from songkin.serve.cli.printing import console, print_hits, print_json, print_notes, print_understood, progress
from songkin.serve.counting import songs_counted
from songkin.serve.payloads import answer_json

if TYPE_CHECKING:
    from songkin.library import Added, Library
    from songkin.library.themes import Theme
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


class About(NamedTuple):
    """What the library is about: its coarse themes, the labels of some songs by name, and why there are none."""

    themes: tuple[Theme, ...]
    labels: dict[str, dict[str, Any]]
    note: str


HITS = 2
GRAIN = "coarse"
LABELLED = ("demo-017", "demo-033", "demo-036")  # a happy one, one that has no words, an angry one
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
    """Build a library from the songs we ship, search and explore it in every way, and end."""
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
        about = _about(opened)
        if json_out:
            ways = [{"command": s.command, **answer_json(s.query, s.hits, s.notes)} for s in shown]
            themes = [{"name": theme.name, "songs": theme.songs} for theme in about.themes]
            print_json({"added": done.as_json(), "ways": ways, "themes": themes, "labels": list(about.labels.values())})
        else:
            _show(done, took, shown)
            _show_about(about)
            _show_end(done.read, keep)


def _about(library: Library) -> About:
    """Find the library's themes, and label some songs as they stand in the catalogue; the library keeps no labels."""
    from songkin.datasets import demo
    from songkin.library.labelling import annotator, row

    themes = tuple(library.themes(grain=GRAIN).themes)
    chosen = [song for song in demo.songs() if song.id in LABELLED]
    try:
        told = annotator().labels(chosen)
        return About(themes, {song.name: row(own) for song, own in zip(chosen, told, strict=True)}, TERMS)
    except MissingExtra as error:
        return About(themes, {}, str(error))


def _show(done: Added, took: float, shown: list[Shown]) -> None:
    what = "unchanged, read again" if done.unchanged == done.read else "read, cleaned and encoded"
    console().print(f"{done.read} songs we wrote, {what} in {took:.1f} s\n")
    for way in shown:
        _head(way.says, way.command)
        print_understood(way.understood)
        print_hits(way.hits)
        print_notes(way.notes)


def _show_about(about: About) -> None:
    """Print a line a theme, and a line a song that was labelled."""
    _head("What the library sings about", f"songkin clusters --grain {GRAIN}")
    for theme in about.themes:
        song = f", such as {theme.examples[0].name}" if theme.examples else ""
        console().print(f"{theme.number}  {theme.name}: {songs_counted(theme.songs)}{song}", markup=False)
    console().print()
    _head("Labels, predicted from the words alone", "songkin annotate songs.jsonl")
    for name, own in about.labels.items():
        console().print(f"{name}: {_label(own)}", markup=False)
    console().print()
    print_notes([about.note])


def _label(own: dict[str, Any]) -> str:
    """Say how likely a song's genre and mood are, and its themes; or why nothing is said."""
    if not own["genre"]:
        return str(own["note"])
    mood = max(own["p_happy"], 1 - own["p_happy"])
    likely = f"{own['genre']} {own['p_' + own['genre']]:.0%}, {own['mood']} {mood:.0%}"
    return "; ".join(part for part in (likely, ", ".join(own["themes"])) if part)


def _head(says: str, command: str) -> None:
    console().print(f"[bold]{says}[/]")
    console().print(f"$ {command}", style="green", markup=False, soft_wrap=True)


def _show_end(songs: int, keep: Path | None) -> None:
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
