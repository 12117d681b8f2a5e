"""Folders of catalogues: what is taken and what is passed over."""

from __future__ import annotations

from pathlib import Path

from songkin.sources import files, guess


def test_a_library_lying_among_catalogues_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "songs.csv").write_text("id,title\na,Tide\n", encoding="utf-8")
    inside = tmp_path / "library" / "songs.lance" / "_versions"
    inside.mkdir(parents=True)
    (inside / "hint.json").write_text("{}", encoding="utf-8")
    assert [file.name for file in files(tmp_path)] == ["songs.csv"]


def test_columns_that_feed_no_field_are_named(tmp_path: Path) -> None:
    table = tmp_path / "songs.csv"
    table.write_text("Title;Künstler;BPM;my rating\nTide;Ann;120;3\n", encoding="utf-8")
    found = guess(table)
    assert found.columns == {"Title": "title", "BPM": "tempo_bpm"}
    assert found.others == ("Künstler", "my rating")
