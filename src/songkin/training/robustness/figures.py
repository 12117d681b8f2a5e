"""Figures of robustness: a measure against the strength of damage, and cosines against levels of noise.

Conventions
-----------
Every function writes one file at `place` and returns it. Bars are 95 % bounds. MissingExtra where matplotlib is not
installed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from songkin.training.figures import blank
from songkin.training.robustness.grid import SIDES, Cell
from songkin.training.robustness.sound import SOUND_DAMAGES

__all__ = ["draw_sound", "draw_words"]

COLOURS = ("#777777", "#ccbb44", "#4477aa", "#66ccee", "#228833", "#ee6677", "#aa3377")
MARKS = "osD^vPX"
APART = 0.008  # of strength, between the bars of two systems
SAID = {"asked": "asked songs damaged", "both": "all songs damaged"}


def draw_words(place: Path, cells: Sequence[Cell], measure: str) -> Path:
    """Draw a panel for each damage and side, a line for each system, the measure against the strength."""
    damages = list(dict.fromkeys(cell.point.damage for cell in cells if cell.point.damage))
    systems = list(dict.fromkeys(cell.system for cell in cells))
    figure = blank(3.3 * max(len(damages), 1), 6.4)
    panels = figure.subplots(len(SIDES), max(len(damages), 1), sharex=True, sharey=True, squeeze=False)
    for row, side in enumerate(SIDES):
        for column, damage in enumerate(damages):
            panel = panels[row][column]
            for at, name in enumerate(systems):
                _line(panel, [cell for cell in cells if cell.system == name], damage, side, measure, at, len(systems))
            panel.set_title(f"{damage}, {SAID[side]}", fontsize="medium")
            panel.grid(alpha=0.3)
    figure.supxlabel("strength: share of the words that are damaged", fontsize="medium")
    figure.supylabel(measure, fontsize="medium")
    lines, names = panels[0][0].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside upper center", ncols=min(4, max(len(names), 1)), fontsize="small")
    return _saved(figure, place)


def _line(panel: Any, cells: Sequence[Cell], damage: str, side: str, measure: str, at: int, of: int) -> None:
    own = [cell for cell in cells if not cell.point.damage or (cell.point.damage, cell.point.side) == (damage, side)]
    told = [(cell.point.strength, *cell.values[measure]) for cell in own]
    rows = [[float(value) for value in row if value is not None] for row in told]
    rows = [row for row in rows if len(row) == len(("strength", "value", "low", "high"))]
    if not rows:
        return
    strengths, values, lows, highs = (list(column) for column in zip(*rows, strict=True))
    panel.errorbar(
        [strength + (at - (of - 1) / 2) * APART for strength in strengths],
        values,
        yerr=[
            [max(value - low, 0.0) for value, low in zip(values, lows, strict=True)],
            [max(high - value, 0.0) for value, high in zip(values, highs, strict=True)],
        ],
        color=COLOURS[at % len(COLOURS)],
        marker=MARKS[at % len(MARKS)],
        markersize=4,
        linewidth=1.3,
        elinewidth=0.6,
        label=own[0].system,
    )


def draw_sound(place: Path, told: Mapping[str, Any]) -> Path:
    """Draw a panel for each damage of sound: the cosine to the whole recording, and those of other tracks."""
    figure = blank(13.2, 6.0)
    panels = list(figure.subplots(2, 4, sharey=True).flat)
    other = told["different"]
    for panel, (name, rows) in zip(panels, told["damages"].items(), strict=False):
        values = [row["cosine"] for row in rows]
        ticks = list(range(len(rows)))
        below, above = ([abs(value[side] - value[0]) for value in values] for side in (1, 2))
        panel.axhspan(other["5 %"], other["95 %"], color="#dddddd", label="different tracks, 5 to 95 %")
        panel.axhline(other["99 %"], color="#999999", linestyle="--", linewidth=0.9, label="different tracks, 99 %")
        panel.errorbar(ticks, [value[0] for value in values], yerr=[below, above], color=COLOURS[2], marker="o",
                       label="a track and itself, damaged: mean")  # fmt: skip
        panel.plot(ticks, [row["lowest"] for row in rows], "v", color=COLOURS[5], label="lowest of all tracks")
        panel.set_xticks(ticks, [f"{row['level']:g}" for row in rows])
        panel.set_title(name, fontsize="medium")
        panel.set_xlabel(SOUND_DAMAGES[name].unit)
        panel.grid(alpha=0.3)
    for panel in panels[len(told["damages"]) :]:
        panel.set_visible(False)
    figure.supylabel("cosine of sound vectors", fontsize="medium")
    lines, names = panels[0].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside upper center", ncols=4, fontsize="small")
    return _saved(figure, place)


def _saved(figure: Any, place: Path) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(place, dpi=110)
    return place
