"""All tasks at once on one encoder: what the paper could not finish."""

from __future__ import annotations

from typing import Any

from songkin.training.epfl.cells import Stand, labels_of
from songkin.training.epfl.experiments import single
from songkin.training.markdown import few, joined, table

__all__ = ["CELL", "page", "run"]

CELL, RECIPE = "simultaneous", "simultaneous.toml"


def run(stand: Stand) -> dict[str, Any]:
    """Train all tasks on the first split, with every base."""
    how, told = stand.agenda.splits[0], []
    for base in stand.agenda.bases:
        table: dict[str, Any] = {"targets": list(stand.agenda.together)}
        if stand.agenda.most:
            table["epochs"] = stand.agenda.quick.epochs
        folder = stand.train(base, how, CELL, RECIPE, {"labels": table})
        for target, own in labels_of(folder)["targets"].items():
            valid = own["valid"]["accuracy"]
            told.append(
                {"task": target, "base": base.name, "split": how, "frozen": None, "tuned": valid, "test": own["test"]}
            )
    return {"split": how, "cells": told}


def page(told: dict[str, Any]) -> str:
    """Write the table."""
    return joined(
        [
            f"## Simultaneous multitask: accuracy, {told['split']} split",
            table(single.HEADS, [single.row(own) for own in told["cells"]]),
            few(own["test"]["n"] for own in told["cells"]),
            "The paper's run stopped in its second epoch (memory, and checkpoints that would not load) and prints "
            "nothing. One head a task, a batch is of one task, tasks come in proportion to their batches.",
        ]
    )
