"""Sound and words together: four vectors of two songs, merged, and the Similarity Decoder."""

from __future__ import annotations

from typing import Any

import numpy as np

from songkin.training.deepplaylist.cells import JOINT, Stand
from songkin.training.deepplaylist.figures import errors_and_labels, losses
from songkin.training.deepplaylist.published import JOINT_MSE
from songkin.training.deepplaylist.tabling import WORTH, constants_of, worth
from songkin.training.markdown import joined, number, picture, size, table

__all__ = ["page", "run"]

LOSSES, ERRORS = "joint_loss.png", "joint_errors.png"
CHOSEN = "concatenation"


def run(stand: Stand) -> dict[str, Any]:
    """Train every merge of the agenda on the first split; the paper's choice is concatenation."""
    how = stand.agenda.splits[0]
    merges = list(dict.fromkeys([CHOSEN, *(merge for merge in stand.agenda.merges if merge != "all")]))
    cells = {merge: stand.train(JOINT, how, f"joint-{merge}", {"pairs": {"merge": merge}}) for merge in merges}
    losses(stand.out / LOSSES, {merge: cell.epochs for merge, cell in cells.items()})
    labels, told = cells[CHOSEN].told.T
    errors_and_labels(stand.out / ERRORS, labels, told, constant=float(np.median(labels)))
    return {"split": how, "merges": {merge: cell.measured for merge, cell in cells.items()}}


def page(told: dict[str, Any]) -> str:
    """Write the table."""
    rows = [
        (merge, *worth(own["test"], own["test"]["order"]), number(own["test"]["RMSE"] ** 2, 4))
        for merge, own in told["merges"].items()
    ]
    first = next(iter(told["merges"].values()))
    rows += [(*own, "") for own in constants_of(first["test"])]
    rows.append(("the paper, concatenation, on its own pairs", *[""] * len(WORTH), number(JOINT_MSE, 4)))
    return joined(
        [
            f"## Sound and words, {told['split']} split: {size(first['rows']['train'])} pairs trained on, "
            f"{size(first['rows']['test'])} tested",
            table(["merge", *WORTH, "MSE"], rows),
            picture(LOSSES, "the combined model's loss over epochs"),
            picture(ERRORS, "histogram of absolute errors, and error against label"),
        ]
    )
