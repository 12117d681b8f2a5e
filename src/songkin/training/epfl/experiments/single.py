"""One task by itself, encoder frozen and trained: accuracy on both splits, confusions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from songkin.errors import TrainingError
from songkin.training.epfl.agenda import Base, Single
from songkin.training.epfl.cells import Stand, labels_of
from songkin.training.epfl.figures import confusions
from songkin.training.markdown import chance, few, joined, picture, share, size, table

__all__ = ["HEADS", "PAPER", "measured", "page", "recalls", "row", "run", "train"]


class Paper(NamedTuple):
    """The paper's validation accuracy frozen and unfrozen, and what its test confusion matrices say (derived)."""

    frozen: float | None
    tuned: float | None
    test: str


PAPER: Mapping[str, Paper] = MappingProxyType(
    {
        "genre": Paper(0.433, 0.479, "about .476, mean recall .41"),
        "valence": Paper(0.630, 0.657, "low .63, high .69"),
        "energy": Paper(0.631, 0.654, "low .60, high .72"),
        "danceability": Paper(0.654, 0.667, "low .67, high .65"),
        "liveness": Paper(0.527, None, "low .68, high .36"),
        "tempo_bpm": Paper(0.537, None, "low .55, high .53"),
        "loudness_db": Paper(None, None, "poor"),
        "popularity": Paper(0.62, None, "low .61, high .66"),
        "year": Paper(0.639, None, "low .73, high .57"),
    }
)
PAPER_RECALL = {
    **{"rock": 0.56, "pop": 0.38, "country": 0.56, "soul/disco": 0.49, "dance pop": 0.45, "hip-hop/rap": 0.66},
    **{"r&b": 0.15, "acoustic/folk": 0.0},
}
SHOWN = (("acoustic/folk", "rock", 0.48), ("r&b", "dance pop", 0.40))  # the paper's confusions
HEADS = (
    "task",
    "encoder",
    "split",
    "frozen, valid",
    "tuned, valid",
    "test",
    "recall of each half",
    "majority",
    "macro-F1",
)


def run(stand: Stand) -> dict[str, Any]:
    """Train every task on every split with every base; a task that cannot be learnt here is told why."""
    told: list[dict[str, Any]] = []
    for base in stand.agenda.bases:
        for how in stand.agenda.splits:
            told += [_tried(stand, base, how, single) for single in stand.agenda.single]
            _drawn(stand, [own for own in told if (own["base"], own["split"]) == (base.name, how)])
    return {"cells": told}


def train(stand: Stand, base: Base, how: str, single: Single) -> list[Any]:
    """Train one task's stages, unless they are; return their folders."""
    return stand.both(base, how, single.target, single.target, single.frozen, single.tuned)


def _tried(stand: Stand, base: Base, how: str, single: Single) -> dict[str, Any]:
    place = {"task": single.target, "base": base.name, "split": how}
    try:
        return {**place, **measured(train(stand, base, how, single), single.target)}
    except TrainingError as error:
        if "target " not in str(error):
            raise
        return {**place, "failed": str(error)}


def measured(folders: list[Any], target: str) -> dict[str, Any]:
    """Return what the stages of a task reached: validation of each, and the test side of the last."""
    told = [labels_of(folder)["targets"][target] for folder in folders]
    return {
        "frozen": told[0]["valid"]["accuracy"],
        "tuned": told[1]["valid"]["accuracy"] if len(told) > 1 else None,
        "train": told[-1]["train_rows"],
        "test": told[-1]["test"],
    }


def _drawn(stand: Stand, cells: list[dict[str, Any]]) -> None:
    """Draw genre's confusion and those of the halves, for one base and split."""
    done = [own for own in cells if "test" in own]
    for genres in (True, False):
        panels = {
            f"{own['task']}, {own['base']}, {own['split']} (n = {own['test']['n']:,})": (
                own["test"]["names"],
                own["test"]["confusion"],
            )
            for own in done
            if (own["task"] == "genre") is genres
        }
        if panels:
            confusions(stand.out / _figure(done[0], genres=genres), panels, wide=1 if genres else 4)


def _figure(cell: Mapping[str, Any], *, genres: bool) -> str:
    return f"single_{cell['base']}_{cell['split']}_{'genre' if genres else 'halves'}.png"


def page(told: dict[str, Any]) -> str:
    """Write the tables."""
    cells = told["cells"]
    done = [own for own in cells if "test" in own]
    rows = [(*_paper(task), "", "") for task in dict.fromkeys(own["task"] for own in cells) if task in PAPER]
    figures = {_figure(own, genres=own["task"] == "genre"): own for own in done}
    return joined(
        [
            "## Single tasks: accuracy, encoder frozen and trained",
            table(HEADS, [*rows, *(row(own) for own in done)]),
            few(own["test"]["n"] for own in done),
            "\n".join(
                f"- {own['task']}, {own['base']}, {own['split']}: {own['failed']}" for own in cells if "failed" in own
            ),
            _flattery(done),
            _unlearnt(done),
            "### Recall by genre, test",
            _recall_table(done),
            *(picture(name, f"confusions, {own['base']}, {own['split']}") for name, own in figures.items()),
        ]
    )


def _flattery(done: list[dict[str, Any]]) -> str:
    """Say what the random split shares between its sides, and how much higher its accuracies are than by artist."""
    found = {(own["task"], own["base"], own["split"]): own["test"]["accuracy"] for own in done}
    gaps = [
        f"{task}, {base} {value - found[task, base, 'artist']:+.3f}"
        for (task, base, how), value in found.items()
        if how == "random" and (task, base, "artist") in found
    ]
    told = f" Test accuracy on it less that by artist: {'; '.join(gaps)}." if gaps else ""
    return f"On the random split, the paper's, the same artists stand on both sides.{told}"


def _unlearnt(done: list[dict[str, Any]]) -> str:
    """Say which tasks are not learnt here: no better than the majority by more than chance on the test songs."""
    tests = [(f"{own['task']} ({own['base']}, {own['split']})", own["test"]) for own in done]
    near = [name for name, test in tests if test["accuracy"] - test["majority"] <= chance(test["n"])]
    here = f"the majority's accuracy is not beaten by more than chance (95 %) in {', '.join(near)}"
    every = "each accuracy beats the majority's by more than chance (95 %)"
    paper = "The paper found that tempo, liveness and loudness cannot be predicted from lyrics."
    return f"{paper} Here {here if near else every}." if done else paper


def row(own: Mapping[str, Any], name: str = "") -> tuple[str, ...]:
    """Write one cell's row under HEADS."""
    test = own["test"]
    halves = (
        ", ".join(f"{half} {share(value)}" for half, value in recalls(test).items()) if len(test["names"]) == 2 else ""
    )
    return (
        name or own["task"],
        own["base"],
        f"{own['split']}, n = {size(test['n'])}",
        share(own["frozen"]),
        share(own["tuned"]),
        share(test["accuracy"]),
        halves,
        share(test["majority"]),
        share(test["macro_f1"]),
    )


def recalls(test: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the recall of each class, None where it has no songs."""
    return {
        name: own[at] / sum(own) if sum(own) else None
        for at, (name, own) in enumerate(zip(test["names"], test["confusion"], strict=True))
    }


def _paper(task: str) -> tuple[str, ...]:
    own = PAPER[task]
    return (task, "paper", "random, n = 2,380", share(own.frozen), share(own.tuned), own.test, "", "")[:7]


def _recall_table(done: list[dict[str, Any]]) -> str:
    """Tabulate recall by genre, and the two confusions the paper shows."""
    own = [cell for cell in done if cell["task"] == "genre"]
    if not own:
        return ""
    heads = ["genre", "paper", *(f"{cell['base']}, {cell['split']}" for cell in own)]
    rows = [
        (genre, share(paper), *(share(recalls(cell["test"]).get(genre)) for cell in own))
        for genre, paper in PAPER_RECALL.items()
    ]
    for truth, said, paper in SHOWN:
        shares = (share(_predicted_as(cell["test"], truth, said)) for cell in own)
        rows.append((f"{truth} predicted as {said}", share(paper), *shares))
    return table(heads, rows)


def _predicted_as(test: Mapping[str, Any], truth: str, said: str) -> float | None:
    names = test["names"]
    if truth not in names or said not in names:
        return None
    counts = test["confusion"][names.index(truth)]
    return counts[names.index(said)] / sum(counts) if sum(counts) else None
