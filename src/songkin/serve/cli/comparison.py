"""How encoders side by side are shown, and kept as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from songkin.serve.cli.printing import console

__all__ = ["columns", "save", "show"]

Document = Mapping[str, Any]
A_TABLE = 5  # columns that fit a terminal
CERTAIN = 0.01


def show(document: Document) -> None:
    """Print a row a system and a column a task, in percent; then size and speed, and what a mark means."""
    names = columns(document)
    for start in range(0, len(names), A_TABLE):
        _table(document, names[start : start + A_TABLE])
    first = next(iter(document["systems"]))
    for said in (
        f"percent, with the 95 % bounds of the mean; * differs from {first} "
        f"(paired permutation, p < {CERTAIN}); {document['n_queries']:,} requests",
        "on disk: " + ", ".join(f"{name} {told['bytes'] / 1e6:.1f} MB" for name, told in document["encoders"].items()),
        "texts of 30 words a second, rough, in one short burst: "
        + ", ".join(f"{name} {_rough(told['texts_a_second'])}" for name, told in document["encoders"].items()),
    ):
        console().print(said, style="dim", markup=False, soft_wrap=True)


def columns(document: Document) -> list[str]:
    """Return the columns shown: a task's kinds where it has some, else the task."""
    return [column for name, kinds in document["kinds"].items() for column in kinds or [name]]


def save(document: Document, place: Path) -> None:
    """Keep a document as a file that is there whole or not at all."""
    half = place.with_name(f".{place.name}.part")
    half.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    half.replace(place)


def _table(document: Document, names: Sequence[str]) -> None:
    """Print some columns: the mean of the first measure, and its bounds below."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column("system", style="bold")
    for name in names:
        ran = document["tasks"][name]
        table.add_column(f"{name}\n{ran['measure']}, n={ran['n_queries']:,}", justify="right")
    for system, values in document["systems"].items():
        table.add_row(system, *(_cell(document, system, values, name) for name in names))
    console().print(table)
    console().print()


def _cell(document: Document, system: str, values: Document, name: str) -> str:
    mean, low, high = (100 * value for value in values[name][document["tasks"][name]["measure"]])
    compared = document["compared"][name].get(system)
    mark = "*" if compared and compared["p"] < CERTAIN else " "
    return f"{mean:.1f}{mark}\n{low:.1f}-{high:.1f} "


def _rough(speed: float) -> str:
    """Write a speed with two digits that count.

    >>> _rough(1234.5)
    '1,200'
    """
    return f"{float(f'{speed:.2g}'):,.0f}"
