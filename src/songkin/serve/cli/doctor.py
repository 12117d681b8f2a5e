"""songkin doctor: is everything as it should be?"""

from __future__ import annotations

from typing import Annotated

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json

EXAMPLES = "Examples:  songkin doctor  ·  songkin doctor -L ~/my-songs --json"


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
        for finding in findings:
            mark = "[green]ok[/]  " if finding.ok else "[red]bad[/] "
            console().print(f"{mark} {finding.what}: {finding.said}", soft_wrap=True)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
