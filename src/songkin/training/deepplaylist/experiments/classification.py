"""The baseline: one bidirectional LSTM tells whether two songs are alike; the classification report beside theirs."""

from __future__ import annotations

from typing import Any

from songkin.training.deepplaylist.cells import Stand
from songkin.training.deepplaylist.figures import losses
from songkin.training.deepplaylist.published import ACCURACY, CLASSES, VALID_ACCURACY
from songkin.training.markdown import joined, picture, share, size, table

__all__ = ["page", "run"]

RECIPE, FIGURE = "classification.toml", "classification_loss.png"
NAMED = {"0": "0 dissimilar", "1": "1 similar"}


def run(stand: Stand) -> dict[str, Any]:
    """Train the baseline on every split."""
    cells = {how: stand.train(RECIPE, how, "classification", {}) for how in stand.agenda.splits}
    losses(stand.out / FIGURE, {f"{how} split": cell.epochs for how, cell in cells.items()})
    return {
        how: {**cell.measured["test"], "valid accuracy": cell.best["valid accuracy"], "rows of": cell.measured["rows"]}
        for how, cell in cells.items()
    }


def page(told: dict[str, Any]) -> str:
    """Write the classification reports."""
    parts = ["## Classification: the single BiLSTM"]
    for how, own in told.items():
        rows = [
            (
                NAMED.get(name, name),
                *_cells(row["precision"], row["recall"], row["F1"], row["n"]),
                *_cells(*CLASSES[name]),
            )
            for name, row in own["rows"].items()
        ]
        heads = ["class", "precision", "recall", "F1", "n", "paper: precision", "recall", "F1", "n"]
        parts += [
            f"### {how} split",
            table(heads, rows),
            f"Accuracy {share(own['accuracy'])} (the larger class alone {share(own['majority'])}), validation "
            f"{share(own['valid accuracy'])}; the paper {share(ACCURACY)} (larger class .604), validation "
            f"{share(VALID_ACCURACY)}. Trained on {size(own['rows of']['train'])} pairs.",
        ]
    return joined([*parts, picture(FIGURE, "train and validation loss over epochs")])


def _cells(precision: float, recall: float, f1: float, n: int) -> tuple[str, ...]:
    return share(precision), share(recall), share(f1), size(n)
