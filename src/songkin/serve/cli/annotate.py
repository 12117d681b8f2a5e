"""songkin annotate: label songs from their words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from songkin.errors import SourceError
from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json, print_losses, print_notes, progress
from songkin.serve.counting import songs_counted

if TYPE_CHECKING:
    from songkin.library import Reading
    from songkin.library.labelling import Labelled, Labels

EXAMPLES = (
    "songkin annotate songs.csv --out labelled.parquet",
    "songkin annotate ~/Music",
    "songkin annotate -L ~/my-songs",
    "songkin annotate songs.jsonl --json",
)
AT_ONCE = 256
TERMS = (
    "the label heads (songkin-labels) were trained on data whose terms are unverified: for research and your own use; "
    "its card says more"
)
SHOWN = 50  # songs of a table
SONG_WIDTH = 34
COMMONEST = 6
NAMED = 3  # of files that brought no song
ENGLISH = "only English"  # in a note that names the language itself
WHY = "why:"  # what a reason is counted by


def run(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="IN...", help="Catalogue or music files, or folders; without, the library is labelled."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where the labels go: a .parquet, .csv or .jsonl file."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Label songs of the library that have labels, too.")] = False,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Predict genre, mood, valence, energy, danceability, language, explicit words and themes from songs' words."""
    if paths and (library or again):
        raise typer.BadParameter(
            "files are labelled into --out, a library in its place (-L, --again): give one of them"
        )
    if out and not paths:
        raise typer.BadParameter("--out takes the labels of files; name some, or leave it out to label the library")
    if paths:
        _files(paths, out, json_out=json_out)
    else:
        _library(library, again=again, json_out=json_out)


def _library(place: str | None, *, again: bool, json_out: bool) -> None:
    """Label a library in its place."""
    from songkin.library import Library

    opened = Library.open(place)
    total = opened.info()["songs"]
    with progress(quiet=json_out) as bar:
        task = bar.add_task("labelling", total=total) if bar else None

        def show(done: Labelled) -> None:
            if bar and task is not None:
                bar.update(task, completed=done.songs)

        done = opened.annotate(again=again, progress=show)
    if json_out:
        print_json(done.as_json())
    else:
        said = f"{songs_counted(done.songs)}: {done.labelled:,} labelled, {done.unchanged:,} labelled before"
        console().print(f"{said}, {done.silent:,} without labels", soft_wrap=True)
    print_notes([*_why(done.why), TERMS])


def _files(paths: list[str], out: Path | None, *, json_out: bool) -> None:
    """Label the songs of files, into a file, a table or a document."""
    from songkin.library import Reading
    from songkin.library.labelling import annotator, columns, row
    from songkin.serve.label_files import check, left_out, written

    if out:
        check(out, paths)
    reading, maker = Reading.of(paths), annotator()
    if out:
        reading.files = left_out(out, reading.files, columns(maker.heads))
    songs = reading.each_once()
    counts: Counter[str] = Counter()
    shown: list[dict[str, Any]] = []
    try:
        with _bar(reading, quiet=json_out) as tell, _target(out, columns(maker.heads), written) as write:
            while chunk := list(islice(songs, AT_ONCE)):
                labels = list(maker.labels(chunk))
                rows = [row(own) for own in labels]
                write(rows)
                _count(counts, labels)
                if out is None:
                    pairs = zip(chunk, rows, strict=True)
                    named = [own if json_out else {**own, "id": song.name} for song, own in pairs]
                    shown += named if json_out else named[: SHOWN - len(shown)]
                tell(len(chunk))
            _refuse_none(reading, counts)  # here, so that no empty file takes the place of one that was there
    finally:
        _tell(reading, every=json_out)
    _report(reading, out, counts, shown, json_out=json_out)


@contextmanager
def _target(out: Path | None, columns: dict[str, str], written: Any) -> Iterator[Any]:
    """Give what writes rows; without a file it writes nothing."""
    if out is None:
        yield lambda rows: None
        return
    with written(out, columns) as write:
        yield write


@contextmanager
def _bar(reading: Reading, *, quiet: bool) -> Iterator[Any]:
    with progress(quiet=quiet) as bar:
        task = bar.add_task("labelling", total=reading.expected()) if bar else None
        yield lambda more: bar.advance(task, more) if bar and task is not None else None


def _count(counts: Counter[str], labels: list[Labels]) -> None:
    """Count the songs that get labels, those that get none, and why."""
    for own in labels:
        counts["songs"] += 1
        counts["silent" if own.abstains else "labelled"] += 1
        if own.abstains:
            counts[f"{WHY}{own.note}"] += 1


def _refuse_none(reading: Reading, counts: Counter[str]) -> None:
    """Refuse files in which there was no song."""
    if not counts["songs"]:
        said = "; the losses are named above" if reading.lost else "; there is no record in it"
        files = [str(file) for file in reading.files]
        more = f" and {len(files) - NAMED:,} more" if len(files) > NAMED else ""
        raise SourceError(f"{', '.join(files[:NAMED])}{more}: no song arrived{said}")


def _tell(reading: Reading, *, every: bool) -> None:
    """Name what was lost, and what arrived without a part."""
    for word, losses in (("lost", reading.lost), ("note", reading.kept)):
        print_losses(word, losses, every=every)


def _report(
    reading: Reading, out: Path | None, counts: Counter[str], shown: list[dict[str, Any]], *, json_out: bool
) -> None:
    """Say what was done on stdout, and why some songs get no labels on stderr."""
    lost = reading.lost
    if json_out:
        totals = {"read": counts["songs"], **{name: counts[name] for name in ("labelled", "silent")}, "lost": len(lost)}
        print_json(totals | ({"out": str(out)} if out else {"songs": shown}))
    else:
        if out is None:
            _print_table(shown)
        where = f", into {out}" if out else ""
        said = f"{songs_counted(counts['songs'])}: {counts['labelled']:,} labelled, {counts['silent']:,} not{where}"
        console().print(said + (f"; {len(lost):,} lost" if lost else ""), markup=False, soft_wrap=True)
        more = counts["songs"] - len(shown)
        print_notes([f"{more:,} more songs; --out FILE takes them all"] if out is None and more else [])
    reasons = Counter({name.removeprefix(WHY): count for name, count in counts.items() if name.startswith(WHY)})
    print_notes([*_why(reasons), TERMS])


def _why(reasons: Counter[str]) -> list[str]:
    """Say why some songs get no labels, the commonest reason first."""
    said = [f"{count:,} ({reason})" for reason, count in reasons.most_common(COMMONEST)]
    rest = reasons.total() - sum(count for _, count in reasons.most_common(COMMONEST))
    return [f"no labels for {', '.join([*said, *([f'{rest:,} others'] if rest else [])])}"] if said else []


def _print_table(rows: list[dict[str, Any]]) -> None:
    """Print the labels of a few songs."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column("song", max_width=SONG_WIDTH)
    for name in ("genre", "mood"):
        table.add_column(name, no_wrap=True)
    for name in ("val", "nrg", "dnc"):
        table.add_column(name, justify="right")
    table.add_column("themes, notes")
    for row in rows:
        genre = f"{row['genre']} {row['p_' + row['genre']]:.0%}" if row["genre"] else "-"
        mood = f"{row['mood']} {max(row['p_happy'], 1 - row['p_happy']):.0%}" if row["mood"] else "-"
        numbers = ("-" if row[name] is None else f"{row[name]:.2f}" for name in ("valence", "energy", "danceability"))
        table.add_row(escape(row["id"]), genre, mood, *numbers, escape(_remarks(row)))  # titles and [de] are no markup
    console().print(table)
    legend = "val, nrg, dnc: valence, energy and danceability from 0 to 1; --out and --json have their intervals"
    console().print(legend, style="dim")


def _remarks(row: dict[str, Any]) -> str:
    """Say a song's themes, its explicit words, its language where it is not English, and the note."""
    explicit = f"explicit: {', '.join(row['explicit_words'])}" if row["explicit"] else ""
    language = f"[{row['language']}]" if row["language"] not in (None, "en") and ENGLISH not in row["note"] else ""
    return "; ".join(part for part in (", ".join(row["themes"]), explicit, language, row["note"]) if part)
