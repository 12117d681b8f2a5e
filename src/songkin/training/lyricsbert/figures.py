"""Figures of the re-run: measures against the learning rate, and attention maps side by side.

Conventions
-----------
Every function writes one PNG at `place` and returns it. MissingExtra where matplotlib is not installed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from songkin.training.figures import blank
from songkin.training.lyricsbert.summary import Cells, architectures, curve, means

__all__ = ["draw_attention", "draw_curves"]

COLOURS = ("#4477aa", "#ee6677")


def draw_curves(place: Path, cells: Cells, measures: Mapping[str, str]) -> Path:
    """Draw a panel a measure (its key: its title): a curve an architecture, a bar a deviation, dots before training."""
    wide = min(2, len(measures))
    high = -(-len(measures) // wide)
    figure = blank(4.6 * wide, 3.3 * high)
    for at, (measure, title) in enumerate(measures.items()):
        axes = figure.add_subplot(high, wide, at + 1)
        for name, colour in zip(architectures(cells), COLOURS, strict=False):
            points = curve(cells, name, measure)
            rates, own = [rate for rate, _ in points], [told for _, told in points]
            heights, bars = [told.mean for told in own], [told.deviation for told in own]
            axes.errorbar(rates, heights, bars, marker="o", markersize=4, capsize=3, color=colour, label=name)
            before = means(cells, name, 0.0, measure)
            if before.n:
                axes.axhline(before.mean, color=colour, linestyle=":", label=f"{name}, before training")
        axes.set_xscale("log")
        axes.set_xlabel("learning rate")
        axes.set_title(title, fontsize="medium")
        axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    figure.savefig(place, dpi=120)
    return place


def draw_attention(place: Path, maps: Mapping[str, Mapping[str, Any]]) -> Path:
    """Draw how each architecture attends to the same verse: a column an architecture, first layer above, last below.

    The colours of a row mean the same in all its columns.
    """
    length = max(len(own["tokens"]) for own in maps.values())
    side = 1.6 + 0.24 * length
    figure = blank(side * len(maps) + 0.8, 2 * side)
    axes = figure.subplots(2, len(maps), squeeze=False)
    for row, layer in enumerate(("first", "last")):
        most = max(float(np.max(own[layer])) for own in maps.values())
        for column, (name, own) in enumerate(maps.items()):
            image = _map(axes[row][column], own[layer], own["tokens"], most)
            axes[row][column].set_title(f"{name}, {layer} layer", fontsize="medium")
        figure.colorbar(image, ax=list(axes[row]), shrink=0.8, label="attention, heads averaged")
    figure.savefig(place, dpi=120)
    return place


def _map(axes: Any, weights: Sequence[Sequence[float]], tokens: Sequence[str], most: float) -> Any:
    image = axes.imshow(np.asarray(weights), cmap="viridis", vmin=0, vmax=most)
    axes.set_xticks(range(len(tokens)), tokens, rotation=90, fontsize="x-small")
    axes.set_yticks(range(len(tokens)), tokens, fontsize="x-small")
    return image
