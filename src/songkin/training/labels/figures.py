"""Figures of label networks: confusion matrices, and histograms of predictions against the truth."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from songkin.training.figures import blank
from songkin.training.labels.judging import LABELS_FILE

__all__ = ["draw_confusion", "draw_histogram", "draw_labels"]


def draw_labels(folder: Path) -> list[Path]:
    """Draw a figure for each target of a folder's labels.json; MissingExtra where matplotlib is not installed."""
    targets = json.loads((folder / LABELS_FILE).read_text(encoding="utf-8"))["targets"]
    return [_draw(folder, name, own["test"]) for name, own in targets.items()]


def _draw(folder: Path, name: str, test: Mapping[str, Any]) -> Path:
    if "confusion" in test:
        return draw_confusion(folder / f"confusion_{name}.png", test["confusion"], test["names"], title=f"{name}, test")
    return draw_histogram(
        folder / f"histogram_{name}.png", test["truth_bins"], test["told_bins"], title=f"{name}, test"
    )


def draw_confusion(place: Path, counts: Sequence[Sequence[int]], names: Sequence[str], *, title: str) -> Path:
    """Draw a confusion matrix with the share of each true class predicted as each; classes without songs stay empty."""
    matrix = np.asarray(counts, float)
    totals = matrix.sum(1, keepdims=True)
    shares = matrix / np.where(totals > 0, totals, 1)
    wide = 2.6 + 0.62 * len(names)
    figure = blank(wide + 0.6, wide)
    axes = figure.subplots()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), [f"{own} ({int(n)})" for own, n in zip(names, totals[:, 0], strict=True)])
    for row, column in np.ndindex(*shares.shape):
        dark = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, f"{shares[row, column]:.2f}", ha="center", va="center", color=dark, fontsize=8)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true (songs)")
    axes.set_title(title)
    figure.colorbar(image, ax=axes, shrink=0.8, label="share of the true class")
    figure.savefig(place, dpi=120)
    return place


def draw_histogram(place: Path, truth: Sequence[int], predicted: Sequence[int], *, title: str) -> Path:
    """Draw how often each part of [0, 1] is true, and how often it is predicted."""
    figure = blank(6.0, 4.0)
    axes = figure.subplots()
    edges = np.linspace(0, 1, len(truth) + 1)
    for counts, name in ((truth, "true"), (predicted, "predicted")):
        axes.stairs(counts, edges, fill=True, alpha=0.5, label=name)
    axes.set_xlabel(title)
    axes.set_ylabel("songs")
    axes.legend()
    figure.savefig(place, dpi=120)
    return place
