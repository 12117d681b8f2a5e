"""songkin info: what the library holds and what it lacks."""

from __future__ import annotations

from typing import Any

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json

EXAMPLES = "Examples:  songkin info  ·  songkin info --json -L ~/my-songs"


def run(json_out: options.JsonOut = False, library: options.LibraryPlace = None) -> None:
    """Show how many songs there are, in which languages and genres, with which features, and what is missing."""
    from songkin.library import Library

    about = Library.open(library).info()
    if json_out:
        print_json(about)
    else:
        _show(about)


def _show(about: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_row("library", about["place"])
    table.add_row("songs", f"{about['songs']:,} in {about['passages']:,} passages")
    current = about["encoders"]["current"] or "none: nothing is encoded yet"
    table.add_row("encoder", current)
    for name in ("languages", "genres"):
        table.add_row(name, ", ".join(f"{value} {count:,}" for value, count in about[name].items()) or "-")
    table.add_row("features", ", ".join(about["features"]) or "-")
    gaps = {name: count for name, count in about["missing"].items() if count}
    table.add_row("missing", ", ".join(f"{name} {count:,}" for name, count in gaps.items()) or "nothing")
    console().print(table)
