"""songkin score: how alike two songs are, or each pair of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from songkin.errors import QueryError
from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json, print_losses, print_notes, print_reasons, progress
from songkin.serve.payloads import named_numbers, score_json

if TYPE_CHECKING:
    from songkin.library.comparing import Compared
    from songkin.library.scoring import Pair, PairScore

EXAMPLES = (
    'songkin score "Queen - We Are the Champions" "Queen - We Will Rock You"',
    "songkin score one two --songs songs.csv --json",
    "songkin score --pairs pairs.csv --out scores.csv -L ~/my-songs",
    "songkin score --pairs pairs.csv --out scores.csv --songs songs.jsonl --weights lyrics=0.5,sound=0.5",
)
ROWS_AT_ONCE = 10_000
SHOWN = 20  # pairs without a score that are named


def run(
    songs: Annotated[
        list[str] | None, typer.Argument(metavar="A B", help="Two songs: an id, a title, or 'artist - title' each.")
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option("--pairs", metavar="FILE", help="Score each pair of a .csv, .tsv, .jsonl or .parquet: a,b (ids)."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where a,b,score goes: .csv, .jsonl or .parquet.")
    ] = None,
    catalogue: Annotated[
        Path | None,
        typer.Option("--songs", metavar="FILE", help="Take the songs from this catalogue file, not from a library."),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option("--weights", metavar="P=W,...", help="What each part counts: 'lyrics=0.7,sound=0.3'."),
    ] = None,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Say how alike two songs are, from 0 (unrelated) to 1 (the same), and why; or score a file of pairs."""
    if bool(songs) == bool(pairs) or (songs and len(songs) != 2):
        raise typer.BadParameter("name two songs, or give a file of pairs with --pairs FILE --out FILE")
    if bool(out) != bool(pairs):
        raise typer.BadParameter("--pairs and --out go together; the score of two songs goes to stdout")
    if catalogue and library:
        raise typer.BadParameter("songs come from a file (--songs) or from a library (-L): give one of them")
    counts = named_numbers(weights)
    if pairs and out:
        _file(pairs, out, catalogue, library, counts, json_out=json_out)
    elif songs:
        _show(_compared(songs, catalogue, library, counts), json_out=json_out)


def _compared(songs: list[str], catalogue: Path | None, library: str | None, weights: dict[str, float]) -> Compared:
    from songkin.library import Library, Reading
    from songkin.library.score_files import file_score

    if catalogue is None:
        return Library.open(library).score(songs[0], songs[1], weights=weights)
    reading = Reading.of([catalogue])
    found = file_score(reading, songs[0], songs[1], weights=weights)
    print_losses("lost", reading.lost[:SHOWN])
    return found


def _show(found: Compared, *, json_out: bool) -> None:
    if json_out:
        print_json(score_json(found))
        return
    said = "no score" if found.score is None else f"{found.score:.2f}"
    console().print(f"{said}   {found.one.name} | {found.other.name}", markup=False, soft_wrap=True, style="bold")
    print_reasons(found.reasons)
    print_notes(found.notes)


def _file(
    pairs: Path, out: Path, catalogue: Path | None, library: str | None, weights: dict[str, float], *, json_out: bool
) -> None:
    """Score a file of pairs; QueryError where none could be scored."""
    from songkin.serve.pair_files import check, pairs_in, row, written

    check(pairs, out)
    total, wanted = _counted(pairs_in(pairs), keep=catalogue is not None)
    lost: list[str] = []
    scored = 0
    with progress(quiet=json_out, counted="pairs") as bar:
        task = bar.add_task("scoring", total=total) if bar else None
        with _scores(pairs_in(pairs), wanted, catalogue, library, weights) as found, written(out) as write:
            while chunk := list(islice(found, ROWS_AT_ONCE)):
                write([row(own.pair.a, own.pair.b, own.score) for own in chunk])
                lost += [f"{pairs}:{own.pair.line}: {own.why}" for own in chunk if own.score is None]
                scored += sum(own.score is not None for own in chunk)
                if bar and task is not None:
                    bar.advance(task, len(chunk))
            if not scored:
                _tell(lost)
                raise QueryError(f"{pairs}: no pair could be scored{' (named above)' if lost else '; it has none'}")
    _tell(lost)
    if json_out:
        print_json({"pairs": total, "scored": scored, "unscored": total - scored, "out": str(out)})
    else:
        console().print(f"{total:,} pairs: {scored:,} scored, into {out}", markup=False, soft_wrap=True)


@contextmanager
def _scores(
    pairs: Iterable[Pair], wanted: set[str], catalogue: Path | None, library: str | None, weights: dict[str, float]
) -> Iterator[Iterator[PairScore]]:
    """Give the scores of pairs, from a file of songs or a library, and say at the end what they rest on."""
    from songkin.library import Library, Reading
    from songkin.library.score_files import file_scores

    if catalogue is None:
        opened = Library.open(library)
        yield opened.score_pairs(pairs, weights=weights)
        print_notes([opened.basis.note] if opened.basis.note else [])
        return
    reading, notes = Reading.of([catalogue]), list[str]()
    yield file_scores(reading, pairs, wanted, weights=weights, notes=notes)
    print_losses("lost", reading.lost[:SHOWN])
    print_notes(notes)


def _counted(pairs: Iterable[Pair], *, keep: bool) -> tuple[int, set[str]]:
    """Count pairs, and `keep` the ids that they name."""
    total, ids = 0, set[str]()
    for pair in pairs:
        total += 1
        if keep:
            ids |= {pair.a, pair.b}
    return total, ids


def _tell(lost: list[str]) -> None:
    more = [f"{len(lost) - SHOWN:,} more pairs"] if len(lost) > SHOWN else []
    print_losses("no score", [*lost[:SHOWN], *more])
