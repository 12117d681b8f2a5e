"""The report of a re-run: tables and figures as one Markdown page, and the same numbers as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from songkin.evaluation import compare
from songkin.evaluation.tasks.melscribe import PAPER
from songkin.training.checkpoints import atomically
from songkin.training.figures import blank
from songkin.training.markdown import joined, table
from songkin.training.melscribe.rerun import TRAINING, Found

__all__ = ["FIGURE", "PAGE", "as_json", "draw", "listed", "page", "write"]

PAGE, NUMBERS, FIGURE = "report.md", "report.json", "recall.png"
MEASURE = "Recall@10"
ABSENT = (
    "Absent here, named by the paper: msmarco-bert-base-dot-v5 (its student), ms-marco-MiniLM-L-6-v2 (its teacher), "
    "msmarco-distilbert-base-v3 and msmarco-MiniLM-L-6-v3 (its retrievers), bert-large-cased and CLAP (its baselines), "
    "LP-MusicCaps MTT and MSD (its training data). In their place: all-MiniLM-L6-v2 for student and teacher, songkin's "
    "encoder and Tf-Idf as retrievers, MusicCaps' training part, of which a tenth of the tracks is held out."
)
SIZE_IN = (7.0, 4.0)


def write(found: Found) -> list[Path]:
    """Write page, numbers and figure into the folder of a re-run; MissingExtra without matplotlib."""
    for name, text in ((PAGE, page(found)), (NUMBERS, json.dumps(as_json(found), indent=2) + "\n")):
        with atomically(found.folder / name) as file:
            file.write(text.encode())
    return [found.folder / PAGE, found.folder / NUMBERS, draw(found)]


def page(found: Found) -> str:
    """Write the report as Markdown."""
    parts = [
        f"# {found.agenda.name}",
        ABSENT,
        "## Sets",
        table(["", *_keys(found.counts)], _count_rows(found.counts)),
        "## Teacher",
        _teacher(found.standing),
        f"## {MEASURE}, mean ± population deviation over seeds {', '.join(map(str, found.agenda.seeds))}",
        table(["system", *found.reports], _recall_rows(found)),
        "## Ablations",
        table(["compared", "test", MEASURE, "difference", "95 %", "p"], _ablation_rows(found)),
        *(part for test in found.reports for part in (f"## All measures, {test}", _measures(found, test))),
        "## Held-out recall against training steps",
        f"![recall against steps]({FIGURE})",
        table(["steps", *found.curves], _curve_rows(found.curves)),
        f"## The first {found.agenda.shown} of chosen requests",
        *(part for asked, systems in found.shown.items() for part in (f"### {asked}", listed(systems))),
    ]
    return joined(parts) + "\n"


def as_json(found: Found) -> dict[str, Any]:
    """Return all numbers of a report."""
    return {
        "name": found.agenda.name,
        "seeds": list(found.agenda.seeds),
        "sets": {name: dict(own) for name, own in found.counts.items()},
        "teacher": dict(found.standing),
        "tests": {test: report.as_json() for test, report in found.reports.items()},
        "ablations": [
            dict(zip(("compared", "test", "means", "difference", "bounds", "p"), row, strict=True))
            for row in _ablation_rows(found)
        ],
        "curves": {name: [list(point) for point in curve] for name, curve in found.curves.items()},
        "shown": {asked: dict(systems) for asked, systems in found.shown.items()},
    }


def draw(found: Found) -> Path:
    """Draw held-out hit@10 against training steps, one line a recipe."""
    figure = blank(*SIZE_IN)
    axes = figure.subplots()
    for name, curve in found.curves.items():
        axes.plot([step for step, _ in curve], [value for _, value in curve], marker="o", markersize=3, label=name)
    axes.set_xlabel("step")
    axes.set_ylabel(f"{MEASURE}, held out")
    axes.legend(fontsize="small")
    axes.grid(alpha=0.3)
    figure.savefig(found.folder / FIGURE, dpi=120)
    return found.folder / FIGURE


def _teacher(standing: Mapping[str, Any]) -> str:
    """Tabulate pair ranking of teacher and bi-encoders on the same held-out pairs."""
    rows = [("teacher", standing["teacher"]), *standing["rivals"].items()]
    said = "It counts." if standing["counts"] else "It does not beat the bi-encoder, so it does not count."
    told = table(
        ["held-out pairs ordered rightly", "of shared words", "random"],
        [(n, _share(o["hard"]), _share(o["random"])) for n, o in rows],
    )
    return f"{told}\n\n{standing['trials']:,} pairs of shared words decide. {said}"


def _count_rows(counts: Mapping[str, Mapping[str, float]]) -> list[tuple[str, ...]]:
    keys = _keys(counts)
    return [(name, *(f"{own[key]:,}" if key in own else "" for key in keys)) for name, own in counts.items()]


def _keys(counts: Mapping[str, Mapping[str, float]]) -> list[str]:
    return list(dict.fromkeys(key for own in (counts[TRAINING], *counts.values()) for key in own))


def _recall_rows(found: Found) -> list[tuple[str, ...]]:
    """Tabulate every system on every test, and below them what the paper prints."""
    systems = next(iter(found.reports.values())).systems
    rows = []
    for system in systems:
        spreads = [report.spread(system, MEASURE) for report in found.reports.values()]
        rows.append((system, *(f"{_share(own.mean)} ± {100 * own.std:.1f}" for own in spreads)))
    named = dict.fromkeys(name for test in found.reports for name in PAPER.get(test, {}))
    for name in named:
        own = [PAPER.get(test, {}).get(name) for test in found.reports]
        rows.append((f"paper: {name}", *(f"{_share(one.mean)} ± {100 * one.std:.1f}" if one else "" for one in own)))
    return rows


def _ablation_rows(found: Found) -> list[tuple[str, ...]]:
    """Compare the first recipe with each other one, request by request."""
    first, *others = (Path(name).stem for name in found.agenda.recipes)
    rows: list[tuple[str, ...]] = []
    for other in others:
        for test, report in found.reports.items():
            own, its = report.by_request(first, MEASURE), report.by_request(other, MEASURE)
            told = compare(list(own.values()), [its[query] for query in own])
            means = f"{_share(report.spread(first, MEASURE).mean)} : {_share(report.spread(other, MEASURE).mean)}"
            bounds = f"{100 * told.low:+.1f} to {100 * told.high:+.1f}"
            rows.append((f"{first} : {other}", test, means, f"{100 * told.mean:+.1f}", bounds, f"{told.p:.4f}"))
    return rows


def _measures(found: Found, test: str) -> str:
    report = found.reports[test]
    rows = [
        (system, *(_share(report.spread(system, name).mean) for name in report.measures)) for system in report.systems
    ]
    return table(["system", *report.measures], rows)


def _curve_rows(curves: Mapping[str, Sequence[tuple[int, float]]]) -> list[tuple[str, ...]]:
    steps = sorted({step for curve in curves.values() for step, _ in curve})
    known = {name: dict(curve) for name, curve in curves.items()}
    return [(f"{step:,}", *(_share(own[step]) if step in own else "" for own in known.values())) for step in steps]


def listed(systems: Mapping[str, Sequence[str]]) -> str:
    """Tabulate what each system puts first, a column a system."""
    depth = max((len(texts) for texts in systems.values()), default=0)
    rows = [(str(at + 1), *(texts[at] if at < len(texts) else "" for texts in systems.values())) for at in range(depth)]
    return table(["", *systems], rows)


def _share(value: float) -> str:
    return f"{100 * value:.1f}"
