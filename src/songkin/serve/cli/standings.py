"""How an evaluation is shown: systems side by side, what a paper printed, who beats whom, and what was really run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from songkin.serve.cli.printing import console

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["print_kinds", "print_shown", "print_statistics", "print_systems", "print_tasks"]

Document = Mapping[str, Any]
FIRST_TABLE = 4  # measures that fit beside an interval; the others make a second table


def print_tasks(tasks: Sequence[Sequence[str]]) -> None:
    """Print the tasks, a line each."""
    table = _table("task", "what it asks")
    for name, says in tasks:
        table.add_row(name, says)
    console().print(table)


def print_systems(report: Document, says: Mapping[str, str]) -> None:
    """Print a report with one row a system: the first measure with its doubts, the others as means, in percent."""
    main, *others = report["measures"]
    _print_rows(report)
    table = _table("system", "", main, "± seeds", "95 %", *others[: FIRST_TABLE - 1])
    for name, measures in report["systems"].items():
        mean, low, high = measures[main]
        more = [_percent(measures[other][0]) for other in others[: FIRST_TABLE - 1]]
        std = _percent(report["over_seeds"][name][main][1]) if len(report["seeds"]) > 1 else "-"
        table.add_row(name, says.get(name, ""), _percent(mean), std, f"{_percent(low)}-{_percent(high)}", *more)
    for name, (mean, std) in report.get("paper", {}).items():
        table.add_row(name, "paper", _percent(mean), _percent(std), *[""] * FIRST_TABLE, style="dim")
    console().print(table)
    if others[FIRST_TABLE - 1 :]:
        _print_more(report, others[FIRST_TABLE - 1 :])
    _print_compared(report)


def _print_more(report: Document, measures: Sequence[str]) -> None:
    table = _table("system", *measures)
    for name, values in report["systems"].items():
        table.add_row(name, *(_percent(values[measure][0]) for measure in measures))
    console().print(table)


def print_kinds(report: Document, says: Mapping[str, str]) -> None:
    """Print a report with one row a kind of request and one of all, a column a system and measure, in percent."""
    measures = list(report["measures"])
    _print_rows(report)
    table = _table("requests", "n", *(f"{name} {measure}" for name in report["systems"] for measure in measures))
    for kind, systems in {**report["kinds"], "all": report["systems"]}.items():
        means = [_percent(values[measure][0]) for values in systems.values() for measure in measures]
        table.add_row(kind, f"{report['kind_counts'].get(kind, report['n_queries']):,}", *means)
    console().print(table)
    for name in report["systems"]:
        console().print(f"{name}: {says.get(name, '')}", style="dim", markup=False)
    _print_compared(report)


def print_statistics(task: str, counts: Mapping[str, float]) -> None:
    """Print what a set holds."""
    table = _table(task, "")
    for name, count in counts.items():
        table.add_row(name, f"{int(count) if count == int(count) else count:,}")
    console().print(table)


def print_shown(document: Document) -> None:
    """Print the truth of a request, where it has one, and the first documents of each system."""
    truth = document["truth"]
    said = "this request is none of the set's" if truth is None else ", ".join(truth["texts"]) or "(no descriptors)"
    console().print(f"truth: {said}\n", style="green" if truth else "dim", markup=False)
    for name, found in document["systems"].items():
        table = _table("#", name)
        for rank, named in enumerate(found, 1):
            right = truth is not None and named["id"] == truth["id"]
            table.add_row(str(rank), ", ".join(named["texts"]) or "(no descriptors)", style="green" if right else "")
        console().print(table if found else f"{name}: nothing found\n")


def _print_rows(report: Document) -> None:
    """Say what was really run."""
    counts = sorted(set(report["n_documents"]))
    documents = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
    seeds = ", ".join(map(str, report["seeds"]))
    said = f"{report['task']}: {report['n_queries']:,} requests, {documents} documents, seeds {seeds}"
    if report["ceiling"] < 1:
        said += f"; ceiling {_percent(report['ceiling'])}, for some wanted documents are empty"
    console().print(said + "\n", markup=False, soft_wrap=True)


def _print_compared(report: Document) -> None:
    """Say whether the first system beats the best of the others by more than chance."""
    found = report["compared"]
    if found is None:
        return
    points = [100 * found[name] for name in ("mean", "low", "high")]
    console().print(
        f"\n{found['system']} against {found['rival']}, {found['measure']}: {points[0]:+.1f} points "
        f"(95 %: {points[1]:+.1f} to {points[2]:+.1f}), p = {found['p']:.4f} "
        f"(paired permutation, {report['n_queries']:,} requests)",
        markup=False,
        soft_wrap=True,
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"


def _table(first: str, *columns: str) -> Table:
    """Return a table whose numbers stand right."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column(first, style="bold")
    words = len(columns) == 1 or columns[:1] == ("",)
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if words and place == 0 else "right")
    return table
