"""Figures of an evaluation: reliability diagrams, observed shares against predicted probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from songkin.extras import need

__all__ = ["ENDINGS", "draw_reliability"]

ENDINGS = (".png", ".svg", ".pdf")
PANEL_IN, COLUMNS = 3.2, 3
LARGEST = 60.0  # area of the dot of a system's fullest bin

Bins = Sequence[Mapping[str, float | None]]


def draw_reliability(
    place: Path,
    systems: Mapping[str, Mapping[str, Bins]],
    *,
    across: str = "predicted probability",
    up: str = "observed share",
) -> Path:
    """Draw a panel a label, a line a system: the observed share over the predicted probability, or as the axes say.

    Dots grow with their songs; the diagonal is what a well calibrated system says. A label that no system gives a
    probability has no panel. MissingExtra where matplotlib is not installed.
    """
    labels = list(dict.fromkeys(label for own in systems.values() for label in own))
    columns = min(COLUMNS, max(len(labels), 1))
    rows = -(-len(labels) // columns) or 1
    size = (PANEL_IN * columns, PANEL_IN * rows + 0.6)
    figure: Any = need("matplotlib.figure", extra="plots").Figure(figsize=size, layout="constrained")
    panels = list(figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).flat)
    for panel, label in zip(panels, labels, strict=False):
        panel.plot([0, 1], [0, 1], color="0.6", linewidth=1, linestyle="--")
        for at, (name, own) in enumerate(systems.items()):
            _draw(panel, own.get(label, ()), name, f"C{at}")
        panel.set_title(label, fontsize="medium")
        panel.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
        panel.grid(alpha=0.3)
    for panel in panels[len(labels) :]:
        panel.set_visible(False)
    figure.supxlabel(across, fontsize="medium")
    figure.supylabel(up, fontsize="medium")
    found = {name: line for panel in panels for line, name in zip(*panel.get_legend_handles_labels(), strict=True)}
    figure.legend(found.values(), found, loc="outside upper center", ncols=max(len(found), 1), fontsize="small")
    figure.savefig(place, dpi=120)
    return place


def _draw(panel: Any, bins: Bins, name: str, colour: str) -> None:
    """Draw a system's bins, those that are not empty."""
    kept = [one for one in bins if one["n"]]
    if not kept:
        return
    counts = [one["n"] or 0 for one in kept]
    means, shares = [one["mean"] for one in kept], [one["share"] for one in kept]
    panel.plot(means, shares, color=colour, linewidth=1.2, label=name)
    panel.scatter(means, shares, s=[4 + LARGEST * count / max(counts) for count in counts], color=colour, alpha=0.6)
