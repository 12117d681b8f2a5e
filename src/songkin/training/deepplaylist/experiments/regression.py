"""The lyrics network: how alike two songs are, told as a number, beside what a constant is worth."""

from __future__ import annotations

from typing import Any

import numpy as np

from songkin.training.deepplaylist.cells import REGRESSION, Stand
from songkin.training.deepplaylist.figures import errors_and_labels, losses
from songkin.training.deepplaylist.published import MAE, RMSE
from songkin.training.deepplaylist.tabling import WORTH, worth
from songkin.training.markdown import joined, number, picture, size, table

__all__ = ["page", "run"]

LOSSES, ERRORS = "regression_loss.png", "regression_errors_{how}.png"


def run(stand: Stand) -> dict[str, Any]:
    """Train the final model on every split, and on the first with padding read, which the paper does not tell."""
    cells = {how: stand.train(REGRESSION, how, "regression", {}) for how in stand.agenda.splits}
    losses(stand.out / LOSSES, {f"{how} split": cell.epochs for how, cell in cells.items()})
    for how, cell in cells.items():
        labels, told = cell.told.T
        train = stand.split(REGRESSION, how).sides.train.labels
        place = stand.out / ERRORS.format(how=how)
        errors_and_labels(place, labels, told, constant=float(np.median(train)))
    first = stand.agenda.splits[0]
    padded = {row.said: stand.train(REGRESSION, first, row.name, row.tables) for row in stand.agenda.padding}
    return {
        "splits": {how: cell.measured for how, cell in cells.items()},
        "first": first,
        "padding": {said: cell.measured["test"] for said, cell in padded.items()},
    }


def page(told: dict[str, Any]) -> str:
    """Write the tables."""
    parts = ["## Regression: the lyrics network"]
    for how, own in told["splits"].items():
        test, said = own["test"], own["rows"]
        rows = [("network", *worth(test, test["order"]))]
        rows += [(name, *worth(test[name])) for name in ("constant mean", "constant median")]
        if how == "random":
            rows.append(("the paper, on its own pairs", number(MAE, 4), number(RMSE, 4), "", "", ""))
        parts += [
            f"### {how} split: {size(said['train'])} pairs trained on, {size(said['test'])} tested",
            table(["told by", *WORTH], rows),
            picture(ERRORS.format(how=how), "histogram of absolute errors, and error against label"),
        ]
    padding = [("not read (ours)", *worth(own := told["splits"][told["first"]]["test"], own["order"]))]
    padding += [(said, *worth(own, own["order"])) for said, own in told["padding"].items()]
    if told["padding"]:
        parts += [f"### What padding does, {told['first']} split", table(["padding", *WORTH], padding)]
    return joined([*parts, picture(LOSSES, "train and validation loss over epochs")])
