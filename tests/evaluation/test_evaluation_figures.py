"""The figure of reliability: a panel a label, a file that is an image."""

from __future__ import annotations

from pathlib import Path

import pytest

from songkin.evaluation.calibration import reliability
from songkin.evaluation.figures import draw_reliability


@pytest.mark.parametrize("labels", [(), ("mood",), ("genre", "valence", "energy", "mood")])
def test_a_panel_a_label_is_drawn(tmp_path: Path, labels: tuple[str, ...]) -> None:
    bins = [one._asdict() for one in reliability([0.1, 0.4, 0.9], [0, 1, 1])]
    place = draw_reliability(tmp_path / "r.png", {"ours": dict.fromkeys(labels, bins), "silent": {}})
    assert place.read_bytes()[:4] == b"\x89PNG"
