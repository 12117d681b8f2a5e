"""SimSiam and its collapse, step by step, beside a self-supervised task that does not collapse."""

from __future__ import annotations

from typing import Any

from songkin.errors import TrainingError
from songkin.evaluation.spaces import spread
from songkin.training.epfl.agenda import Base
from songkin.training.epfl.cells import Stand, history_of
from songkin.training.epfl.encoding import encoded
from songkin.training.epfl.figures import lines
from songkin.training.markdown import joined, number, picture, share, table
from songkin.training.networks.backbone import Backbone
from songkin.training.recipes import Recipe
from songkin.training.tasks import HALVED
from songkin.training.tasks.halves import Songs, sides

__all__ = ["CELLS", "page", "run"]

CELLS = {"simsiam": "simsiam.toml", "halves": "halves.toml"}
STOPPED, NOTE = "simsiam-stopped", "stopped.txt"
HURRIED = 5  # steps between validations of a quick run
WATCHED = ("mean_cosine", "effective_rank")


def run(stand: Stand) -> dict[str, Any]:
    """Train both on the first split, with every base, and once with the check that stops."""
    how, told = stand.agenda.splits[0], []
    for base in stand.agenda.bases:
        own = {name: _watched(stand, base, how, name) for name in CELLS}
        told.append({"base": base.name, "stopped": _stopped(stand, base, how), "curves": own})
        lines(stand.out / f"simsiam_{base.name}.png", _panels(own))
    return {"split": how, "cells": told}


def _watched(stand: Stand, base: Base, how: str, name: str) -> dict[str, Any]:
    """Train one, and return its validations, the untrained encoder's space as that of step 0, and its loss by step."""
    tables = _tables(stand, name, {"go_on": True} if name == "simsiam" else {})
    rows = history_of(stand.train(base, how, name, CELLS[name], tables))
    begun = {"step": 0, **_begun(stand, stand.recipe(base, how, CELLS[name], tables))}
    return {
        "validations": [begun, *(row for row in rows if "score" in row)],
        "loss": [(row["step"], row["loss"]) for row in rows if "loss" in row],
    }


def _begun(stand: Stand, recipe: Recipe) -> dict[str, float]:
    """Measure the space of the held-out songs before the first step."""
    options: Songs = recipe.task_table(HALVED[recipe.task])
    held = sides(recipe, options, stand.ground)[1]
    texts = [song.text for song in held]
    return spread(encoded(Backbone.of(recipe), texts, max_tokens=recipe.batches.max_tokens))._asdict()


def _stopped(stand: Stand, base: Base, how: str) -> str:
    """Return what the check said when it stopped SimSiam; nothing where it did not."""
    note = stand.folder(base, how, STOPPED) / NOTE
    if note.is_file():
        return note.read_text(encoding="utf-8")
    try:
        stand.train(base, how, STOPPED, CELLS["simsiam"], _tables(stand, "simsiam", {"go_on": False}))
    except TrainingError as error:
        if "collapsed" not in str(error):
            raise
        note.write_text(str(error).partition("; ")[0], encoding="utf-8")
        return note.read_text(encoding="utf-8")
    return ""


def _tables(stand: Stand, name: str, table: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: table, **({"validation": {"every": HURRIED}} if stand.agenda.most else {})}


def _panels(cells: dict[str, dict[str, Any]]) -> dict[str, dict[str, list[tuple[float, float]]]]:
    panels = {
        key.replace("_", " "): {
            name: [(row["step"], row[key]) for row in own["validations"]] for name, own in cells.items()
        }
        for key in WATCHED
    }
    return {"loss": {name: own["loss"] for name, own in cells.items()}, **panels}


def page(told: dict[str, Any]) -> str:
    """Write the tables."""
    parts = [f"## SimSiam, and halves of songs with negatives, {told['split']} split"]
    for cell in told["cells"]:
        rows = [
            (
                name,
                str(row["step"]),
                number(_loss(row), 3),
                *(number(row[key], 3) for key in WATCHED),
                share(row.get("mrr")),
            )
            for name, own in cell["curves"].items()
            for row in _some(own["validations"])
        ]
        said = f"With the check on: {cell['stopped']}." if cell["stopped"] else "With the check on it was not stopped."
        parts += [
            f"### {cell['base']}",
            table(["task", "step", "held-out loss", "mean cosine", "effective rank", "halves found, MRR"], rows),
            said,
            picture(f"simsiam_{cell['base']}.png", "loss, mean cosine and effective rank over steps"),
        ]
    parts.append(
        "The paper: the loss falls to -0.79 within 150 steps and stays, all songs are one vector (PCA axes 1e-7). "
        "A mean cosine near 1 and an effective rank near 1 are that collapse."
    )
    return joined(parts)


def _loss(row: dict[str, Any]) -> float | None:
    return row.get("held-out loss")


def _some(rows: list[dict[str, Any]], most: int = 6) -> list[dict[str, Any]]:
    """Return at most so many rows, evenly spread, first and last among them."""
    if len(rows) <= most:
        return rows
    return [rows[round(at * (len(rows) - 1) / (most - 1))] for at in range(most)]
