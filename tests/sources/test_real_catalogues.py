"""Real catalogues arrive whole. Their texts are read where they lie and nowhere quoted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from songkin.sources import Loss, count, files, read
from songkin.types import Song

DATA = Path(os.environ.get("SONGKIN_DATA") or Path(__file__).parents[3] / "shared" / "data")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason="the data folder is not beside the repository; SONGKIN_DATA names it"),
]


def told(name: str) -> tuple[list[Song], list[Loss]]:
    losses: list[Loss] = []
    return list(read(DATA / name, lost=losses.append)), losses


def test_chart_songs_arrive_without_a_loss() -> None:
    found, losses = told("popular_songs/songs.parquet")
    assert (len(found), losses, count(DATA / "popular_songs/songs.parquet")) == (4115, [], 4115)
    assert all(song.lyrics and song.lyrics.text and song.artists and song.title for song in found)
    assert sum(bool(song.genres) for song in found) == 3906
    assert all("valence" in song.features and song.duration_s for song in found)
    assert sum(bool(song.tags) for song in found) > 500


def test_public_domain_songs_arrive_without_a_loss() -> None:
    found, losses = told("public_domain_songs/songs.jsonl")
    assert (len(found), losses) == (2779, [])
    assert sum(song.year is not None for song in found) == 268
    assert sum("tempo_bpm" in song.features for song in found) == 273


def test_lyrics_cut_inside_a_quoted_cell_lose_one_record() -> None:
    found, losses = told("musicoset/musicoset_songfeatures/lyrics.csv")
    assert len(found) == 650
    assert [loss.place for loss in losses] == ["lyrics.csv:652"]


def test_tab_separated_songs_with_literals_arrive() -> None:
    found, losses = told("musicoset/musicoset_metadata/songs.csv")
    assert (len(found), losses) == (16337, [])
    assert all(song.artists and song.title and song.explicit is not None for song in found)


def test_a_large_catalogue_without_lyrics_arrives() -> None:
    found, losses = told("mtg_jamendo/tracks_train_valid.parquet")
    assert (len(found), losses) == (43960, [])
    assert all(song.duration_s and not song.features for song in found)
    assert sum(bool(song.genres) for song in found) == 43615
    assert sum(bool(song.tags) for song in found) == 25611


def test_musicoset_arrives_whole_and_names_the_cut() -> None:
    found, losses = told("musicoset")
    assert (len(found), count(DATA / "musicoset")) == (16337, 16337)
    assert [loss.place for loss in losses] == ["lyrics.csv:652"]
    assert all(song.title and song.artists and song.year and "valence" in song.features for song in found)
    assert sum(bool(song.genres) for song in found) == 14457
    worded = [song.lyrics.text for song in found if song.lyrics]
    assert len(worded) == 646
    assert not any("\\n" in text or text.startswith(("['", '["')) for text in worded)


def test_bags_of_words_arrive_whole_and_name_their_cuts() -> None:
    found, losses = [], []
    for path in files(DATA / "musixmatch"):
        songs, lost = told(str(path.relative_to(DATA)))
        found += songs
        losses += [loss for loss in lost if "is cut at" in loss.reason]
    assert (len(found), len({song.id for song in found})) == (8375, 8375)
    assert all(song.lyrics and song.lyrics.bag for song in found)
    assert sum(song.year is not None for song in found) == 6165
    assert [(loss.place, loss.kept) for loss in losses] == [
        ("mxm_dataset_test.txt:8278", True),
        ("mxm_dataset_train.txt:133", True),
    ]


def test_one_record_of_lastfm_arrives() -> None:
    found, losses = told("lastfm_sample")
    assert (len(found), losses) == (1, [])
    assert found[0].tags == {"punk rock": 1.0, "punk": 0.6}


def test_captions_arrive_with_their_aspects() -> None:
    found, losses = told("musiccaps/train.parquet")
    assert (len(found), losses) == (2663, [])
    assert all(song.description and song.tags and not song.features for song in found)
