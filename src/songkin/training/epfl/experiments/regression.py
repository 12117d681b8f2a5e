"""Regression first: the value itself instead of halves, and why it was dropped."""

from __future__ import annotations

from typing import Any

from songkin.training.epfl.cells import Stand, labels_of
from songkin.training.epfl.figures import predicted_and_true
from songkin.training.markdown import FEW, joined, number, picture, share, size, table

__all__ = ["PAPER", "page", "run"]

PAPER = {"valence": 0.0488, "danceability": 0.0181, "energy": 0.031}  # validation MSE
HEADS = (
    *("target", "paper, valid", "frozen, valid", "tuned, valid", "test"),
    *("the mean told always", "deviation told : true", "n"),
)


def run(stand: Stand) -> dict[str, Any]:
    """Train each target's value on the first split, with every base."""
    plan, how, told = stand.agenda.regression, stand.agenda.splits[0], []
    for base in stand.agenda.bases:
        cells = []
        for target in plan.targets:
            own: dict[str, Any] = {"kinds": {target: "regression"}}
            folders = stand.both(base, how, f"regression-{target}", target, plan.frozen, plan.tuned, **own)
            frozen, tuned = (labels_of(folder)["targets"][target] for folder in folders)
            cells.append(
                {
                    "task": target,
                    "base": base.name,
                    "frozen": frozen["valid"],
                    "valid": tuned["valid"],
                    "test": tuned["test"],
                }
            )
        told += cells
        predicted_and_true(
            stand.out / f"regression_{base.name}.png",
            {own["task"]: (own["test"]["truth_bins"], own["test"]["told_bins"]) for own in cells},
        )
    return {"split": how, "cells": told}


def page(told: dict[str, Any]) -> str:
    """Write the table."""
    return joined(
        [
            f"## Regression first: mean squared error, {told['split']} split",
            table(HEADS, [_row(own) for own in told["cells"]]),
            "\\* fewer than 1,000 songs." if any(own["test"]["n"] < FEW for own in told["cells"]) else "",
            "The paper found that what is told bunches round the mean while the truth is spread, and took halves. "
            + _bunched(told["cells"]),
            *(
                picture(f"regression_{base}.png", f"told against true, {base}")
                for base in dict.fromkeys(own["base"] for own in told["cells"])
            ),
        ]
    )


def _row(own: dict[str, Any]) -> tuple[str, ...]:
    """Write one cell's row under HEADS."""
    errors = [own["frozen"]["mse"], own["valid"]["mse"], own["test"]["mse"], own["test"]["mse_of_mean"]]
    return (
        f"{own['task']}, {own['base']}",
        number(PAPER.get(own["task"]), 4),
        *(number(error, 4) for error in errors),
        f"{number(own['test']['told_deviation'], 3)} : {number(own['test']['truth_deviation'], 3)}",
        size(own["test"]["n"]),
    )


def _bunched(cells: list[dict[str, Any]]) -> str:
    """Say how far what is told here is spread, against the truth; nothing where the truth is one value."""
    tests = [own["test"] for own in cells if own["test"]["truth_deviation"]]
    shares = sorted(own["told_deviation"] / own["truth_deviation"] for own in tests)
    ends = " to ".join(dict.fromkeys(share(value) for value in (shares[:1] + shares[-1:])))
    return f"Here the deviation of what is told is {ends} of the truth's." if shares else ""
