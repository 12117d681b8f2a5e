"""Write docs/commands.md from the commands' own --help, so that the page cannot differ from the program.

python docs/make_commands.py            writes the page
python docs/make_commands.py --check    exits with 1 when the page is not what would be written
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from typer.main import get_command

from songkin.serve.cli.app import app

__all__ = ["PAGE", "WIDTH", "commands", "page"]

PAGE = Path(__file__).parent / "commands.md"
WIDTH = 100
HEAD = """# Commands

What `songkin COMMAND --help` says of each command. How they are used: [asking](asking.md), [exploring](exploring.md),
[labels](labels.md), [importing](importing.md), [evaluation](evaluation.md), [training](training.md).
This page is written by `python docs/make_commands.py`; change the command's own words instead.
"""


def commands() -> Mapping[str, Any]:
    """Return every command by the name it is called with, "songkin" itself first."""
    group: Any = get_command(app)
    return {"songkin": group, **{f"songkin {name}": command for name, command in group.commands.items()}}


def page() -> str:
    """Return the page, the same on every machine and in every terminal."""
    return HEAD + "".join(_section(name, command) for name, command in commands().items())


def _section(name: str, command: Any) -> str:
    examples = "\n".join(_examples(command))
    return f"\n## `{name}`\n\n```text\n{_help(name, command)}\n```\n" + (
        f"\nExamples:\n\n```sh\n{examples}\n```\n" if examples else ""
    )


def _examples(command: Any) -> Iterator[str]:
    """Give the examples that --help ends with."""
    head, *rest = (command.epilog or "").splitlines() or [""]
    if head == "Examples:":
        yield from rest


def _help(name: str, command: Any) -> str:
    """Return the help without boxes and colours, `WIDTH` characters wide at most."""
    kept = command.rich_markup_mode, command.epilog
    command.rich_markup_mode = None
    command.epilog = None if any(_examples(command)) else command.epilog
    try:
        context = command.context_class(
            command, info_name=name, terminal_width=WIDTH, help_option_names=["-h", "--help"]
        )
        said: str = command.get_help(context)
    finally:
        command.rich_markup_mode, command.epilog = kept
    return "\n".join(line.rstrip() for line in said.strip().splitlines())


def main() -> None:
    """Write the page, or with --check say whether it is up to date."""
    wanted = page()
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(wanted, encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != wanted:
        sys.exit(f"{PAGE.name} is not what the commands say; run: python docs/make_commands.py")


if __name__ == "__main__":
    main()
