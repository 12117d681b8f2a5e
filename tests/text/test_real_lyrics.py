"""What is left of debris on real lyrics; they stay outside the repository and are never quoted."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from songkin.text.language import detect
from songkin.text.lyrics import fold, lines, passages
from songkin.text.verses import count

DATA = Path(os.environ.get("SONGKIN_DATA") or Path(__file__).parents[3] / "shared" / "data")
MARK = re.compile(
    r"\W*(?:(?:pre|post)\W)?(?:verse|chorus|outro|intro|refrain|interlude)(?:\W+\d)?\W*|.*\[(?:verse|chorus)", re.I
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason="the data folder is absent; SONGKIN_DATA names it"),
]


@pytest.fixture(scope="module")
def chart_songs() -> list[str]:
    table = parquet.read_table(DATA / "popular_songs" / "songs.parquet", columns=["lyrics"])
    return [text for text in table["lyrics"].to_pylist() if text][::4]


def test_hardly_a_section_mark_is_left(chart_songs: list[str]) -> None:
    left = sum(1 for text in chart_songs for line in lines(text) if MARK.fullmatch(line.text))
    assert left <= len(chart_songs) / 100


def test_passages_keep_their_size(chart_songs: list[str]) -> None:
    sizes = [count(passage.text) for text in chart_songs for passage in passages(fold(lines(text)))]
    assert max(sizes) <= 60
    assert 25 <= sum(sizes) / len(sizes) <= 42


def test_no_word_of_public_domain_songs_is_lost() -> None:
    with (DATA / "public_domain_songs" / "songs.jsonl").open(encoding="utf-8") as file:
        songs = [json.loads(row)["lyrics"] for row in file][::4]
    words = sum(len(text.split()) for text in songs)
    kept = sum(len(line.text.split()) for text in songs for line in lines(text))
    assert kept >= 0.998 * words


def test_songs_sung_in_english_are_hardly_ever_called_otherwise() -> None:
    with (DATA / "public_domain_songs" / "songs.jsonl").open(encoding="utf-8") as file:
        found = [detect(json.loads(row)["lyrics"]).language for row in file][::4]
    assert found.count("en") >= 0.98 * len(found)
