"""beets' library file: its items as songs, read only, whatever version wrote it and whatever is wrong with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from songkin import sources
from songkin.errors import SourceError
from songkin.sources import Loss, beets
from songkin.sources.music import path_id
from songkin.types import Song

RECORDING = "c0a7f1d2-1111-4222-8333-0123456789ab"
COLUMNS = (
    "id INTEGER PRIMARY KEY, path BLOB, title TEXT, artist TEXT, artists TEXT, album TEXT, genres TEXT, genre TEXT, "
    "style TEXT, year INT, original_year INT, length REAL, bpm INT, lyrics TEXT, language TEXT, mb_trackid TEXT, "
    "isrc TEXT, initial_key TEXT"
)
RAIN = {"id": 1, "path": b"/m/rain.mp3", "title": "Rain on Tin", "artist": "Ada Moss", "lyrics": "Rain on the tin roof"}


def library(place: Path, *items: Mapping[str, Any], flexible: Mapping[int, Mapping[str, str]] | None = None) -> Path:
    """Write a beets library as beets lays one out."""
    database = sqlite3.connect(place)
    database.execute(f"CREATE TABLE items ({COLUMNS})")
    database.execute("CREATE TABLE item_attributes (id INTEGER PRIMARY KEY, entity_id INT, key TEXT, value TEXT)")
    for item in items:
        marks = ", ".join("?" * len(item))
        database.execute(f"INSERT INTO items ({', '.join(item)}) VALUES ({marks})", tuple(item.values()))
    for number, fields in (flexible or {}).items():
        for name, value in fields.items():
            database.execute(
                "INSERT INTO item_attributes (entity_id, key, value) VALUES (?, ?, ?)", (number, name, value)
            )
    database.commit()
    database.close()
    return place


def read(place: Path) -> tuple[list[Song], list[Loss]]:
    lost: list[Loss] = []
    return list(sources.read(place, lost=lost.append)), lost


def only(place: Path) -> Song:
    [song], lost = read(place)
    assert not lost
    return song


def test_an_item_is_a_song_with_all_that_beets_knows(tmp_path: Path) -> None:
    item = {
        **RAIN,
        "artists": "Ada Moss\\␀Jo Quay",
        "album": "Weather",
        "genres": "Folk\\␀Indie Folk",
        "style": "Acoustic",
        "year": 2010,
        "original_year": 1994,
        "length": 181.5,
        "bpm": 92,
        "language": "deu",
        "mb_trackid": RECORDING,
        "isrc": "GBAYE6800011",
        "initial_key": "F# minor",
    }
    flexible = {
        1: {"mood": "calm; wistful", "spotify_energy": "0.3", "lyrics_language": "en", "lyrics_backend": "lrclib"}
    }
    song = only(library(tmp_path / "library.db", item, flexible=flexible))
    assert (song.id, song.title, song.artists) == (RECORDING, "Rain on Tin", ("Ada Moss", "Jo Quay"))
    assert (song.album, song.year, song.duration_s, song.language) == ("Weather", 1994, 181.5, "en")
    assert song.genres == ("Folk", "Indie Folk", "Acoustic")
    assert song.lyrics
    assert (song.lyrics.text, song.lyrics.language, song.lyrics.source) == ("Rain on the tin roof", "en", "lrclib")
    assert dict(song.features) == {"tempo_bpm": 92.0, "energy": 0.3}
    assert dict(song.tags) == {"calm": 1.0, "wistful": 1.0}
    assert dict(song.links) == {"mbid": RECORDING, "isrc": "GBAYE6800011", "beets": "1", "key": "F# minor"}
    assert song.audio == Path("/m/rain.mp3")


def test_what_beets_leaves_at_nought_is_unknown(tmp_path: Path) -> None:
    nought = {"artists": "", "genres": "", "year": 0, "original_year": 0, "length": 0.0, "bpm": 0, "lyrics": ""}
    song = only(library(tmp_path / "library.db", {**RAIN, **nought, "mb_trackid": "", "album": ""}))
    assert (song.year, song.duration_s, song.lyrics, song.genres, song.album) == (None, None, None, (), None)
    assert not song.features


def test_an_older_beets_has_one_text_of_genres(tmp_path: Path) -> None:
    assert only(library(tmp_path / "old.blb", {**RAIN, "genre": "Folk; Pop"})).genres == ("Folk", "Pop")


def test_a_song_goes_by_its_recording_and_without_one_by_its_path_as_its_file_does(tmp_path: Path) -> None:
    twins = [
        {**RAIN, "mb_trackid": RECORDING.upper()},
        {**RAIN, "id": 2, "path": b"/m/compilation/rain.mp3", "mb_trackid": RECORDING},
        {**RAIN, "id": 3, "path": b"/m/other.mp3", "mb_trackid": "no recording"},
    ]
    songs, lost = read(library(tmp_path / "library.db", *twins))
    assert [song.id for song in songs] == [
        RECORDING,
        path_id(Path("/m/compilation/rain.mp3")),
        path_id(Path("/m/other.mp3")),
    ]
    assert not lost


def test_an_item_without_a_title_is_called_by_its_file(tmp_path: Path) -> None:
    item = {"id": 1, "path": b"/m/01 - Night Train.mp3", "title": ""}
    assert only(library(tmp_path / "library.db", item)).title == "Night Train"


def test_an_item_known_to_be_instrumental_has_no_words(tmp_path: Path) -> None:
    song = only(library(tmp_path / "library.db", {**RAIN, "lyrics": ""}, flexible={1: {"lyrics_instrumental": "1"}}))
    assert song.lyrics
    assert song.lyrics.instrumental


def test_the_language_of_a_release_counts_where_there_are_no_words(tmp_path: Path) -> None:
    assert only(library(tmp_path / "a.db", {**RAIN, "language": "deu"})).language is None
    assert only(library(tmp_path / "b.db", {**RAIN, "lyrics": "", "language": "deu"})).language == "de"


@pytest.mark.parametrize(
    "config",
    [
        "directory: {folder}\n",
        "library: x.db\ndirectory: '{folder}'  # all of it\n",
        'directory: "{folder}"\nplugins: []\n',
    ],
)
def test_relative_paths_start_at_the_folder_the_configuration_names(tmp_path: Path, config: str) -> None:
    (tmp_path / "config.yaml").write_text(config.format(folder=tmp_path / "Music"))
    song = only(library(tmp_path / "library.db", {**RAIN, "path": b"Ada/rain.mp3"}))
    assert song.audio == tmp_path / "Music" / "Ada" / "rain.mp3"
    assert song.id == path_id(song.audio)


def test_relative_paths_without_a_configuration_are_left_out_and_told_once(tmp_path: Path) -> None:
    items = [{**RAIN, "path": b"rain.mp3"}, {**RAIN, "id": 2, "path": b"two.mp3"}]
    songs, lost = read(library(tmp_path / "library.db", *items))
    assert [(song.id, song.audio) for song in songs] == [("beets-1", None), ("beets-2", None)]
    assert [(loss.kept, loss.reason) for loss in lost] == [(True, beets.NO_FOLDER)]


def test_bytes_that_are_no_utf_8_lose_their_letters_and_not_the_song(tmp_path: Path) -> None:
    place = library(tmp_path / "library.db", {**RAIN, "path": "/m/\udce9.mp3".encode("utf-8", "surrogateescape")})
    with sqlite3.connect(place) as database:
        database.execute("UPDATE items SET artist = CAST(x'C9636F' AS TEXT)")
    database.close()
    song = only(place)
    assert song.artists == ("\ufffdco",)
    assert song.audio == Path("/m/\udce9.mp3")


def test_nothing_is_written_to_the_library(tmp_path: Path) -> None:
    place = library(tmp_path / "library.db", RAIN)
    before = place.read_bytes()
    read(place)
    assert place.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["library.db"]
    place.chmod(0o444)
    assert only(place).title == "Rain on Tin"


def test_it_is_told_for_what_it_is_and_how_many_songs_it_holds(tmp_path: Path) -> None:
    place = library(tmp_path / "library.db", RAIN, {**RAIN, "id": 2, "path": b"/m/two.mp3"})
    assert sources.guess(place).format == "beets"
    assert sources.count(place) == 2
    assert list(sources.files(place)) == [place]


def test_in_a_folder_of_music_it_is_passed_over(tmp_path: Path) -> None:
    library(tmp_path / "library.db", RAIN)
    (tmp_path / "songs.csv").write_text("title\nRain\n")
    assert list(sources.files(tmp_path)) == [tmp_path / "songs.csv"]


# -- what is wrong with it ---------------------------------------------------------------------------------------------


def test_a_damaged_library_is_told_in_a_line(tmp_path: Path) -> None:
    whole = library(
        tmp_path / "library.db", *({**RAIN, "id": n, "path": f"/m/{n}.mp3".encode()} for n in range(1, 400))
    )
    raw = whole.read_bytes()
    for number, damaged in enumerate(
        [raw[:4096], raw[: len(raw) // 2], raw[:16] + b"\xff" * 200, raw[:100] + raw[5000:]]
    ):
        place = tmp_path / f"damaged{number}.db"
        place.write_bytes(damaged)
        with pytest.raises(SourceError, match=rf"damaged{number}\.db: "):
            read(place)


def test_another_programs_database_is_told(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as database:
        database.execute("CREATE TABLE photos (id)")
    database.close()
    with pytest.raises(SourceError, match="not beets': no table 'items'"):
        read(tmp_path / "other.db")


def test_a_table_of_items_that_is_not_beets_is_told(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("CREATE TABLE items (price)")
        database.execute("INSERT INTO items VALUES (3)")
    database.close()
    with pytest.raises(SourceError, match="not beets'"):
        read(tmp_path / "shop.db")


def test_a_library_that_beets_holds_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beets, "BUSY_S", 0.05)
    place = library(tmp_path / "library.db", RAIN)
    database = sqlite3.connect(place, isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(SourceError, match="is beets writing"):
            read(place)
    finally:
        database.execute("ROLLBACK")
        database.close()


def test_a_file_that_only_ends_like_one_is_no_format_we_know(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("not a database")
    with pytest.raises(SourceError, match="no format songkin knows"):
        list(sources.files(tmp_path / "notes.db"))


def test_an_empty_library_has_no_songs(tmp_path: Path) -> None:
    assert read(library(tmp_path / "library.db")) == ([], [])
