"""Put the commands together, and turn errors into one line and an exit code: 0 done, 1 not met, 2 wrong usage."""

from __future__ import annotations

import functools
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from songkin import __version__
from songkin.errors import SongkinError
from songkin.serve.cli import (
    add,
    annotate,
    clusters,
    datasets,
    demo,
    doctor,
    edit,
    evaluate,
    exclude,
    explain,
    export,
    feedback,
    import_,
    info,
    line,
    lyrics,
    map,
    mcp,
    playlist,
    remove,
    score,
    search,
    serve,
    shard,
    similar,
    tidy,
    token,
    train,
)
from songkin.serve.cli.printing import harmless
from songkin.serve.cli.scarcity import SCARCE, is_scarce

__all__ = ["app", "main"]

STARVED = f"songkin: {SCARCE}\n".encode()
STOPPED = "stopped; what was done is kept, and the same command goes on from there"


class _Command(TyperCommand):
    """A command whose --help shows no types, such as "<bool>", beside flags and arguments."""

    def get_params(self, ctx: Any) -> list[Any]:
        return _bare(super().get_params(ctx))


class _Group(TyperGroup):
    """The commands; likewise."""

    def get_params(self, ctx: Any) -> list[Any]:
        return _bare(super().get_params(ctx))


def _bare(params: list[Any]) -> list[Any]:
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""
        elif param.param_type_name == "argument":
            param.display_type = lambda ctx: None
    return params


def _interruptible(run: Callable[..., None]) -> Callable[..., None]:
    """Say what Ctrl-C leaves behind; typer itself would end without a word."""

    @functools.wraps(run)
    def command(*args: Any, **options: Any) -> None:
        try:
            run(*args, **options)
        except KeyboardInterrupt:
            raise SongkinError(STOPPED) from None

    return command


def _epilog(examples: Sequence[str]) -> str:
    """Return the examples, one a line."""
    return "\n".join(("Examples:", *examples))


app = typer.Typer(
    name="songkin",
    cls=_Group,
    help="Find songs by what they say and how they sound: your own library, in plain words, offline.",
    epilog="Start with: songkin demo. Each command has examples in its --help.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    demo,
    add,
    remove,
    search,
    line,
    similar,
    playlist,
    score,
    explain,
    exclude,
    feedback,
    token,
    edit,
    lyrics,
    annotate,
    clusters,
    map,
    info,
    doctor,
    tidy,
    export,
    import_,
    shard,
    evaluate,
    datasets,
    train,
    serve,
    mcp,
):
    name = command.__name__.rsplit(".", 1)[-1].rstrip("_")
    app.command(name=name, cls=_Command, epilog=_epilog(command.EXAMPLES))(_interruptible(command.run))


def _version(wanted: bool) -> None:
    if wanted:
        print(f"songkin {__version__}")
        raise typer.Exit


@app.callback()
def songkin(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say on stderr what is being done.")] = False,
) -> None:
    """Find songs by what they say and how they sound: your own library, in plain words, offline."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR, format="%(name)s: %(message)s", stream=sys.stderr
    )


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that knows no accents is no reason to fail
    try:
        app()
    except SongkinError as error:
        _fail(error, " ".join(str(error).split()))
    except OSError as error:
        _fail(error, f"{error.filename or 'the output'}: {error.strerror or error}")
    except (MemoryError, ImportError, RuntimeError, SystemError) as error:
        if not is_scarce(error):
            raise
        _starve()


def _fail(error: Exception, said: str) -> None:
    if is_scarce(error):
        _starve()
    print(f"songkin: {harmless(said)}", file=sys.stderr)
    sys.exit(1)


def _starve() -> None:
    """End at once: printing may need memory, and threads that got none may never end."""
    with suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    os.write(2, STARVED)
    os._exit(1)
