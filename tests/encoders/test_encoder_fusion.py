"""The fusion that lies beside an encoder's weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from songkin.encoders.weights import read_fusion
from songkin.errors import EncoderError


def test_a_folder_without_one_brings_none(tmp_path: Path) -> None:
    assert read_fusion(tmp_path) == {}


def test_weights_are_read_by_kind_of_request(tmp_path: Path) -> None:
    (tmp_path / "fusion.json").write_text('{"weights": {"all": {"meaning": 0.6, "words": 1}}}')
    assert read_fusion(tmp_path) == {"all": {"meaning": 0.6, "words": 1.0}}


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"weights": {"all": 3}}',
        '{"weights": {"all": {"meaning": -1}}}',
        '{"weights": {"all": {"meaning": 11}}}',
        '{"weights": {"all": {"meaning": "much"}}}',
        '{"weights": {"all": {"meaning": 0, "words": 0}}}',
    ],
)
def test_weights_out_of_bounds_are_refused_with_their_place(tmp_path: Path, text: str) -> None:
    (tmp_path / "fusion.json").write_text(text)
    with pytest.raises(EncoderError, match=r"fusion\.json: 'weights' maps kinds"):
        read_fusion(tmp_path)
