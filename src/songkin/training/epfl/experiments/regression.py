"""Regression first: the value itself instead of halves, and why it was dropped."""

from __future__ import annotations

from typing import Any

from songkin.training.epfl.cells import Stand, labels_of
from songkin.training.epfl.figures import told_and_true
from songkin.training.epfl.markdown import FEW, joined, number, picture, size, table

__all__ = ["PAPER", "page", "run"]

PAPER = {"valence": 0.0488, "danceability": 0.0181, "energy": 0.031}  # validation MSE


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
        told_and_true(
            stand.out / f"regression_{base.name}.png",
            {own["task"]: (own["test"]["truth_bins"], own["test"]["told_bins"]) for own in cells},
        )
    return {"split": how, "cells": told}


def page(told: dict[str, Any]) -> str:
    """Write the table."""
    rows = [
        (
            f"{own['task']}, {own['base']}",
            number(PAPER.get(own["task"]), 4),
            number(own["frozen"]["mse"], 4),
            number(own["valid"]["mse"], 4),
            number(own["test"]["mse"], 4),
            number(own["test"]["mse_of_mean"], 4),
            f"{number(own['test']['told_deviation'], 3)} : {number(own['test']['truth_deviation'], 3)}",
            size(own["test"]["n"]),
        )
        for own in told["cells"]
    ]
    heads = [
        "target",
        "paper, valid",
        "frozen, valid",
        "tuned, valid",
        "test",
        "the mean told always",
        "deviation told : true",
    ]
    return joined(
        [
            f"## Regression first: mean squared error, {told['split']} split",
            table([*heads, "n"], rows),
            "\\* fewer than 1,000 songs." if any(own["test"]["n"] < FEW for own in told["cells"]) else "",
            "What is told bunches round the mean while the truth is spread: so the paper took halves instead.",
            *(
                picture(f"regression_{base}.png", f"told against true, {base}")
                for base in dict.fromkeys(own["base"] for own in told["cells"])
            ),
        ]
    )
