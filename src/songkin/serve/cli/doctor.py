"""songkin doctor: is everything as it should be?"""

from __future__ import annotations

from typing import Annotated

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json

EXAMPLES = ("songkin doctor", "songkin doctor -L ~/my-songs --json")


def run(
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
    quick: Annotated[bool, typer.Option("--quick", help="Leave out reading every weight and every row.")] = False,
) -> None:
    """Check the installation, the encoder and the library, and say the cure of what is wrong."""
    from songkin.library.checkup import checkup

    findings = checkup(library, quick=quick)
    if json_out:
        print_json([finding._asdict() for finding in findings])
    else:
        from rich.text import Text

        for finding in findings:
            mark = Text("ok  ", "green") if finding.ok else Text("bad ", "red")
            console().print(mark.append(f" {finding.what}: {finding.said}", "default"), soft_wrap=True)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
