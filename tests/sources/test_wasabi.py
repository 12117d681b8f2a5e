"""WASABI's songs as CSV and as exports of its database, with the tags that lie beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from songkin.sources import Loss, files, guess, read
from songkin.sources.wasabi import LAYOUT
from songkin.testing import SourceContract
from songkin.types import Song

OID, OTHER = "5714deec25ac0d8aee57cbfc", "5714deec25ac0d8aee57cbfd"
LASTFM = "TRAAAAB128F92F423A"
EXPORTED: dict[str, Any] = {
    "_id": {"$oid": OID},
    "name": "Mara Lind",
    "position": 3,
    "albumTitle": "Ebb",
    "lengthAlbum": "41:10",
    "publicationDateAlbum": "1994",
    "title": "Salt Road",
    "lyrics": "We took the salt road<br>down to the bay",
    "id_album": {"$oid": "5714deec25ac0d8aee57cbf0"},
    "genre": ["Folk", "Sea shanty"],
    "album_genre": "Folk",
    "abstract": "A walking song about the coast.",
    "releaseDate": [],
    "publicationDate": "2008-12-08",
    "id_song_deezer": "1108951",
    "isrc": "ZZAYD7901060",
    "length": "195",
    "explicitLyrics": False,
    "rank": "24",
    "bpm": "92.5",
    "gain": "-7.9",
    "urlSpotify": "https://open.spotify.com/track/abc123",
    "language": "",
    "language_detect": "english",
    "id_song_musicbrainz": "",
    "title_accent_fold": "salt road",
}
COLUMNS = (
    *("_id", "albumTitle", "album_genre", "title", "artist", "publicationDateAlbum", "publicationDate", "length"),
    *("bpm", "isrc", "id_song_deezer", "explicit_content_lyrics", "explicit_content_lyrics_predicted", "lastfm_id"),
    *("has_emotion_tags", "valence", "arousal", "valence_predicted", "language_detect"),
)
ROWS = (
    (f"ObjectId({OID})", "Ebb", "Folk", "Salt Road", "Mara Lind", "200?", "1995-03-02", "195", "92.5", "ZZ1", "11"),
    (f"ObjectId({OTHER})", "Ebb", "unk", "Slow Tide", "Mara Lind", "1994", "unk", "unk", "0", "unk", "unk"),
)
REST = (("1.0", "unk", LASTFM, "True", "-1.744233", "1.335419", "-0.3", "english"), ("2", "0.0", *["unk"] * 6))


def table(folder: Path, end: int | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["\t".join(COLUMNS), *("\t".join((*row, *rest)) for row, rest in zip(ROWS, REST, strict=True))]
    (folder / "wasabi_songs.csv").write_text(("\n".join(lines) + "\n")[:end])
    return folder / "wasabi_songs.csv"


def told(path: Path) -> tuple[list[Song], list[Loss]]:
    losses: list[Loss] = []
    return list(read(path, lost=losses.append)), losses


class TestWasabi(SourceContract):
    read = LAYOUT.read

    @pytest.fixture(autouse=True)
    def both(self, tmp_path: Path) -> None:
        self.path = table(tmp_path / "whole")
        self.damaged = table(tmp_path / "cut", end=-40)


@pytest.mark.parametrize("form", ["lines", "array", "api"])
def test_a_record_of_the_database_arrives_with_our_names(tmp_path: Path, form: str) -> None:
    records = [EXPORTED, {**EXPORTED, "_id": {"$oid": OTHER}, "title": "Slow Tide"}]
    if form == "api":
        records = [{**record, "_id": record["_id"]["$oid"]} for record in records]
    text = "\n".join(map(json.dumps, records)) if form == "lines" else json.dumps(records, indent=1)
    (tmp_path / "song.json").write_text(text)
    (first, second), losses = told(tmp_path / "song.json")
    assert losses == []
    assert (first.id, first.title, first.artists, first.album) == (OID, "Salt Road", ("Mara Lind",), "Ebb")
    assert (first.year, first.duration_s, first.language, first.explicit) == (1994, 195.0, "en", None)
    assert first.genres == ("Folk", "Sea shanty")
    assert first.lyrics
    assert first.lyrics.text == EXPORTED["lyrics"]
    assert first.description == "A walking song about the coast."
    assert first.features == {"tempo_bpm": 92.5, "gain_db": -7.9}
    assert first.links == {"isrc": "ZZAYD7901060", "spotify": "abc123", "deezer": "1108951"}
    assert second.id == OTHER
    assert guess(tmp_path / "song.json").format == "WASABI"


def test_the_csv_says_unk_for_unknown_and_scores_keep_their_own_names(tmp_path: Path) -> None:
    (first, second), losses = told(table(tmp_path))
    assert losses == []
    assert (first.id, first.artists, first.year, first.explicit) == (OID, ("Mara Lind",), 1995, True)
    assert first.features == {"tempo_bpm": 92.5, "valence_z": -1.744233, "arousal_z": 1.335419}
    assert first.links["msd"] == LASTFM
    assert (second.year, second.explicit, second.genres, second.features) == (1994, None, (), {})
    assert (second.links, second.duration_s, second.language) == ({}, None, None)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"song_id": {"$oid": OID}, "emotions": [{"emotion_tag": "calm", "nbr_tags": 60}]}),
        json.dumps([{"song_id": f"ObjectId({OID})", "emotions": [{"emotion_tag": "calm", "nbr_tags": 60}]}]),
        json.dumps({LASTFM: [["calm", 60]]}),
        json.dumps({OID: [["calm", 60], ["old", 0]]}),
    ],
)
def test_emotion_tags_beside_the_songs_are_joined(tmp_path: Path, text: str) -> None:
    (tmp_path / "emotion_tags.json").write_text(text)
    (first, second), losses = told(table(tmp_path))
    assert (first.tags, second.tags, losses) == ({"calm": 0.6}, {}, [])


def test_emotion_and_social_tags_are_put_together_from_tables_too(tmp_path: Path) -> None:
    (tmp_path / "emotion_tags.csv").write_text(f"song_id,emotion_tag,nbr_tags\n{OID},calm,7\n{OTHER},sad,100\n")
    (tmp_path / "social_tags.csv").write_text(f"song_id,social_tag,nbr_tags\n{OID},folk,100\n{OID},calm,5\n")
    first, second = told(table(tmp_path))[0]
    assert first.tags == {"folk": 1.0, "calm": 0.07}
    assert second.tags == {"sad": 1.0}


def test_pickles_are_not_opened_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "lastfm_id_to_emotion_tags.pickle").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    found, losses = told(table(tmp_path))
    assert len(found) == 2
    assert [(loss.place, loss.kept) for loss in losses] == [("lastfm_id_to_emotion_tags.pickle", True)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"song_id": "x", "emotions": [{"emotion_tag": 7}]}',
        '{"song_id": "x"}',
        '{"song_id": "x", "emotions": 7}',
        "{",
    ],
)
def test_damaged_tags_are_told_and_the_songs_arrive(tmp_path: Path, text: str) -> None:
    (tmp_path / "emotion_tags.json").write_text(text)
    found, losses = told(table(tmp_path))
    assert len(found) == 2
    assert losses
    assert all("emotion_tags.json" in loss.place for loss in losses)


def test_artists_albums_and_tags_beside_the_songs_are_no_sources(tmp_path: Path) -> None:
    path = table(tmp_path)
    for name in ("wasabi_artists.csv", "wasabi_albums.csv", "emotion_tags.csv", "social_tags.json"):
        (tmp_path / name).write_text("_id,name\n1,x\n")
    (tmp_path / "own.csv").write_text("id,title\n1,x\n")
    assert list(files(tmp_path)) == [tmp_path / "own.csv", path]
    path.unlink()
    assert tmp_path / "wasabi_artists.csv" in files(tmp_path)


def test_a_row_cut_by_the_end_is_lost_with_its_place(tmp_path: Path) -> None:
    found, losses = told(table(tmp_path, end=-40))
    assert [song.id for song in found] == [OID]
    assert losses[0].place == "wasabi_songs.csv:3"


def test_an_id_that_comes_twice_is_lost_the_second_time(tmp_path: Path) -> None:
    (tmp_path / "song.json").write_text(json.dumps([EXPORTED, EXPORTED]))
    found, losses = told(tmp_path / "song.json")
    assert len(found) == 1
    assert "two songs never share an id" in losses[0].reason
