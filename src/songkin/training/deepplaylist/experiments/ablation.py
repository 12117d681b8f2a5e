"""The six rows of the ablation, beside the paper's."""

from __future__ import annotations

from typing import Any

from songkin.training.deepplaylist.cells import REGRESSION, Stand
from songkin.training.deepplaylist.figures import losses
from songkin.training.deepplaylist.published import ABLATION
from songkin.training.markdown import joined, number, picture, share, size, table

__all__ = ["page", "run"]

FIGURE = "ablation_loss.png"


def run(stand: Stand) -> dict[str, Any]:
    """Train every row on the first split."""
    how, rows = stand.agenda.splits[0], stand.agenda.ablation
    cells = {row.name: stand.train(REGRESSION, how, row.name, row.tables) for row in rows}
    losses(stand.out / FIGURE, {name: cell.epochs for name, cell in cells.items()})
    told = [
        {
            "name": row.name,
            "said": row.said,
            "train MAE": cells[row.name].best["train mae"],
            "valid MAE": cells[row.name].best["valid mae"],
            "test": cells[row.name].measured["test"],
            "rows": cells[row.name].measured["rows"],
        }
        for row in rows
    ]
    return {"split": how, "rows": told}


def page(told: dict[str, Any]) -> str:
    """Write the table."""
    rows = []
    for own in told["rows"]:
        paper = ABLATION.get(own["name"])
        here = (own["train MAE"], own["valid MAE"], own["test"]["RMSE"])
        rows.append(
            (
                own["name"].removeprefix("row-"),
                own["said"],
                size(own["rows"]["train"]),
                *(number(value, 4) for value in here),
                number(own["test"]["constant mean"]["RMSE"], 4),
                share(own["test"]["Spearman"]),
                *((number(value, 4) for value in paper) if paper else ("", "", "")),
            )
        )
    heads = ["#", "change", "pairs", "train MAE", "val MAE", "test RMSE", "constant mean: RMSE", "Spearman"]
    return joined(
        [
            f"## Ablation, {told['split']} split",
            table([*heads, "paper: train MAE", "val MAE", "test RMSE"], rows),
            "Train MAE is that of the kept epoch as it went, with dropout on, as Keras prints it. Rows of other pairs "
            "are tested on other pairs: the constant mean of each stands beside it.",
            picture(FIGURE, "train and validation loss of the six rows"),
        ]
    )
