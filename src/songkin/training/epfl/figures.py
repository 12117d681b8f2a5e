"""Figures of the report; none shows a word of lyrics.

Conventions
-----------
Every function writes one PNG at `place` and returns it. MissingExtra where matplotlib is not installed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.training.figures import blank

__all__ = ["clusterings", "components", "confusions", "histograms", "lines", "pair_bars", "predicted_and_true"]

BINS = 30
COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb", "#222222")
Point = tuple[float, float]


def histograms(place: Path, columns: Mapping[str, Sequence[float]], marked: Sequence[str]) -> Path:
    """Draw a histogram of each column; the titles of `marked` ones say that they are skewed."""
    wide = 4
    high = max(1, -(-len(columns) // wide))
    figure = blank(3.0 * wide, 2.2 * high)
    for at, (name, values) in enumerate(columns.items()):
        axes = figure.add_subplot(high, wide, at + 1)
        axes.hist(values, BINS, color=COLOURS[1] if name in marked else COLOURS[0])
        axes.set_title(f"{name} (skewed)" if name in marked else name, fontsize="medium")
        axes.tick_params(labelsize="small")
    return _saved(figure, place)


def pair_bars(place: Path, panels: Mapping[str, Sequence[tuple[str, float, bool]]]) -> Path:
    """Draw pairs (label, cosine, within a theme) as bars, highest on top, one panel an encoder."""
    rows = max((len(pairs) for pairs in panels.values()), default=1)
    figure = blank(6.5 * max(1, len(panels)), 1.2 + 0.3 * rows)
    for at, (name, pairs) in enumerate(panels.items()):
        axes = figure.add_subplot(1, len(panels), at + 1)
        places = range(len(pairs) - 1, -1, -1)
        axes.barh(places, [pair[1] for pair in pairs], color=[COLOURS[0 if pair[2] else 1] for pair in pairs])
        axes.set_yticks(places, [pair[0] for pair in pairs], fontsize="small")
        axes.set_xlabel("cosine; blue: one theme, red: two", fontsize="small")
        axes.set_title(name, fontsize="medium")
    return _saved(figure, place)


def confusions(place: Path, panels: Mapping[str, tuple[Sequence[str], Sequence[Sequence[int]]]], *, wide: int) -> Path:
    """Draw confusion matrices (names, counts with truth by row), `wide` in a row, as shares of each true class."""
    most = max((len(names) for names, _ in panels.values()), default=1)
    side, high = 2.3 + 0.5 * most, max(1, -(-len(panels) // wide))
    figure = blank(side * min(wide, max(1, len(panels))), side * high)
    for at, (title, (names, told)) in enumerate(panels.items()):
        matrix = np.asarray(told, float)
        shares = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
        axes = figure.add_subplot(high, min(wide, len(panels)), at + 1)
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        axes.set_xticks(range(len(names)), names, rotation=45, ha="right", fontsize="small")
        axes.set_yticks(range(len(names)), names, fontsize="small")
        for row, column in np.ndindex(*shares.shape):
            colour = "white" if shares[row, column] > 0.5 else "black"
            said = f"{shares[row, column]:.2f}"
            axes.text(column, row, said, ha="center", va="center", color=colour, fontsize="small")
        axes.set_title(title, fontsize="medium")
        axes.set_xlabel("predicted", fontsize="small")
        axes.set_ylabel("true", fontsize="small")
    return _saved(figure, place)


def predicted_and_true(place: Path, panels: Mapping[str, tuple[Sequence[int], Sequence[int]]]) -> Path:
    """Draw how often each part of [0, 1] is true and is predicted: counts of equal bins, one panel a target."""
    figure = blank(4.2 * max(1, len(panels)), 3.2)
    for at, (name, (truth, predicted)) in enumerate(panels.items()):
        axes = figure.add_subplot(1, len(panels), at + 1)
        edges = np.linspace(0, 1, len(truth) + 1)
        axes.stairs(truth, edges, fill=True, alpha=0.5, color=COLOURS[0], label="true")
        axes.stairs(predicted, edges, fill=True, alpha=0.5, color=COLOURS[1], label="predicted")
        axes.set_title(name, fontsize="medium")
        axes.set_ylabel("songs")
        axes.legend(fontsize="small")
    return _saved(figure, place)


def clusterings(place: Path, curves: Mapping[str, Mapping[str, Sequence[Point]]]) -> Path:
    """Draw CH, DB (both on a log scale) and SH over k: curves by measure, then by encoder, as (k, value)."""
    figure = blank(13.0, 3.6)
    for at, (measure, encoders) in enumerate(curves.items()):
        axes = figure.add_subplot(1, len(curves), at + 1)
        for number, (name, points) in enumerate(encoders.items()):
            axes.plot(*zip(*points, strict=True), marker="o", markersize=3, color=_colour(number), label=name)
        if measure != "SH":
            axes.set_yscale("log", subs=[2, 3, 5])
            for numbered in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
                numbered("{x:,.12g}")
        axes.set_xlabel("clusters k")
        axes.set_title({"CH": "Calinski-Harabasz, more", "DB": "Davies-Bouldin, less"}.get(measure, "silhouette, more"))
        axes.grid(alpha=0.3)
    _legend_below(figure, len(next(iter(curves.values()), {})))
    return _saved(figure, place)


def components(place: Path, panels: Mapping[str, tuple[NDArray[np.floating], NDArray[np.int64]]]) -> Path:
    """Draw three principal components (n, 3) coloured by cluster (n,), one panel an encoder; axes tell collapse."""
    figure = blank(4.6 * max(1, len(panels)), 4.6)
    for at, (name, (points, labels)) in enumerate(panels.items()):
        axes = figure.add_subplot(1, len(panels), at + 1, projection="3d")
        for own in range(int(labels.max()) + 1):
            axes.scatter(*points[labels == own].T, s=4, color=_colour(own), label=f"cluster {own + 1}")
        reach = float(np.abs(points).max()) or 1.0
        axes.set_title(f"{name}\nlargest coordinate {reach:.2g}", fontsize="medium")
        axes.tick_params(labelsize=6)
    return _saved(figure, place)


def lines(place: Path, panels: Mapping[str, Mapping[str, Sequence[Point]]]) -> Path:
    """Draw curves (x, y) by panel and name over steps."""
    figure = blank(4.4 * max(1, len(panels)), 3.4)
    for at, (title, curves) in enumerate(panels.items()):
        axes = figure.add_subplot(1, len(panels), at + 1)
        for number, (name, points) in enumerate(curves.items()):
            axes.plot(*zip(*points, strict=True), marker="o", markersize=3, color=_colour(number), label=name)
        axes.set_title(title, fontsize="medium")
        axes.set_xlabel("step")
        axes.grid(alpha=0.3)
    _legend_below(figure, max((len(curves) for curves in panels.values()), default=0))
    return _saved(figure, place)


def _legend_below(figure: Any, names: int) -> None:
    """Put one legend for all panels below them."""
    told = {
        label: handle for axes in figure.axes for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    if told:
        figure.legend(
            told.values(), told.keys(), loc="outside lower center", ncols=min(4, max(1, names)), fontsize="small"
        )


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _saved(figure: Any, place: Path) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(place, dpi=110)
    return place
