"""Which files of a library players are handed: music, by name and by what the name leads to, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from songkin.errors import QueryError
from songkin.library import Library
from songkin.types import Song


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("handed")
    (folder / "rain.flac").write_bytes(b"fLaC")
    (folder / "secret.txt").write_text("not for ears")
    (folder / "folder.mp3").mkdir()
    links = {"linked.mp3": "rain.flac", "disguised.mp3": "secret.txt", "lost.mp3": "gone.mp3", "round.mp3": "round.mp3"}
    for name, target in links.items():
        (folder / name).symlink_to(folder / target)
    names = ("rain.flac", "secret.txt", "folder.mp3", *links)
    songs = [Song(Path(name).stem, f"Song {name}", audio=folder / name) for name in names]
    Library.add([*songs, Song("unheard", "Song without a file")], folder / "songs", encode=False)
    return Library.open(folder / "songs")


@pytest.mark.parametrize("song", ["rain", "linked"])
def test_a_songs_own_music_is_handed_out_from_where_it_lies(library: Library, song: str) -> None:
    assert library.players.audio(song).name == "rain.flac"


@pytest.mark.parametrize("song", ["secret", "folder", "disguised", "lost", "round"])
def test_what_is_no_music_is_not_handed_out(library: Library, song: str) -> None:
    with pytest.raises(QueryError, match="no music file, or it is gone"):
        library.players.audio(song)


def test_a_song_without_a_file_says_so(library: Library) -> None:
    with pytest.raises(QueryError, match="Song without a file has no music file here"):
        library.players.audio("unheard")
