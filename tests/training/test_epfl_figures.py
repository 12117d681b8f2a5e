"""Every figure of the re-run is drawn, of much, of one thing, and of nothing where that can be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from songkin.training.epfl import figures

CURVE = [(2.0, 10.0), (3.0, 5.0)]
POINTS = (np.eye(3), np.array([0, 1, 0]))
HALVES = (["low", "high"], [[3, 1], [0, 0]])
DRAWN = {
    "histograms": (figures.histograms, {"year": [1.0, 2.0], "mode": []}, ["mode"]),
    "pair_bars": (figures.pair_bars, {"tiny": [("One : Two", 0.5, True), ("One : Three", -0.1, False)]}),
    "predicted_and_true": (figures.predicted_and_true, {"valence": ([1, 2], [3, 0])}),
    "clusterings": (figures.clusterings, {"CH": {"a": CURVE}, "DB": {"a": CURVE}, "SH": {"a": CURVE}}),
    "components": (figures.components, {"base": POINTS}),
    "lines": (figures.lines, {"loss": {"a": CURVE, "b": CURVE}}),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_is_drawn_where_it_is_told_to(tmp_path: Path, name: str) -> None:
    draw, *given = DRAWN[name]
    place = tmp_path / "new" / f"{name}.png"
    assert draw(place, *given) == place
    assert place.read_bytes().startswith(b"\x89PNG")


def test_confusions_stand_side_by_side_and_a_class_without_songs_is_no_error(tmp_path: Path) -> None:
    figures.confusions(tmp_path / "c.png", {"valence": HALVES, "energy": HALVES}, wide=4)
    assert (tmp_path / "c.png").stat().st_size > 1000
