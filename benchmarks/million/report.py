"""Write the tables and the picture of docs/performance.md from what `bench.py` measured.

python benchmarks/million/report.py FOLDER [--page docs/performance.md] [--figure docs/figures/million.png]
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

DOCS = Path(__file__).parents[2] / "docs"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
SPAN = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
NONE = "-"

Cells = dict[str, dict[str, Any]]


class Row(NamedTuple):
    """A row of a table: what it is called, the cell it comes from, and how a figure of it is written."""

    name: str
    cell: str
    written: Callable[[Mapping[str, Any]], str]


def asked(cell: Mapping[str, Any]) -> str:
    """Write a command's median, 99th percentile and processor time."""
    return f"{cell['p50_ms']:.0f} / {cell['p99_ms']:.0f} ms ({cell['cpu_ms']:.0f})"


def ran(cell: Mapping[str, Any]) -> str:
    """Write the seconds of a process, the processor's in brackets."""
    return f"{cell['wall_s']:,.1f} s ({cell['cpu_s']:,.1f})"


def recalled(cell: Mapping[str, Any]) -> str:
    """Write a share that was found."""
    return f"{cell['recall_at_10']:.3f}"


REQUESTS = (
    Row("`search`, ten hits with reasons", "search", asked),
    Row("`search --where`", "search_filtered", asked),
    Row("`search --channels meaning`", "search_meaning", asked),
    Row("`line`, as it is sung", "line_exact", asked),
    Row("`line`, two words misspelt", "line_typos", asked),
    Row("`line`, two words misheard", "line_misheard", asked),
    Row("`similar`", "similar", asked),
    Row("`similar --where`, one song in twenty", "similar_5_%", asked),
    Row("`similar --more energy`", "similar_more", asked),
    Row("`playlist`, 60 minutes", "playlist", asked),
    Row("`explain`", "explain", asked),
    Row("`info`", "info", asked),
    Row("`exclude`, and back", "exclude", asked),
    Row("`search --batch`, a second", "batch", lambda cell: f"{cell['a_second']:.0f} ({cell['cpu_ms']:.1f} ms each)"),
    Row("`serve`, a search over HTTP", "http", asked),
)
RIVALS = (
    Row("LanceDB, hybrid, all-MiniLM-L6-v2 in torch", "lancedb_search", asked),
    Row("the same with a condition", "lancedb_filtered", asked),
    Row("LanceDB, nearest to a passage, one song in twenty", "lancedb_similar_5_%", asked),
    Row("bm25s (words alone)", "bm25s_search", asked),
    Row("numpy, exact, all-MiniLM-L6-v2 in torch", "exact_search", asked),
    Row("LanceDB: writing and indexes, vectors given", "lancedb_build", ran),
    Row("LanceDB: on disk", "lancedb_build", lambda cell: f"{cell['disk_mb']:,} MB"),
    Row("bm25s: indexes", "bm25s_build", ran),
    Row("LanceDB: recall@10 of nearest passages, beside exact", "lancedb_recall", recalled),
)
RATIOS = (("search", "lancedb_search"), ("search_filtered", "lancedb_filtered"), ("similar_5_%", "lancedb_similar_5_%"))
WORK = (
    Row("`add --fast`, all of it", "build", ran),
    Row("... a song", "build", lambda cell: f"{cell['cpu_s'] * 1000 / cell['songs']:.1f} ms of a processor"),
    Row("... memory at most", "build", lambda cell: f"{cell['peak_mb']:,} MB"),
    Row("`add` again, nothing changed", "add_again", ran),
    Row("`add`, 1,000 more", "add_new", ran),
    Row("`remove`, 1,000", "remove", ran),
    Row("songs with vectors written, a second", "append", lambda cell: f"{cell['a_second']:,}"),
    Row("`annotate`, a song", "annotate", lambda cell: f"{cell['cpu_s'] * 1000 / cell['songs']:.0f} ms of a processor"),
    Row("`clusters`", "clusters", ran),
    Row("`map`", "map", ran),
    Row("cold: `songkin --help`", "cold_help", ran),
    Row("cold: `songkin search`", "cold_search", ran),
    Row("cold: `songkin line`", "cold_line", ran),
    Row("cold: `songkin similar`", "cold_similar", ran),
)
SIZE = (
    Row("passages", "build", lambda cell: f"{cell['passages']:,}"),
    Row("on disk", "build", lambda cell: f"{cell['disk_mb']:,} MB"),
    Row("... a song", "build", lambda cell: f"{cell['disk_mb'] * 1024 / cell['songs']:.1f} kB"),
    Row("memory of `songkin serve`, asked", "http", lambda cell: f"{cell['rss_mb']:,} MB"),
    Row("memory of a process that asked everything above", "batch", lambda cell: f"{cell['rss_mb']:,} MB"),
    Row("recall@10 of nearest passages, beside exact", "recall", recalled),
)


def main() -> None:
    """Write the tables into the page, and the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--page", type=Path, default=DOCS / "performance.md")
    parser.add_argument("--figure", type=Path, default=DOCS / "figures" / "million.png")
    wanted = parser.parse_args()
    measured = read(wanted.folder)
    machine = json.loads((wanted.folder / "machine.json").read_text(encoding="utf-8"))
    page = wanted.page.read_text(encoding="utf-8")
    if not SPAN.search(page):
        raise SystemExit(f"{wanted.page}: has no place for figures ({BEGIN} ... {END})")
    told = f"{BEGIN}\n{written(measured, machine)}\n{END}"
    wanted.page.write_text(SPAN.sub(lambda _: told, page), encoding="utf-8")
    draw(measured, wanted.figure)


def read(folder: Path) -> dict[int, Cells]:
    """Return the cells of each size, the smallest first."""
    sizes = sorted(int(place.name) for place in folder.iterdir() if place.name.isdecimal())
    return {
        size: {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in (folder / str(size)).glob("*.json")}
        for size in sizes
    }


def written(measured: Mapping[int, Cells], machine: Mapping[str, Any]) -> str:
    """Return the tables, with what they were measured on."""
    load = machine["load"][0]
    others = f" The {machine['cores']} cores were busy when it began (load {load:.1f})." if load > 1 else ""
    on = (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']:.0f} GB; songkin {machine['songkin']}"
    )
    about = f"Measured on {on}, LanceDB {machine['lancedb']}, Python {machine['python']}.{others}"
    parts = [about, "### Asking", table(measured, REQUESTS)]
    parts += ["### What a user would assemble", table(measured, RIVALS), ratios(measured)]
    parts += ["### Adding, and whole processes", table(measured, WORK), "### Size", table(measured, SIZE)]
    return "\n\n".join(part for part in parts if part)


def table(measured: Mapping[int, Cells], rows: Sequence[Row]) -> str:
    """Return a table with a column a size; what was not measured is a dash."""
    lines = [f"| | {' | '.join(f'{size:,} songs' for size in measured)} |", "|---|" + "---:|" * len(measured)]
    for row in rows:
        shown = [row.written(cells[row.cell]) if row.cell in cells else NONE for cells in measured.values()]
        lines.append(f"| {row.name} | {' | '.join(shown)} |")
    return "\n".join(lines)


def ratios(measured: Mapping[int, Cells]) -> str:
    """Say how songkin's times stand to those of LanceDB, assembled, in the same run."""
    told = []
    for size, cells in measured.items():
        for ours, theirs in RATIOS:
            if ours in cells and theirs in cells:
                wall, cpu = (cells[ours][name] / cells[theirs][name] for name in ("p50_ms", "cpu_ms"))
                told.append(f"{ours.replace('_', ' ')} {wall:.2f} ({cpu:.2f} of the processor time) at {size:,} songs")
    return f"songkin's median time beside that of LanceDB, as ratios: {'; '.join(told)}." if told else ""


def draw(measured: Mapping[int, Cells], file: Path) -> None:
    """Draw times, memory and disk against size."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    times = {
        "search": "search", "search, filtered": "search_filtered", "line": "line_exact", "similar, 5 %": "similar_5_%",
        "LanceDB + MiniLM": "lancedb_search", "bm25s": "bm25s_search", "numpy, exact": "exact_search",
    }  # fmt: skip
    whole = {
        "building, processor s": lambda cells: cells["build"]["cpu_s"],
        "disk, MB": lambda cells: cells["build"]["disk_mb"],
        "memory serving, MB": lambda cells: cells["http"]["rss_mb"],
        "adding again, processor s": lambda cells: cells["add_again"]["cpu_s"],
    }
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
    for name, cell in times.items():
        points = [(size, cells[cell]["p50_ms"]) for size, cells in measured.items() if cell in cells]
        left.loglog(*zip(*points, strict=True), "o--" if name[0] in "Lbn" else "o-", label=name) if points else None
    for name, of in whole.items():
        points = [
            (size, of(cells)) for size, cells in measured.items() if {"build", "http", "add_again"} <= cells.keys()
        ]
        right.loglog(*zip(*points, strict=True), "o-", label=name) if points else None
    for axes, title in ((left, "a request, median ms"), (right, "the whole library")):
        axes.set(xlabel="songs", title=title)
        axes.grid(alpha=0.3)
        if axes.lines:
            axes.legend(fontsize=8)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110, metadata={"Software": None})
    pyplot.close(figure)


if __name__ == "__main__":
    main()
