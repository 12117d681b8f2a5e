"""The options of songkin evaluate, and what is read out of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

import typer

TaskName = Annotated[str | None, typer.Argument(metavar="TASK", help="What to judge songkin by; see --list.")]
ListTasks = Annotated[bool, typer.Option("--list", help="Name the tasks, a line each.")]
Systems = Annotated[
    str | None, typer.Option("--systems", metavar="A,B", help="Only these: engine, encoder, tf-idf, bm25 ...")
]
Seeds = Annotated[
    str | None, typer.Option("--seeds", metavar="N,N", help="Only these draws of a task; else all it has.")
]
Limit = Annotated[
    int | None, typer.Option("--limit", metavar="N", min=1, help="Only the first N requests of each draw.")
]
Lines = Annotated[int, typer.Option("--lines", metavar="N", min=1, help="known-lines: how many lines of each kind.")]
NoEncoder = Annotated[
    bool, typer.Option("--no-encoder", help="A quick run: the engine without vectors, no encoder alone.")
]
Statistics = Annotated[bool, typer.Option("--statistics", help="Count what the set holds instead.")]
Show = Annotated[str | None, typer.Option("--show", metavar="REQUEST", help="Show the first 5 of each system instead.")]
Encoders = Annotated[
    list[str] | None,
    typer.Option(
        "--encoder",
        metavar="NAME|FOLDER",
        help="encoders, labels, similar-*: which ones, the first on trial; NAME=FOLDER gives a name, @128 behind "
        "it keeps so many numbers; may be repeated.",
    ),
]
Tasks = Annotated[
    str | None, typer.Option("--tasks", metavar="A,B", help="encoders: only these tasks; else all but known-lines.")
]
Quick = Annotated[bool, typer.Option("--quick", help="encoders: one draw of each test, and no task of many minutes.")]
Save = Annotated[
    Path | None, typer.Option("--save", metavar="FOLDER", help="encoders: keep the result as FOLDER/encoders.json.")
]
Test = Annotated[
    Path | None,
    typer.Option("--test", metavar="FILE", help="labels: learn from all songs, and be judged on this file's."),
]
Figure = Annotated[
    Path | None,
    typer.Option("--figure", metavar="FILE.png", help="labels: draw a reliability diagram of the probabilities."),
]


class How(NamedTuple):
    """How a task is judged: on its first `limit` requests, with or without an encoder, into a document or tables."""

    limit: int | None
    encode: bool
    json_out: bool


def numbers(given: str | None) -> list[int] | None:
    """Read "0,1,2"; wrong usage where it is no list of whole numbers."""
    if given is None:
        return None
    try:
        return list(dict.fromkeys(int(part) for part in given.split(",")))
    except ValueError:
        raise typer.BadParameter(f"'{given}' is no list of whole numbers such as 0,1,2", param_hint="--seeds") from None
