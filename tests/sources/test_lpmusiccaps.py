"""LP-MusicCaps in its three column forms, as CSV and as Parquet."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from songkin.sources import Loss, count, guess, read
from songkin.sources.lpmusiccaps import LAYOUT
from songkin.testing import SourceContract
from songkin.types import Song

FORMS = {"MTT": ("track_id", "tag_top188"), "MSD": ("track_id", "tag"), "MC": ("ytid", "aspect_list")}
CAPTION = 'A calm folk song, with a fiddle.\nIt says "salt".'


def rows(form: str) -> list[dict[str, Any]]:
    own, tags = FORMS[form]
    more = {"caption_summary": "Calm folk.", "is_crawled": True, "pseudo": 3}
    return [
        {own: "one", tags: ["folk", "fiddle", "slow, calm"], "caption_writing": CAPTION, "title": "Salt Road", **more},
        {own: "two", tags: ["punk"], "caption_writing": None, "title": "Night Tram", **more},
        {own: "three", tags: [], "caption_writing": "Loud.", "title": "Slow Tide", **more},
        {own: "four", tags: ["Children's"], "caption_writing": "Bright.", "title": "", **more},
    ]


def written(path: Path, form: str, kept: tuple[int, ...] = (0, 1, 2, 3)) -> Path:
    """Write rows as CSV, lists as Python literals, or as Parquet, lists as arrays."""
    path.parent.mkdir(exist_ok=True)
    chosen = [row for i, row in enumerate(rows(form)) if i in kept]
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(chosen), path)
    else:
        with path.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, chosen[0])
            writer.writeheader()
            writer.writerows(chosen)
    return path


def told(path: Path) -> tuple[list[Song], list[Loss]]:
    losses: list[Loss] = []
    return list(read(path, lost=losses.append)), losses


class TestLpMusicCaps(SourceContract):
    read = LAYOUT.read

    @pytest.fixture(autouse=True)
    def both(self, tmp_path: Path) -> None:
        self.path = written(tmp_path / "whole.csv", "MTT", (0, 3))
        self.damaged = written(tmp_path / "gaps.csv", "MTT")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_id_tags_and_caption_arrive_and_rows_with_gaps_are_counted(tmp_path: Path, form: str, ending: str) -> None:
    path = written(tmp_path / f"train{ending}", form)
    (first, second), losses = told(path)
    assert (first.id, first.title, first.description) == ("one", "Salt Road", CAPTION)
    assert first.tags == {"folk": 1.0, "fiddle": 1.0, "slow, calm": 1.0}
    assert (second.id, second.tags, first.features) == ("four", {"Children's": 1.0}, {})
    own, tags = FORMS[form]
    assert [loss.reason for loss in losses] == [
        f"no {own}, {tags} or caption_writing; 2 such rows of this file are lost"
    ]
    assert losses[0].place.startswith(f"train{ending}:")
    assert guess(path).format == "LP-MusicCaps"
    assert count(path) == (4 if ending == ".parquet" else None)


def test_a_table_with_a_caption_but_no_such_tags_is_a_plain_one(tmp_path: Path) -> None:
    (tmp_path / "songs.csv").write_text("track_id,caption_writing\n1,Calm.\n")
    assert guess(tmp_path / "songs.csv").format == "csv"
    assert told(tmp_path / "songs.csv")[0][0].description == "Calm."


def test_a_caption_cut_inside_its_quotes_loses_that_row(tmp_path: Path) -> None:
    path = written(tmp_path / "train.csv", "MSD", (3, 0))
    path.write_bytes(path.read_bytes()[:-30])
    found, losses = told(path)
    assert [song.id for song in found] == ["four"] or [song.id for song in found] == ["one"]
    assert len(losses) == 1


def test_an_id_that_comes_twice_is_lost_the_second_time(tmp_path: Path) -> None:
    path = written(tmp_path / "train.csv", "MC", (0,))
    path.write_text(path.read_text() + path.read_text().partition("\n")[2])
    found, losses = told(path)
    assert len(found) == 1
    assert "two songs never share an id" in losses[0].reason
