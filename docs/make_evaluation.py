"""Write the comparison of encoders into docs/evaluation.md from docs/results/encoders.json, which a run has saved.

songkin evaluate encoders --save docs/results      makes the results
python docs/make_evaluation.py                     writes the table
python docs/make_evaluation.py --check             exits with 1 when the page is not what would be written
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

__all__ = ["PAGE", "RESULTS", "page", "table"]

PAGE = Path(__file__).parent / "evaluation.md"
RESULTS = Path(__file__).parent / "results" / "encoders.json"
START, END = "<!-- made by make_evaluation.py -->", "<!-- end -->"
CERTAIN = 0.01


def page(written: str, document: Mapping[str, Any]) -> str:
    """Return the page with the table between its marks made anew."""
    head, start, rest = written.partition(START)
    _, end, tail = rest.partition(END)
    if not (start and end):
        sys.exit(f"{PAGE.name} lacks the marks {START} and {END}; put them where the table belongs")
    return f"{head}{START}\n\n{table(document)}\n\n{END}{tail}"


def table(document: Mapping[str, Any]) -> str:
    """Return the comparison: a row a task, or a kind of its requests, and a column a system, in percent."""
    systems = list(document["systems"])
    rows = [
        f"| task, measure | n | {' | '.join(systems)} |",
        f"|---|---|{'---|' * len(systems)}",
        *(_row(document, name, systems) for name in _columns(document)),
        "| on disk, MB | | " + " | ".join(_told(document, name, "bytes") for name in systems) + " |",
        "| texts of 30 words a second, rough | | "
        + " | ".join(_told(document, name, "texts_a_second") for name in systems)
        + " |",
    ]
    return "\n".join([*rows, "", *_said(document)])


def _said(document: Mapping[str, Any]) -> Iterator[str]:
    """Say how to read the table, and what was left out of the run."""
    first = next(iter(document["systems"]))
    yield "Percent, with the 95 % bounds of the mean in brackets."
    yield f"`*`: differs from {first}, paired permutation over requests, p < {CERTAIN}."
    if document["quick"]:
        yield "A quick run: one draw of each test, and no task of many minutes."
    if document["limit"]:
        yield f"Only the first {document['limit']} requests of each draw were asked."


def _columns(document: Mapping[str, Any]) -> list[str]:
    return [column for name, kinds in document["kinds"].items() for column in kinds or [name]]


def _row(document: Mapping[str, Any], name: str, systems: list[str]) -> str:
    ran = document["tasks"][name]
    cells = []
    for system in systems:
        mean, low, high = (100 * value for value in document["systems"][system][name][ran["measure"]])
        compared = document["compared"][name].get(system)
        mark = r"\*" if compared and compared["p"] < CERTAIN else ""
        cells.append(f"{mean:.1f}{mark} ({low:.1f}-{high:.1f})")
    return f"| {name}, {ran['measure']} | {ran['n_queries']:,} | {' | '.join(cells)} |"


def _told(document: Mapping[str, Any], system: str, what: str) -> str:
    """Return a system's megabytes or its speed, "" where nothing is encoded."""
    told = document["encoders"].get(system)
    if told is None:
        return ""
    return f"{told['bytes'] / 1e6:.1f}" if what == "bytes" else f"{float(f'{told[what]:.2g}'):,.0f}"


def main() -> None:
    """Write the page, or with --check say whether it is up to date."""
    written = PAGE.read_text(encoding="utf-8")
    wanted = page(written, json.loads(RESULTS.read_text(encoding="utf-8")))
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(wanted, encoding="utf-8")
    elif written != wanted:
        sys.exit(f"{PAGE.name} is not what the results say; run: python docs/make_evaluation.py")


if __name__ == "__main__":
    main()
