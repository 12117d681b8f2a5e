"""Tasks one after another on one encoder: what the next task keeps of the one before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from songkin.training.epfl.agenda import Base
from songkin.training.epfl.cells import Stand
from songkin.training.epfl.experiments import single
from songkin.training.markdown import few, joined, share, table

__all__ = ["PAPER", "links", "page", "run"]

PAPER = (
    ("genre", 0.433, 0.479),
    ("valence", 0.636, 0.647),
    ("energy", 0.649, 0.660),
    ("danceability", 0.662, 0.666),
    ("genre", 0.462, 0.457),
)  # validation accuracy frozen, unfrozen


def links(targets: tuple[str, ...]) -> list[str]:
    """Name the cells of a chain: the single task's first, then 'chain-2-valence' and so on."""
    return [targets[0], *(f"chain-{at}-{target}" for at, target in enumerate(targets[1:], 2))]


def run(stand: Stand) -> dict[str, Any]:
    """Train the chain on the first split, with every base."""
    how = stand.agenda.splits[0]
    return {"split": how, "cells": [own for base in stand.agenda.bases for own in _chain(stand, base, how)]}


def _chain(stand: Stand, base: Base, how: str) -> list[dict[str, Any]]:
    plan = stand.agenda.chain
    first = next(own for own in stand.agenda.single if own.target == plan.targets[0])
    folders = single.train(stand, base, how, first)
    told = [_told(folders, base, how, first.target)]
    for name, target in zip(links(plan.targets)[1:], plan.targets[1:], strict=True):
        folders = stand.both(base, how, name, target, plan.frozen, plan.tuned, start=folders[-1])
        told.append(_told(folders, base, how, target))
    return told


def _told(folders: list[Path], base: Base, how: str, target: str) -> dict[str, Any]:
    return {"task": target, "base": base.name, "split": how, **single.measured(folders, target)}


def page(told: dict[str, Any]) -> str:
    """Write the table."""
    bases = list(dict.fromkeys(own["base"] for own in told["cells"]))
    rows: list[tuple[str, ...]] = [
        (f"{at}. {task}", "paper", "random", share(frozen), share(tuned), "", "", "", "")
        for at, (task, frozen, tuned) in enumerate(PAPER, 1)
    ]
    for base in bases:
        own = [cell for cell in told["cells"] if cell["base"] == base]
        rows += [single.row(cell, f"{at}. {cell['task']}") for at, cell in enumerate(own, 1)]
    return joined(
        [
            f"## Sequential multitask: accuracy, {told['split']} split",
            table(single.HEADS, rows),
            few(own["test"]["n"] for own in told["cells"]),
            "The first row is the single task's network; each later one begins a new head on the encoder before it.",
        ]
    )
