"""The figures of the re-run: losses of optimisers, clusters on a map, clusters by k, the search for a weight, bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from songkin.training.figures import blank, smoothed

__all__ = ["bars", "by_k", "losses", "on_a_map", "weight_path"]

SIZE_IN, WIDE_IN = (7.0, 4.0), (11.0, 4.6)
DPI = 120
COLOURS = "tab20"


def losses(place: Path, curves: Mapping[str, Sequence[float]]) -> Path:
    """Draw each optimiser's smoothed loss against the steps, the bare losses faint behind."""
    figure, axes = _figure(SIZE_IN)
    for at, (name, values) in enumerate(curves.items()):
        axes.plot(values, color=f"C{at}", alpha=0.12, linewidth=0.6)
        axes.plot(smoothed(values), color=f"C{at}", label=name, linewidth=2.0)
    top = max((max(smoothed(values)) for values in curves.values() if values), default=1.0)
    axes.set(xlabel="step", ylabel="loss (cross-entropy)", ylim=(0, 1.6 * top))
    axes.legend(fontsize="small")
    axes.grid(alpha=0.3)
    return _saved(figure, place)


def on_a_map(place: Path, places: Any, groups: Sequence[int], moods: Sequence[int], classes: Sequence[str]) -> Path:
    """Draw songs (n, 2) twice: coloured by cluster, and by mood."""
    figure = blank(*WIDE_IN)
    left, right = figure.subplots(1, 2)
    own = np.asarray(places, np.float64).reshape(len(groups), -1)
    spots = own[:, 0], own[:, -1]
    size = float(np.clip(4000 / max(len(groups), 1), 2, 20))
    left.scatter(*spots, c=np.asarray(groups) % 20, cmap=COLOURS, s=size, linewidths=0)
    left.set_title(f"by cluster ({len(set(groups))})")
    for mood, name in enumerate(classes):
        there = np.asarray(moods) == mood
        right.scatter(spots[0][there], spots[1][there], s=size, label=name, linewidths=0)
    right.set_title("by mood")
    right.legend(fontsize="small", markerscale=3, loc="best")
    for axes in (left, right):
        axes.set(xticks=[], yticks=[], xlabel="UMAP 1", ylabel="UMAP 2")
    return _saved(figure, place)


def by_k(place: Path, ks: Sequence[int], distortion: Sequence[float], silhouette: Sequence[float | None]) -> Path:
    """Draw distortion and silhouette side by side against k, the best silhouette marked."""
    figure = blank(*WIDE_IN)
    left, right = figure.subplots(1, 2)
    left.plot(ks, distortion, marker="o", markersize=3)
    known = [(k, value) for k, value in zip(ks, silhouette, strict=True) if value is not None]
    right.plot([k for k, _ in known], [value for _, value in known], marker="o", markersize=3, color="C1")
    if known:
        best = max(known, key=lambda pair: pair[1])
        right.axvline(best[0], color="0.5", linestyle="--", label=f"highest at k = {best[0]}")
        right.legend(fontsize="small")
    left.set(xlabel="k", ylabel="distortion (sum of squared distances)")
    right.set(xlabel="k", ylabel="silhouette")
    for axes in (left, right):
        axes.grid(alpha=0.3)
    return _saved(figure, place)


def weight_path(place: Path, path: Sequence[Sequence[float]], grid: Any, held: Any) -> Path:
    """Draw the points a golden-section search asked on the curve of a grid, the curve of the judged seeds beside."""
    figure, axes = _figure(SIZE_IN)
    axes.plot(*np.asarray(grid).T, color="0.6", label="grid, seeds of the search")
    axes.plot(*np.asarray(held).T, color="C2", linestyle="--", label="grid, seeds judged")
    axes.plot(*np.asarray(path).T, "o", color="C0", markersize=4, label="golden-section search")
    for number, (at, value) in enumerate(path[:5], start=1):
        axes.annotate(
            str(number), (at, value), xytext=(0, 6), textcoords="offset points", ha="center", fontsize="small"
        )
    axes.set(xlabel="weight of the vectors (the rest is TF-IDF's)", ylabel="precision at 10")
    axes.legend(fontsize="small")
    axes.grid(alpha=0.3)
    return _saved(figure, place)


def bars(place: Path, shares: Mapping[str, Sequence[float]]) -> Path:
    """Draw the precision of every way with its 95 % interval, the first at the top."""
    figure, axes = _figure((8.0, 0.6 + 0.42 * max(len(shares), 3)))
    means = np.array([own[0] for own in shares.values()])
    ends = np.array([[own[0] - own[1], own[2] - own[0]] for own in shares.values()]).T
    axes.barh(list(shares), means, xerr=np.maximum(ends, 0.0), color="C0", alpha=0.8, capsize=3)
    axes.invert_yaxis()
    axes.set_xlabel("precision at 10, 95 % interval")
    axes.grid(alpha=0.3, axis="x")
    return _saved(figure, place)


def _figure(size: tuple[float, float]) -> tuple[Any, Any]:
    figure = blank(*size)
    return figure, figure.subplots()


def _saved(figure: Any, place: Path) -> Path:
    figure.savefig(place, dpi=DPI)
    return place
