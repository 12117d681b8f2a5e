"""Counted tags out of Last.fm's JSON files, one or a tree, and out of WASABI's songs with tags beside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from songkin.datasets.tagged import tagged
from songkin.errors import ColumnError, SourceError


def record(folder: Path, name: str, tags: list[list[str]]) -> Path:
    place = folder / f"{name}.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    own = {"artist": "Ada Moss", "title": "Tin Roof", "tags": tags, "similars": [], "track_id": name}
    place.write_text(json.dumps(own), encoding="utf-8")
    return place


def test_a_record_of_lastfm_gives_its_counts_as_they_are(tmp_path: Path) -> None:
    place = record(tmp_path, "TRAAAAA128F0000001", [["happy", "100"], ["folk", "7"], ["odd", "0"]])
    (song,) = tagged(place)
    assert song.id == "TRAAAAA128F0000001"
    assert song.artists == ("Ada Moss",)
    assert song.counts == {"happy": 100.0, "folk": 7.0}


def test_a_tree_is_read_whole_and_damaged_records_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    record(tmp_path / "A" / "A" / "A", "TRAAAAA128F0000001", [["sad", "50"]])
    record(tmp_path / "A" / "A" / "A", "TRAAAAB128F0000002", [])
    (tmp_path / "A" / "A" / "A" / "TRAAAAC128F0000003.json").write_text("{cut", encoding="utf-8")
    assert [song.counts for song in tagged(tmp_path)] == [{"sad": 50.0}, {}]
    assert "not a whole JSON record" in caplog.text


def test_wasabis_tags_lie_beside_its_songs(tmp_path: Path) -> None:
    songs = [
        {"_id": "a1", "name": "Ada Moss", "title": "Tin Roof", "albumTitle": "Rain", "publicationDateAlbum": "1994"}
    ]
    (tmp_path / "song.json").write_text(json.dumps(songs), encoding="utf-8")
    tags = [{"song_id": "a1", "emotions": [{"emotion_tag": "sad", "nbr_tags": 12}]}]
    (tmp_path / "emotion_tags.json").write_text(json.dumps(tags), encoding="utf-8")
    (song,) = tagged(tmp_path / "song.json")
    assert song.counts == {"sad": 12.0}


def test_what_is_not_there_or_something_else_is_an_error_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no such file or folder; Last.fm's tags are at"):
        tagged(tmp_path / "nowhere")
    (tmp_path / "songs.csv").write_text("title\nTin Roof\n", encoding="utf-8")
    with pytest.raises(ColumnError, match="holds no counted tags"):
        tagged(tmp_path / "songs.csv")
