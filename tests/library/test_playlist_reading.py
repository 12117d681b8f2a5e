"""Playlist files as seeds: songs are known by id, recording, ISRC, path and name, and what is not found is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from playlist_songs import made

from songkin.errors import SourceError
from songkin.library import Library
from songkin.library.playlists import Wish


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    opened: Library = made(tmp_path_factory.mktemp("reading") / "L")
    return opened


def read(library: Library, text: str, kind: str = "m3u8") -> tuple[list[str], tuple[str, ...]]:
    found = library.playlists.read(text, kind)
    return [song.id for song in found.songs], found.missing


@pytest.mark.parametrize(
    ("line", "song"),
    [
        ("songkin:song/p7", "p7"),
        ("https://musicbrainz.org/recording/00000000-0000-0000-0000-000000000012", "p12"),
        ("isrc:XX-ABC-26-00013", "p13"),
        ("/music/winter/Song 4.flac", "p4"),
        ("/elsewhere/library/winter/Song 4.flac", "p4"),
        ("..\\winter\\Song 4.flac", "p4"),
        ("file:///music/winter/Song%204.flac", "p4"),
        ("#EXTINF:3,Artist 6 - Harbour Number 6\nnowhere.mp3", "p6"),
        ("#EXTINF:3,artist 6 - HARBOUR number 6\nnowhere.mp3", "p6"),
        ("#EXTINF:3,Harbour Number 6\nnowhere.mp3", "p6"),
    ],
)
def test_a_song_is_known_by(library: Library, line: str, song: str) -> None:
    assert read(library, line) == ([song], ())


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("/elsewhere/ocean/Song 4.flac", "/elsewhere/ocean/Song 4.flac"),
        ("#EXTINF:3,Nobody - Harbour Number 6\nnowhere.mp3", "Nobody - Harbour Number 6"),
        ("isrc:XXABC2699999", "XXABC2699999"),
        ("/etc/passwd", "/etc/passwd"),
    ],
)
def test_what_is_not_here_is_told(library: Library, line: str, name: str) -> None:
    assert read(library, line) == ([], (name,))


def test_order_stays_and_repeated_songs_come_once(library: Library) -> None:
    found = library.playlists.read("songkin:song/p9\nsongkin:song/p3\nsongkin:song/p9\nnowhere.mp3", "m3u8")
    assert [song.id for song in found.songs] == ["p9", "p3"]
    assert found.notes == ("1 of 4 entries are not found here",)


def test_columns_of_a_csv_find_songs(library: Library) -> None:
    text = "Artist;Track Name;ISRC\nArtist 6;Harbour Number 6;\n;;XXABC2600001\n"
    assert read(library, text, "csv") == (["p6", "p1"], ())


def test_a_file_is_read_by_its_name(library: Library, tmp_path: Path) -> None:
    (tmp_path / "mix.m3u").write_text("songkin:song/p2\n", encoding="utf-8")
    found = library.playlists.read(tmp_path / "mix.m3u")
    assert [song.id for song in found.songs] == ["p2"]
    with pytest.raises(SourceError, match="is no playlist by its name"):
        library.playlists.read(tmp_path / "mix.mp3")


def test_seeds_of_a_file_make_a_playlist(library: Library) -> None:
    found = library.playlists.read("songkin:song/p9\nsongkin:song/p18", "m3u8")
    playlist = library.playlists.make(Wish(like=tuple(song.id for song in found.songs), songs=4))
    assert len(playlist.hits) == 4
    assert not {"p9", "p18"} & {hit.song.id for hit in playlist.hits}
