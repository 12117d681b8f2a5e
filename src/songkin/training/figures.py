"""An empty figure, and the curves of a training: the loss by step, and what validation found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from songkin.extras import need

__all__ = ["blank", "draw", "smoothed"]

WIDTH_IN, HEIGHT_IN = 7.0, 4.0
DRAWN = ("hit@10", "mrr", " accuracy", " mse")  # measures of validation that are curves
NEAR = 0.98  # how much of the smoothed loss comes from the steps before


def blank(width_in: float, height_in: float) -> Any:
    """Return an empty figure; MissingExtra where matplotlib is not installed."""
    return need("matplotlib.figure", extra="plots").Figure(figsize=(width_in, height_in), layout="constrained")


def draw(folder: Path) -> list[Path]:
    """Draw loss.png and validation.png of a folder's history.jsonl, and return those drawn.

    MissingExtra where matplotlib is not installed.
    """
    need("matplotlib", extra="plots")
    rows = [json.loads(line) for line in (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    losses, verdicts = [row for row in rows if "loss" in row], [row for row in rows if "score" in row]
    drawn = []
    if losses:
        steps, values = [row["step"] for row in losses], [row["loss"] for row in losses]
        curves = {"loss": values, "smoothed": smoothed(values)}
        drawn.append(_plot(folder / "loss.png", steps, curves, "loss"))
    if verdicts:
        names = [name for name in verdicts[0] if name == "score" or name.endswith(DRAWN)]
        curves = {name: [row[name] for row in verdicts] for name in names}
        drawn.append(_plot(folder / "validation.png", [row["step"] for row in verdicts], curves, "validation"))
    return drawn


def smoothed(values: Sequence[float]) -> list[float]:
    """Return the running mean in which each step before counts a little less, not biased to the first."""
    total = weight = 0.0
    found = []
    for value in values:
        total, weight = NEAR * total + value, NEAR * weight + 1
        found.append(total / weight)
    return found


def _plot(place: Path, steps: Sequence[int], curves: Mapping[str, Sequence[float]], title: str) -> Path:
    """Draw curves over steps; the first is heavy, others light."""
    figure = blank(WIDTH_IN, HEIGHT_IN)
    axes = figure.subplots()
    for at, (name, values) in enumerate(curves.items()):
        axes.plot(steps, values, label=name, linewidth=2.0 if name in ("score", "smoothed") else 1.0, zorder=9 - at)
    axes.set_xlabel("step")
    axes.set_ylabel(title)
    axes.legend(fontsize="small")
    axes.grid(alpha=0.3)
    figure.savefig(place, dpi=120)
    return place
