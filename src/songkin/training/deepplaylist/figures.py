"""Figures of the report: losses by epoch, how far off a network is, and where.

Conventions
-----------
Every function writes one PNG at `place` and returns it. MissingExtra where matplotlib is not installed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from songkin.training.figures import blank

__all__ = ["errors_and_labels", "losses"]

COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377")
BINS = 40
BANDS = 10  # of labels, in error against label
POINTS = 4000  # pairs that are drawn as dots


def losses(place: Path, panels: Mapping[str, Sequence[Mapping[str, Any]]]) -> Path:
    """Draw train and validation loss over epochs, one panel a training; the best epoch is marked.

    Rows are those of a training's validations: "train loss", "valid loss", "score".
    """
    wide = min(3, max(1, len(panels)))
    high = -(-max(1, len(panels)) // wide)
    figure = blank(4.2 * wide, 3.2 * high)
    for at, (name, rows) in enumerate(panels.items()):
        axes, epochs = figure.add_subplot(high, wide, at + 1), range(1, len(rows) + 1)
        for colour, key in zip(COLOURS, ("train loss", "valid loss"), strict=False):
            axes.plot(epochs, [row[key] for row in rows], marker="o", markersize=3, color=colour, label=key)
        best = max(range(len(rows)), key=lambda row: rows[row]["score"])
        axes.axvline(best + 1, color="#bbbbbb", linestyle="--", label="kept", zorder=0)
        axes.set_title(name, fontsize="medium")
        axes.set_xlabel("epoch")
        axes.set_ylabel("loss")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend(fontsize="small")
        axes.grid(alpha=0.3)
    return _saved(figure, place)


def errors_and_labels(place: Path, labels: ArrayLike, told: ArrayLike, *, constant: float) -> Path:
    """Draw a histogram of absolute errors, beside that of always telling `constant`, and the error against the label.

    The line is the mean absolute error in each tenth of labels that holds a pair.
    """
    known, said = np.asarray(labels, np.float64), np.asarray(told, np.float64)
    away = np.abs(said - known)
    figure = blank(10.0, 3.8)
    axes = figure.add_subplot(1, 2, 1)
    bins = np.linspace(0.0, max(1.0, float(away.max(initial=0.0))), BINS + 1)
    axes.hist(away, bins, color=COLOURS[0], label="network")
    axes.hist(np.abs(constant - known), bins, histtype="step", color=COLOURS[1], label=f"always {constant:.3f}")
    axes.set_xlabel("absolute error")
    axes.set_ylabel("test pairs")
    axes.set_yscale("log")
    axes.set_ylim(bottom=0.5)  # so that a single pair is seen
    axes.legend(fontsize="small")
    axes = figure.add_subplot(1, 2, 2)
    some = np.linspace(0, len(known) - 1, min(POINTS, len(known))).astype(int)
    axes.scatter(known[some], (said - known)[some], s=3, alpha=0.3, color=COLOURS[0], label="pairs", rasterized=True)
    band = np.minimum((known * BANDS).astype(int), BANDS - 1)
    held = np.unique(band)
    means = [float(away[band == one].mean()) for one in held]
    axes.plot((held + 0.5) / BANDS, means, color=COLOURS[1], marker="o", label="mean absolute error")
    axes.axhline(0.0, color="#222222", linewidth=0.6)
    axes.set_xlabel("label")
    axes.set_ylabel("told less label")
    axes.legend(fontsize="small")
    axes.grid(alpha=0.3)
    return _saved(figure, place)


def _saved(figure: Any, place: Path) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(place, dpi=110)
    return place
