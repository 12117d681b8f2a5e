"""What was read in chart songs: complete rows by the marks of words, no words of the songs, and damage told."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.datasets import songkin_readings
from songkin.datasets.songkin_readings import CORPUS, NAME, THEMES, Read, mark, readings
from songkin.errors import SourceError

HERE = pytest.mark.skipif(CORPUS.packaged is None, reason="songkin does not run from its repository")
ROW = {"words": "ab", "happy": 9, "valence": 0, "energy": 3, "danceability": 6, "themes": ["love"]}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of corpora with readings of its own."""
    monkeypatch.setattr(songkin_readings, "CORPUS", replace(CORPUS, packaged=None))
    (tmp_path / CORPUS.folder).mkdir()
    return tmp_path


def lay(data: Path, *rows: object) -> Path:
    place = data / CORPUS.folder / NAME
    place.write_text("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows))
    return data


@HERE
def test_every_reading_is_complete() -> None:
    own = readings()
    assert len(own) == CORPUS.rows
    for name, read in own.items():
        assert re.fullmatch(r"[0-9a-f]{24}", name)
        assert all(0 <= scale <= 1 for scale in read[:4])
        assert len(read.themes) <= 3
        assert set(read.themes) <= set(THEMES)


@HERE
def test_the_file_holds_no_words_of_a_song() -> None:
    assert CORPUS.packaged
    for line in (CORPUS.packaged / NAME).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert set(row) == set(ROW)
        assert all(isinstance(row[name], int) for name in ("happy", "valence", "energy", "danceability"))


def test_scales_are_shares(data: Path) -> None:
    assert readings(lay(data, ROW)) == {"ab": Read(1.0, 0.0, pytest.approx(1 / 3), pytest.approx(2 / 3), ("love",))}
    assert readings(lay(data)) == {}


@pytest.mark.parametrize("row", ["{\n", "[]\n", "3\n", {"words": "ab"}, {**ROW, "happy": "much"}, {**ROW, "themes": 3}])
def test_a_line_that_is_no_reading_is_told_with_its_place(data: Path, row: object) -> None:
    with pytest.raises(SourceError, match=rf"{NAME}:2: is no reading .*; get the file again"):
        readings(lay(data, ROW, row))


def test_a_file_that_is_not_there_names_the_cure(data: Path) -> None:
    with pytest.raises(SourceError, match=rf"{CORPUS.folder}/{NAME} is not there; get it from"):
        readings(data)


@given(st.text())
def test_a_mark_is_of_words_alone(text: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{24}", mark(text))
    assert mark(f" {text}\n!") == mark(text)
