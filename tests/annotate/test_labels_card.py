"""The card of songkin-labels names the data and the encoder that its heads were fitted with."""

from __future__ import annotations

import json
from pathlib import Path

LABELS = Path(__file__).parents[2] / "packages" / "labels"


def test_the_card_names_each_file_of_data_by_its_checksum_and_the_encoder() -> None:
    heads = json.loads((LABELS / "src" / "songkin_labels" / "heads" / "heads.json").read_text(encoding="utf-8"))
    card = (LABELS / "CARD.md").read_text(encoding="utf-8")
    for name, checksum in heads["about"]["data"].items():
        assert f"| `{name}` | `{checksum[:16]}` |" in card
    assert f"`{heads['encoder']}`" in card
    assert "recipes/labels/fit.py" in card
