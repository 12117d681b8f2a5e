"""Put the commands together, and turn errors into one line and an exit code: 0 done, 1 not met, 2 wrong usage."""

from __future__ import annotations

import logging
import os
import sys
from typing import Annotated

import typer

from songkin import __version__
from songkin.errors import SongkinError
from songkin.serve.cli import add, demo, doctor, explain, info, line, remove, search, similar

__all__ = ["app", "main"]

app = typer.Typer(
    name="songkin",
    help="Find songs by what they say and how they sound: your own library, in plain words, offline.",
    epilog="Start with: songkin demo. Each command has examples in its --help.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (demo, add, remove, search, line, similar, explain, info, doctor):
    name = command.__name__.rsplit(".", 1)[-1]
    app.command(name=name, epilog=command.EXAMPLES)(command.run)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"songkin {__version__}")
        raise typer.Exit


@app.callback()
def songkin(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say on stderr what is being done.")] = False,
) -> None:
    """Find songs by what they say and how they sound: your own library, in plain words, offline."""
    logging.basicConfig(level=logging.INFO if verbose else logging.ERROR, format="%(name)s: %(message)s", stream=sys.stderr)


def main() -> None:
    """Run the command line."""
    try:
        app()
    except SongkinError as error:
        print(f"songkin: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("songkin: stopped; what was done is kept, and the same command goes on from there", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
