"""songkin add: bring songs in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from songkin.errors import SourceError
from songkin.serve.cli import options
from songkin.serve.cli.players import asker
from songkin.serve.cli.printing import console, print_json, print_losses, print_notes, progress
from songkin.serve.counting import songs_counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.progress import Progress

    from songkin.library import Added
    from songkin.library.listening import Listened
    from songkin.scale.crew import RayCrew

EXAMPLES = (
    "songkin add ~/Music songs.csv",
    "songkin add catalogue/ more.jsonl -L ~/my-songs",
    "songkin add songs.parquet --no-encode",
    "songkin add millions.parquet --fast",
    "songkin add ~/Music --prune",
    "songkin add subsonic://anna@music.local:4533",
    "songkin add ~/Music --listen",
    "songkin add songs.csv --encoder ./my-model --reencode",
    "songkin add millions.parquet --workers 8",
    "songkin add millions.parquet -L /shared/songs --on ray://head.local:10001",
)


def run(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH...",
            help="Music files; CSV, TSV, JSONL, JSON or Parquet files; folders of them; subsonic://user@host:port.",
        ),
    ] = None,
    no_encode: Annotated[
        bool, typer.Option("--no-encode", help="Leave the vectors to a later add; words and lines work at once.")
    ] = False,
    encoder: Annotated[
        str | None,
        typer.Option(
            "--encoder", metavar="NAME", help="A folder with an ONNX model, or a hub name; else the library's own."
        ),
    ] = None,
    dim: Annotated[
        int | None,
        typer.Option(
            "--dim", metavar="N", min=1, help="Keep N numbers of every vector; only cuts the encoder was trained for."
        ),
    ] = None,
    fast: Annotated[
        bool,
        typer.Option("--fast", help="Let the encoder's fast student read lyrics; an add without it reads them again."),
    ] = False,
    reencode: Annotated[bool, typer.Option("--reencode", help="Let another encoder make every vector again.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove the songs that vanished from below the folders or from the servers.")
    ] = False,
    listen: Annotated[
        bool,
        typer.Option("--listen", help="Hear the music files: tempo, key, loudness and more, and who sounds alike."),
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            metavar="N",
            min=1,
            help="Let N processes of Ray read lyrics (needs the extra 'scale'); with --listen: files heard at once.",
        ),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="ADDRESS", help="Let the workers of a Ray cluster read lyrics: ray://host:port."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if any record, or part of one, was lost.")
    ] = False,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Add songs from files and players' servers. Again = only what changed; a stopped run goes on where it ended."""
    if not paths and not reencode and not listen:
        raise typer.BadParameter("name at least one file or folder", param_hint="PATH")
    if no_encode and (encoder or dim or fast or reencode or on or (workers and not listen)):
        work = "--encoder, --dim, --fast, --reencode, --on and --workers"
        raise typer.BadParameter(f"--no-encode leaves no work for {work}")
    if on and listen:
        raise typer.BadParameter("--listen hears the files of this machine; run it on its own, without --on")
    from songkin.library import Library, Reading

    reading = Reading.of(paths or [], may_be_empty=prune, ask=asker())
    if prune and not (reading.folders or reading.servers):
        raise typer.BadParameter("--prune looks below folders, or at servers; name the one that songs vanished from")
    for guess in [] if json_out else reading.guesses():
        console(stderr=True).print(guess, style="dim", markup=False, soft_wrap=True)
    with crew_for(workers, on, listen=listen) as crew, progress(quiet=json_out) as bar:
        show = shown_on(bar, reading.expected()) if bar else None
        done = Library.add(
            reading,
            library,
            encoder=encoder,
            dim=dim,
            encode=not no_encode,
            fast=fast,
            reencode=reencode,
            prune=prune,
            crew=crew,
            progress=show,
        )
        heard = None
        if listen and (done.read or not paths):
            hearing = heard_on(bar) if bar else None
            heard = Library.open(library).listen(workers=workers, encode=not no_encode, progress=hearing)
    lost, kept = [*reading.lost, *done.lost, *(heard.lost if heard else ())], [*reading.kept, *done.kept]
    report(done, lost, kept, heard, prune=prune, json_out=json_out)
    if paths and not done.read and not done.pruned:
        why = "the losses are named above" if lost else "there is no record in it"
        raise SourceError(f"{', '.join(paths)}: no song arrived; {why}")
    if strict and (lost or kept):
        raise SourceError(
            f"--strict: {len(lost):,} records and parts of {len(kept):,} lost, named above; the rest is added"
        )


@contextmanager
def crew_for(workers: int | None, on: str | None, *, listen: bool) -> Iterator[RayCrew | None]:
    """Give who encodes songs in the place of this process, None where nobody does."""
    if listen or not (workers or on):
        yield None
        return
    from songkin.scale.crew import crew

    with crew(workers, on=on) as hired:
        yield hired


def shown_on(bar: Progress, expected: int | None) -> Callable[[Added], None]:
    """Return what moves the bar: songs read, and after them the songs that wait to be encoded."""
    adding = bar.add_task("adding", total=expected)
    filling = bar.add_task("encoding", total=None, visible=False)

    def show(done: Added) -> None:
        bar.update(adding, completed=done.read)
        if done.waiting:
            bar.update(filling, total=done.waiting, completed=done.filled, visible=True)

    return show


def heard_on(bar: Progress) -> Callable[[Listened], None]:
    """Return what moves the bar: files heard, or found to be damaged."""
    hearing = bar.add_task("listening", total=None)

    def show(done: Listened) -> None:
        bar.update(hearing, total=done.files, completed=done.heard + done.damaged)

    return show


def report(
    done: Added,
    lost: Sequence[str],
    kept: Sequence[str],
    heard: Listened | None = None,
    *,
    prune: bool,
    json_out: bool,
) -> None:
    """Say what was done on stdout, and every loss on stderr."""
    for word, losses in (("lost", lost), ("note", kept), ("gone", done.vanished)):
        print_losses(word, losses, every=json_out)
    if json_out:
        also = ({"pruned": done.pruned} if prune else {}) | (heard.as_json() if heard else {})
        print_json({**done.as_json(), "lost": len(lost)} | also)
        return
    words = [
        f"{songs_counted(done.read)} read",
        f"{done.added:,} added",
        f"{done.changed:,} changed",
        f"{done.unchanged:,} unchanged",
    ]
    words += [f"{done.encoded:,} encoded"] if done.encoded else []
    words += [f"{len(lost):,} lost"] if lost else []
    words += [f"{done.pruned:,} pruned"] if prune else []
    words += _heard(heard) if heard else []
    console().print(", ".join(words), soft_wrap=True)
    if done.missed:
        files = "1 music file is" if done.missed == 1 else f"{done.missed:,} music files are"
        print_notes([f"{files} gone whose songs are still in the library; songkin add FOLDER --prune removes them"])
    if done.absent:
        songs = "1 song has" if done.absent == 1 else f"{done.absent:,} songs have"
        print_notes([f"{songs} left the server and stay in the library; songkin add ADDRESS --prune removes them"])


def _heard(heard: Listened) -> list[str]:
    """Say how many songs were heard, now and before, and how many have no music file."""
    words = [f"{heard.heard:,} heard"]
    words += [f"{heard.known:,} heard before"] if heard.known else []
    return [*words, *([f"{heard.silent:,} without a music file"] if heard.silent else [])]
