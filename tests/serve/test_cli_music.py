"""songkin add of music folders: what is said, the count of pruned songs, and the refusals of --prune."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from command_line import InProcess

sys.path.insert(0, str(Path(__file__).parent.parent / "sources"))
import tagged


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "Music"
    folder.mkdir()
    for title in ("Ebb", "Flow"):
        (folder / f"{title}.flac").write_bytes(tagged.flac(("TITLE", title)))
    return folder


def test_music_files_are_counted_before_they_are_read(songkin: InProcess, music: Path) -> None:
    said = songkin("add", "Music", "--no-encode", "-L", "L")
    assert (said.code, said.err) == (0, "2 music files: tags, and lyrics beside or inside\n")
    assert said.out == "2 songs read, 2 added, 0 changed, 0 unchanged\n"


def test_pruned_songs_are_counted_only_where_they_were_asked_for(songkin: InProcess, music: Path) -> None:
    assert "pruned" not in songkin("add", "Music", "--no-encode", "-L", "L", "--json").document
    (music / "Ebb.flac").unlink()
    said = songkin("add", "Music", "--no-encode", "--prune", "-L", "L", "--json")
    assert said.document == {"read": 1, "added": 0, "changed": 0, "unchanged": 1, "lost": 0, "pruned": 1}
    assert said.err == f"gone: {music / 'Ebb.flac'}\n"


def test_an_emptied_folder_asks_for_the_drive_and_prunes_nothing(songkin: InProcess, music: Path) -> None:
    songkin("add", "Music", "--no-encode", "-L", "L")
    for file in music.iterdir():
        file.unlink()
    said = songkin("add", "Music", "--no-encode", "--prune", "-L", "L")
    assert said.code == 1
    assert "all 2 music files known below it vanished; is the drive mounted?" in said.err
    assert songkin("info", "-L", "L", "--json").document["songs"] == 2


def test_prune_without_a_folder_is_wrong_usage(songkin: InProcess, music: Path) -> None:
    said = songkin("add", "Music/Ebb.flac", "--prune", "-L", "L")
    assert said.code == 2
    assert "--prune looks below folders" in said.err
