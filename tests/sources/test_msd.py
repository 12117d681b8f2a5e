"""Files of the Million Song Dataset: songs of tracks, and tracks that are known to be mismatched."""

from __future__ import annotations

from pathlib import Path

from songkin.sources.msd import mismatched, song_ids
from songkin.sources.records import Loss

ONE, TWO, THREE = (f"TRAAAA{letter}128F92F423A" for letter in "ABC")
SONG, OTHER = "SOAAAAA12A8C13F42A", "SOBBBBB12A8C13F42B"
MISMATCHES = f"""ERROR: <{SONG} {ONE}> Mara Lind  -  Salt Road  !=  The Kerbs  -  Night Tram
ERROR: <{OTHER} {TWO}> Jo <3  -  Tin > Roof  !=  Jo  -  Tin
"""


def test_mismatched_tracks_are_those_of_the_list(tmp_path: Path) -> None:
    (tmp_path / "sid_mismatches.txt").write_text(MISMATCHES, encoding="utf-8")
    losses: list[Loss] = []
    assert mismatched(tmp_path, lost=losses.append) == {ONE, TWO}
    assert losses == []


def test_a_damaged_line_of_the_list_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "sid_mismatches.txt").write_text(MISMATCHES + f"ERROR: <{SONG} TRAA\n\n", encoding="utf-8")
    losses: list[Loss] = []
    assert mismatched(tmp_path, lost=losses.append) == {ONE, TWO}
    assert [loss.place for loss in losses] == ["sid_mismatches.txt:3"]


def test_without_the_list_no_track_is_mismatched(tmp_path: Path) -> None:
    assert mismatched(tmp_path, lost=lambda loss: None) == frozenset()


def test_tracks_of_one_song_name_it(tmp_path: Path) -> None:
    rows = [(ONE, SONG), (TWO, SONG), (THREE, OTHER)]
    text = "".join(f"{track}<SEP>{song}<SEP>Mara Lind<SEP>Salt Road\n" for track, song in rows)
    (tmp_path / "unique_tracks.txt").write_text(text + "cut<SEP>line\n", encoding="utf-8")
    assert song_ids(tmp_path, {ONE, TWO}, lost=lambda loss: None) == {ONE: SONG, TWO: SONG}
    assert song_ids(tmp_path / "absent", {ONE}, lost=lambda loss: None) == {}
