"""Real catalogues arrive whole. Their texts are read where they lie and nowhere quoted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from songkin.sources import Loss, count, read
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
